namespace ActorMig.Simulation;

/// <summary>How a guest is to be migrated: what of <c>virDomainMigrateFlags</c> and its parameters matters here. Always live and peer to peer.</summary>
public sealed record MigrateOptions
{
    /// <summary>The switch to post-copy is possible (<c>VIR_MIGRATE_POSTCOPY</c>).</summary>
    public bool IsPostCopy { get; init; } = true;

    /// <summary>The guest is persistent where it arrives (<c>VIR_MIGRATE_PERSIST_DEST</c>).</summary>
    public bool PersistsDestination { get; init; }

    /// <summary>Its definition leaves the source at the end (<c>VIR_MIGRATE_UNDEFINE_SOURCE</c>).</summary>
    public bool UndefinesSource { get; init; }

    /// <summary>A post-copy that broke goes on (<c>VIR_MIGRATE_POSTCOPY_RESUME</c>).</summary>
    public bool IsResume { get; init; }

    /// <summary>The most MiB/s before the switch; 0: no limit.</summary>
    public long BandwidthMiBPerSecond { get; init; }

    /// <summary>The most MiB/s after the switch; 0: no limit.</summary>
    public long PostCopyBandwidthMiBPerSecond { get; init; }
}
