namespace ActorMig.Agent.Configuration;

/// <summary>What the actors run on.</summary>
internal enum EngineKind
{
    /// <summary>The agent's own engine.</summary>
    Own,

    /// <summary>Akka.NET, in programs that are built with it.</summary>
    Akka,
}
