using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>The commands that an operator types.</summary>
internal static class LabCommands
{
    /// <summary>Runs a command against a host's agent, and gives back what it says.</summary>
    /// <param name="host">The host.</param>
    /// <param name="expected">With which exit code it must end.</param>
    /// <param name="arguments">The command.</param>
    public static string Actormig(this LabHost host, int expected, params string[] arguments)
    {
        var (code, output) = host.TryActormig(arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    /// <summary>Runs a command against a host's agent, whatever its end is.</summary>
    public static (int Code, string Output) TryActormig(this LabHost host, params string[] arguments) =>
        Shell.Try(Lab.Lab.AgentProgram(), ["--socket", host.Socket, .. arguments]);
}
