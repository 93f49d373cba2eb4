using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>A guest as the libvirt of one host shows it.</summary>
/// <param name="guest">The guest.</param>
public sealed class SimDomain(SimGuest guest)
{
    private readonly double _bytesAtStart = guest.TotalBytes;

    /// <summary>The guest.</summary>
    public SimGuest Guest { get; } = guest;

    /// <summary>Its state here.</summary>
    public DomainState State { get; set; } = DomainState.Running;

    /// <summary>Why.</summary>
    public StateReason Reason { get; set; }

    /// <summary>The job on it.</summary>
    public DomainJob Job { get; set; }

    /// <summary>The pass of an outgoing migration.</summary>
    public long Iteration { get; set; }

    /// <summary>Switches the outgoing migration to post-copy; null while that is not possible.</summary>
    internal Action? Switch { get; set; }

    /// <summary>Bytes since this QEMU started: counters begin anew on each host.</summary>
    public long Bytes => (long)(Guest.TotalBytes - _bytesAtStart);
}
