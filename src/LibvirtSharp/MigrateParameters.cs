namespace LibvirtSharp;

/// <summary>
/// Parameters of <see cref="LibvirtDomain.MigrateToUri"/> and <see cref="LibvirtDomain.Migrate"/> (<c>VIR_MIGRATE_PARAM_*</c> of libvirt 9.0); what is null
/// is left to libvirt. What libvirt or the hypervisor does not support together is their error to say.
/// </summary>
public sealed record MigrateParameters
{
    /// <summary>
    /// Where the memory stream goes, such as <c>tcp://10.0.0.2</c> (<c>VIR_MIGRATE_PARAM_URI</c>). Not with <see cref="MigrateFlags.Tunnelled"/>. It may be
    /// another one when a post-copy is resumed.
    /// </summary>
    public string? MigrateUri { get; init; }

    /// <summary>The domain's name on the destination (<c>VIR_MIGRATE_PARAM_DEST_NAME</c>).</summary>
    public string? DestinationName { get; init; }

    /// <summary>
    /// The domain's XML on the destination (<c>VIR_MIGRATE_PARAM_DEST_XML</c>): as <see cref="XmlFlags.Migratable"/> gives it, with changes that the guest
    /// cannot see.
    /// </summary>
    public string? DestinationXml { get; init; }

    /// <summary>The definition with <see cref="MigrateFlags.PersistDest"/> (<c>VIR_MIGRATE_PARAM_PERSIST_XML</c>).</summary>
    public string? PersistentXml { get; init; }

    /// <summary>The most MiB/s in pre-copy (<c>VIR_MIGRATE_PARAM_BANDWIDTH</c>); null or 0: as <see cref="LibvirtDomain.SetMaxSpeed"/> has it.</summary>
    public long? BandwidthMiBPerSecond { get; init; }

    /// <summary>The most MiB/s in post-copy (<c>VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY</c>, since libvirt 5.1); null or 0: no limit.</summary>
    public long? PostcopyBandwidthMiBPerSecond { get; init; }

    /// <summary>Where clients of the guest's screen shall connect (<c>VIR_MIGRATE_PARAM_GRAPHICS_URI</c>).</summary>
    public string? GraphicsUri { get; init; }

    /// <summary>On which address the destination listens (<c>VIR_MIGRATE_PARAM_LISTEN_ADDRESS</c>).</summary>
    public string? ListenAddress { get; init; }

    /// <summary>
    /// The disks to copy, by their targets such as <c>vda</c> (<c>VIR_MIGRATE_PARAM_MIGRATE_DISKS</c>); null: all that are neither shared nor read-only.
    /// With <see cref="MigrateFlags.NonSharedDisk"/> or <see cref="MigrateFlags.NonSharedInc"/>.
    /// </summary>
    public IReadOnlyList<string>? MigrateDisks { get; init; }

    /// <summary>The port for copying disks (<c>VIR_MIGRATE_PARAM_DISKS_PORT</c>); null or 0: a free one.</summary>
    public int? DisksPort { get; init; }

    /// <summary>Where disks are copied to, such as <c>tcp://10.0.0.2:50000</c> or <c>unix:///run/x.sock</c> (<c>VIR_MIGRATE_PARAM_DISKS_URI</c>).</summary>
    public string? DisksUri { get; init; }

    /// <summary>
    /// How to compress memory: <c>xbzrle</c>, <c>mt</c> (<c>VIR_MIGRATE_PARAM_COMPRESSION</c>); with <see cref="MigrateFlags.Compressed"/>. QEMU refuses
    /// <c>mt</c> with post-copy.
    /// </summary>
    public IReadOnlyList<string>? Compression { get; init; }

    /// <summary>The level of <c>mt</c>, from 0 (none) to 9 (<c>VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL</c>).</summary>
    public int? CompressionMtLevel { get; init; }

    /// <summary>Threads that compress in <c>mt</c> (<c>VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS</c>).</summary>
    public int? CompressionMtThreads { get; init; }

    /// <summary>Threads that decompress in <c>mt</c> (<c>VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS</c>).</summary>
    public int? CompressionMtDecompressionThreads { get; init; }

    /// <summary>The cache of <c>xbzrle</c> in bytes (<c>VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE</c>).</summary>
    public long? CompressionXbzrleCacheBytes { get; init; }

    /// <summary>
    /// By how much <see cref="MigrateFlags.AutoConverge"/> first slows the guest down, in percent (<c>VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL</c>).
    /// </summary>
    public int? AutoConvergeInitialPercent { get; init; }

    /// <summary>By how much more each time, in percent (<c>VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT</c>).</summary>
    public int? AutoConvergeIncrementPercent { get; init; }

    /// <summary>How many connections <see cref="MigrateFlags.Parallel"/> makes (<c>VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS</c>, since libvirt 5.2).</summary>
    public int? ParallelConnections { get; init; }

    /// <summary>The name in the destination's certificate, if it is not its host's (<c>VIR_MIGRATE_PARAM_TLS_DESTINATION</c>, since libvirt 6.0).</summary>
    public string? TlsDestination { get; init; }
}
