namespace ActorMig.HypervisorRows;

/// <summary>One fact about libvirt's migration, and the script that shows it.</summary>
/// <param name="Id">Which row of the facts: section and number.</param>
/// <param name="Text">The fact.</param>
/// <param name="Play">Shows it, and throws if it is not so.</param>
public sealed record Row(string Id, string Text, Func<IHypervisorPair, Task> Play)
{
    /// <summary>Why it is shown on the simulated pair only: what was tried on the real one. Null if both play it.</summary>
    public string? OnlySimulated { get; init; }

    /// <summary>True if libvirt itself, and nobody else, lets the guest run on both hosts in it.</summary>
    public bool MayRunTwice { get; init; }
}
