namespace LibvirtSharp;

/// <summary><c>virDomainEventDefinedDetailType</c>: details of <see cref="LifecycleEventType.Defined"/>.</summary>
public enum DefinedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_DEFINED_ADDED</c>.</summary>
    Added = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_DEFINED_UPDATED</c>.</summary>
    Updated = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_DEFINED_RENAMED</c>.</summary>
    Renamed = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 3,
}

/// <summary><c>virDomainEventUndefinedDetailType</c>: details of <see cref="LifecycleEventType.Undefined"/>.</summary>
public enum UndefinedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_UNDEFINED_REMOVED</c>.</summary>
    Removed = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_UNDEFINED_RENAMED</c>.</summary>
    Renamed = 1,
}

/// <summary><c>virDomainEventStartedDetailType</c>: details of <see cref="LifecycleEventType.Started"/>.</summary>
public enum StartedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_STARTED_BOOTED</c>.</summary>
    Booted = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_STARTED_MIGRATED</c>: it is coming; it does not run yet.</summary>
    Migrated = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_STARTED_RESTORED</c>.</summary>
    Restored = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 3,

    /// <summary><c>VIR_DOMAIN_EVENT_STARTED_WAKEUP</c>.</summary>
    Wakeup = 4,
}

/// <summary><c>virDomainEventSuspendedDetailType</c>: details of <see cref="LifecycleEventType.Suspended"/>.</summary>
public enum SuspendedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_PAUSED</c>.</summary>
    Paused = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED</c>: a migration stopped it.</summary>
    Migrated = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_IOERROR</c>.</summary>
    IOError = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG</c>.</summary>
    Watchdog = 3,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_RESTORED</c>.</summary>
    Restored = 4,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 5,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR</c>.</summary>
    ApiError = 6,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY</c>: on the source: post-copy has begun.</summary>
    Postcopy = 7,

    /// <summary><c>VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED</c>: post-copy is broken.</summary>
    PostcopyFailed = 8,
}

/// <summary><c>virDomainEventResumedDetailType</c>: details of <see cref="LifecycleEventType.Resumed"/>.</summary>
public enum ResumedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED_UNPAUSED</c>.</summary>
    Unpaused = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED_MIGRATED</c>: it has come and runs; after post-copy: all of it has.</summary>
    Migrated = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED_POSTCOPY</c>: on the destination: post-copy has begun.</summary>
    Postcopy = 3,

    /// <summary><c>VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED</c>: it runs, but post-copy is broken.</summary>
    PostcopyFailed = 4,
}

/// <summary><c>virDomainEventStoppedDetailType</c>: details of <see cref="LifecycleEventType.Stopped"/>.</summary>
public enum StoppedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN</c>.</summary>
    Shutdown = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_DESTROYED</c>.</summary>
    Destroyed = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_CRASHED</c>.</summary>
    Crashed = 2,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_MIGRATED</c>: it runs elsewhere.</summary>
    Migrated = 3,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_SAVED</c>.</summary>
    Saved = 4,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_FAILED</c>.</summary>
    Failed = 5,

    /// <summary><c>VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 6,
}

/// <summary><c>virDomainEventShutdownDetailType</c>: details of <see cref="LifecycleEventType.Shutdown"/>.</summary>
public enum ShutdownDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED</c>.</summary>
    Finished = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_SHUTDOWN_GUEST</c>.</summary>
    Guest = 1,

    /// <summary><c>VIR_DOMAIN_EVENT_SHUTDOWN_HOST</c>.</summary>
    Host = 2,
}

/// <summary><c>virDomainEventPMSuspendedDetailType</c>: details of <see cref="LifecycleEventType.PmSuspended"/>.</summary>
public enum PmSuspendedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY</c>.</summary>
    Memory = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_PMSUSPENDED_DISK</c>.</summary>
    Disk = 1,
}

/// <summary><c>virDomainEventCrashedDetailType</c>: details of <see cref="LifecycleEventType.Crashed"/>.</summary>
public enum CrashedDetail
{
    /// <summary><c>VIR_DOMAIN_EVENT_CRASHED_PANICKED</c>.</summary>
    Panicked = 0,

    /// <summary><c>VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED</c>.</summary>
    CrashLoaded = 1,
}
