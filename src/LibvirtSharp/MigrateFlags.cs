namespace LibvirtSharp;

/// <summary><c>virDomainMigrateFlags</c>: how a domain is migrated.</summary>
[Flags]
public enum MigrateFlags
{
    /// <summary>None: the domain is paused meanwhile.</summary>
    None = 0,

    /// <summary><c>VIR_MIGRATE_LIVE</c>: the domain runs meanwhile.</summary>
    Live = 1,

    /// <summary>
    /// <c>VIR_MIGRATE_PEER2PEER</c>: the source's daemon itself connects to the destination's; the migration then goes on if this process dies. Only
    /// with <see cref="LibvirtDomain.MigrateToUri"/>.
    /// </summary>
    Peer2Peer = 1 << 1,

    /// <summary>
    /// <c>VIR_MIGRATE_TUNNELLED</c>: memory goes through the daemons' connection. Only with <see cref="Peer2Peer"/>; libvirt refuses it with
    /// <see cref="Postcopy"/>, <see cref="MigrateParameters.MigrateUri"/> and <see cref="Parallel"/>.
    /// </summary>
    Tunnelled = 1 << 2,

    /// <summary>
    /// <c>VIR_MIGRATE_PERSIST_DEST</c>: defines the domain on the destination. For a domain that is not persistent this changes what it is.
    /// </summary>
    PersistDest = 1 << 3,

    /// <summary>
    /// <c>VIR_MIGRATE_UNDEFINE_SOURCE</c>: removes the definition from the source at the end. An unattended end (libvirtd was restarted in post-copy)
    /// skips it: then undefine it yourself.
    /// </summary>
    UndefineSource = 1 << 4,

    /// <summary><c>VIR_MIGRATE_PAUSED</c>: leaves the domain paused on the destination; libvirt refuses it with <see cref="Postcopy"/>.</summary>
    Paused = 1 << 5,

    /// <summary><c>VIR_MIGRATE_NON_SHARED_DISK</c>: copies whole disks too.</summary>
    NonSharedDisk = 1 << 6,

    /// <summary><c>VIR_MIGRATE_NON_SHARED_INC</c>: copies disks too, on top of a shared backing chain.</summary>
    NonSharedInc = 1 << 7,

    /// <summary>
    /// <c>VIR_MIGRATE_CHANGE_PROTECTION</c>: forbids changes of the definition meanwhile. Implied by peer to peer and by protocol 3.
    /// </summary>
    ChangeProtection = 1 << 8,

    /// <summary>
    /// <c>VIR_MIGRATE_UNSAFE</c>: migrates although libvirt holds the guest's disks for endangered by it
    /// (<see cref="LibvirtErrorCode.MigrateUnsafe"/>).
    /// </summary>
    Unsafe = 1 << 9,

    /// <summary><c>VIR_MIGRATE_OFFLINE</c>: moves only the definition of a domain that does not run; not with <see cref="Live"/>.</summary>
    Offline = 1 << 10,

    /// <summary><c>VIR_MIGRATE_COMPRESSED</c>: compresses memory; see <see cref="MigrateParameters.Compression"/>.</summary>
    Compressed = 1 << 11,

    /// <summary><c>VIR_MIGRATE_ABORT_ON_ERROR</c>: a disk error in the guest cancels the migration.</summary>
    AbortOnError = 1 << 12,

    /// <summary><c>VIR_MIGRATE_AUTO_CONVERGE</c>: slows the guest's CPUs down until pre-copy converges.</summary>
    AutoConverge = 1 << 13,

    /// <summary><c>VIR_MIGRATE_RDMA_PIN_ALL</c>: pins all memory; only with an <c>rdma://</c> URI.</summary>
    RdmaPinAll = 1 << 14,

    /// <summary>
    /// <c>VIR_MIGRATE_POSTCOPY</c>: only enables it, and cannot be added later; the switch is <see cref="LibvirtDomain.StartPostCopy"/>. With
    /// <see cref="Tls"/> it is unsafe where QEMU is older than 10.1 and GnuTLS older than 3.8.11.
    /// </summary>
    Postcopy = 1 << 15,

    /// <summary><c>VIR_MIGRATE_TLS</c>: encrypts QEMU's own stream.</summary>
    Tls = 1 << 16,

    /// <summary>
    /// <c>VIR_MIGRATE_PARALLEL</c>: several connections (multifd). With <see cref="Postcopy"/> it needs QEMU 10.1; neither libvirt 9.0 nor older
    /// QEMUs refuse the pair: do not use it there.
    /// </summary>
    Parallel = 1 << 17,

    /// <summary>
    /// <c>VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES</c>: the guest's writes wait for the copy, so that copying disks always converges (since libvirt
    /// 8.0).
    /// </summary>
    NonSharedSynchronousWrites = 1 << 18,

    /// <summary>
    /// <c>VIR_MIGRATE_POSTCOPY_RESUME</c>: goes on with a post-copy migration that is broken or paused; with <see cref="Postcopy"/> and the flags and
    /// parameters of the first call (since libvirt 8.5). All refusals are <see cref="LibvirtErrorCode.OperationInvalid"/>; "still running" among them
    /// means: wait.
    /// </summary>
    PostcopyResume = 1 << 19,

    /// <summary><c>VIR_MIGRATE_ZEROCOPY</c>: sends without copying; requires <see cref="Parallel"/> (since libvirt 8.5).</summary>
    Zerocopy = 1 << 20,
}
