namespace LibvirtSharp;

/// <summary><c>virDomainState</c>: what a domain does. Values that are not named here pass through.</summary>
public enum DomainState
{
    /// <summary><c>VIR_DOMAIN_NOSTATE</c>: the hypervisor cannot tell.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_RUNNING</c>.</summary>
    Running = 1,

    /// <summary><c>VIR_DOMAIN_BLOCKED</c>: runs, and waits for a resource. QEMU never says so.</summary>
    Blocked = 2,

    /// <summary><c>VIR_DOMAIN_PAUSED</c>: in memory, its CPUs stand still; the reason says why.</summary>
    Paused = 3,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN</c>: is being shut down.</summary>
    Shutdown = 4,

    /// <summary><c>VIR_DOMAIN_SHUTOFF</c>: not in memory.</summary>
    Shutoff = 5,

    /// <summary><c>VIR_DOMAIN_CRASHED</c>: has crashed and is kept for a look.</summary>
    Crashed = 6,

    /// <summary><c>VIR_DOMAIN_PMSUSPENDED</c>: the guest has suspended itself.</summary>
    PmSuspended = 7,
}
