using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <summary>What a person can ask of the agent. There is no route that does not say whether it changes something.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path's pattern.</param>
/// <param name="Access">Whether it changes something.</param>
/// <param name="Command">The command that uses it, for people.</param>
/// <param name="Answer">Answers a request.</param>
internal sealed record ControlRoute(string Method, string Path, ControlAccess Access, string Command, Func<ControlServer, HttpContext, Task> Answer);

/// <summary>What a request does.</summary>
internal enum ControlAccess
{
    /// <summary>It only looks: for operators and observers.</summary>
    Reads,

    /// <summary>It changes something, or may: for operators alone.</summary>
    Changes,
}

/// <summary>The socket by which somebody has come in: a feature of each connection.</summary>
/// <param name="MayChange">True for operators.</param>
internal sealed record ControlDoor(bool MayChange);
