namespace LibvirtSharp;

/// <summary>Parameters of <see cref="LibvirtDomain.MigrateToUri"/>; what is null is left to libvirt.</summary>
public sealed record MigrateParameters
{
    /// <summary>Where the memory stream goes, such as <c>tcp://10.0.0.2</c> (<c>VIR_MIGRATE_PARAM_URI</c>).</summary>
    public string? MigrateUri { get; init; }

    /// <summary>The most MiB/s in pre-copy (<c>VIR_MIGRATE_PARAM_BANDWIDTH</c>); null or 0: no limit.</summary>
    public long? BandwidthMiBPerSecond { get; init; }

    /// <summary>The most MiB/s in post-copy (<c>VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY</c>); null or 0: no limit.</summary>
    public long? PostcopyBandwidthMiBPerSecond { get; init; }
}
