namespace LibvirtSharp;

/// <summary><c>virDomainEventType</c>: what happened to a domain. Values that are not named here pass through.</summary>
public enum LifecycleEventType
{
    /// <summary><c>VIR_DOMAIN_EVENT_DEFINED</c>.</summary>
    Defined = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_UNDEFINED</c>.</summary>
    Undefined = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_STARTED</c>.</summary>
    Started = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED</c>.</summary>
    Suspended = 3,

    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED</c>.</summary>
    Resumed = 4,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED</c>.</summary>
    Stopped = 5,

    /// <summary><c>VIR_DOMAIN_EVENT_SHUTDOWN</c>.</summary>
    Shutdown = 6,

    /// <summary><c>VIR_DOMAIN_EVENT_PMSUSPENDED</c>.</summary>
    PmSuspended = 7,

    /// <summary><c>VIR_DOMAIN_EVENT_CRASHED</c>.</summary>
    Crashed = 8,
}
