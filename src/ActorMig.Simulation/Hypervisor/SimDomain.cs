using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// A guest on one host: its QEMU process, its definition, and what libvirt shows of both. libvirt's view stands still while its daemon is dead; the
/// process goes on.
/// </summary>
/// <param name="guest">The guest.</param>
public sealed class SimDomain(SimGuest guest)
{
    private double _bytesAtStart = guest.TotalBytes;
    private double _cpuMsAtStart = guest.TotalCpuMs;

    /// <summary>libvirt's limit of downtime for a domain that nobody has set another for.</summary>
    public const long DefaultMaxDowntimeMs = 300;

    /// <summary>The guest.</summary>
    public SimGuest Guest { get; } = guest;

    /// <summary>True if libvirt has a definition of it on disk: then it is still known when it does not run.</summary>
    public bool IsPersistent { get; internal set; }

    /// <summary>True if it starts with its host.</summary>
    public bool IsAutostart { get; internal set; }

    /// <summary>True while its QEMU process lives.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>True while its CPUs run: the truth, whatever libvirt shows.</summary>
    public bool Runs { get; internal set; }

    /// <summary>Its state, as libvirt shows it.</summary>
    public DomainState State { get; internal set; } = DomainState.Shutoff;

    /// <summary>Why.</summary>
    public StateReason Reason { get; internal set; }

    /// <summary>The job on it, as libvirt shows it.</summary>
    public DomainJob Job { get; internal set; }

    /// <summary>For how long pre-copy may stop it at its end.</summary>
    public long MaxDowntimeMs { get; internal set; } = DefaultMaxDowntimeMs;

    /// <summary>True if it has been measured how fast it writes to its memory.</summary>
    internal bool IsDirtyRateMeasured { get; set; }

    /// <summary>Bytes that it sent and received since this QEMU process started: counters begin anew on each host.</summary>
    public long Bytes => IsActive ? (long)(Guest.TotalBytes - _bytesAtStart) : 0;

    /// <summary>CPU time since this QEMU process started, in nanoseconds.</summary>
    public long CpuNs => IsActive ? (long)((Guest.TotalCpuMs - _cpuMsAtStart) * 1e6) : 0;

    /// <summary>How far the migration is that its QEMU takes part in, on either side; null if there is none.</summary>
    public SimMigrationPhase? Phase => Migration?.Phase;

    /// <summary>The migration that its QEMU takes part in, on either side.</summary>
    internal SimMigration? Migration { get; set; }

    /// <summary>A QEMU process begins.</summary>
    internal void Begin(DomainState state, StateReason reason, bool runs)
    {
        (_bytesAtStart, _cpuMsAtStart) = (Guest.TotalBytes, Guest.TotalCpuMs);
        (IsActive, Runs, State, Reason, Job, MaxDowntimeMs, IsDirtyRateMeasured) = (true, runs, state, reason, DomainJob.None, DefaultMaxDowntimeMs, false);
    }
}
