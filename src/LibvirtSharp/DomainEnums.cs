namespace LibvirtSharp;

/// <summary><c>virDomainState</c>.</summary>
public enum DomainState
{
    /// <summary><c>VIR_DOMAIN_NOSTATE</c>.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_RUNNING</c>.</summary>
    Running = 1,

    /// <summary><c>VIR_DOMAIN_BLOCKED</c>.</summary>
    Blocked = 2,

    /// <summary><c>VIR_DOMAIN_PAUSED</c>.</summary>
    Paused = 3,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN</c>.</summary>
    Shutdown = 4,

    /// <summary><c>VIR_DOMAIN_SHUTOFF</c>.</summary>
    Shutoff = 5,

    /// <summary><c>VIR_DOMAIN_CRASHED</c>.</summary>
    Crashed = 6,

    /// <summary><c>VIR_DOMAIN_PMSUSPENDED</c>.</summary>
    PmSuspended = 7,
}

/// <summary><c>virDomainRunningReason</c>.</summary>
public enum RunningReason
{
    /// <summary><c>VIR_DOMAIN_RUNNING_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_RUNNING_MIGRATED</c>.</summary>
    Migrated = 2,

    /// <summary><c>VIR_DOMAIN_RUNNING_MIGRATION_CANCELED</c>.</summary>
    MigrationCanceled = 6,

    /// <summary><c>VIR_DOMAIN_RUNNING_POSTCOPY</c>.</summary>
    Postcopy = 10,

    /// <summary><c>VIR_DOMAIN_RUNNING_POSTCOPY_FAILED</c>.</summary>
    PostcopyFailed = 11,
}

/// <summary><c>virDomainPausedReason</c>.</summary>
public enum PausedReason
{
    /// <summary><c>VIR_DOMAIN_PAUSED_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_PAUSED_USER</c>.</summary>
    User = 1,

    /// <summary><c>VIR_DOMAIN_PAUSED_MIGRATION</c>.</summary>
    Migration = 2,

    /// <summary><c>VIR_DOMAIN_PAUSED_STARTING_UP</c>.</summary>
    StartingUp = 11,

    /// <summary><c>VIR_DOMAIN_PAUSED_POSTCOPY</c>.</summary>
    Postcopy = 12,

    /// <summary><c>VIR_DOMAIN_PAUSED_POSTCOPY_FAILED</c>.</summary>
    PostcopyFailed = 13,
}

/// <summary><c>virDomainShutoffReason</c>.</summary>
public enum ShutoffReason
{
    /// <summary><c>VIR_DOMAIN_SHUTOFF_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_SHUTDOWN</c>.</summary>
    Shutdown = 1,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_DESTROYED</c>.</summary>
    Destroyed = 2,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_MIGRATED</c>.</summary>
    Migrated = 4,
}

/// <summary><c>virDomainJobType</c>.</summary>
public enum JobType
{
    /// <summary><c>VIR_DOMAIN_JOB_NONE</c>.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_JOB_BOUNDED</c>.</summary>
    Bounded = 1,

    /// <summary><c>VIR_DOMAIN_JOB_UNBOUNDED</c>.</summary>
    Unbounded = 2,

    /// <summary><c>VIR_DOMAIN_JOB_COMPLETED</c>.</summary>
    Completed = 3,

    /// <summary><c>VIR_DOMAIN_JOB_FAILED</c>.</summary>
    Failed = 4,

    /// <summary><c>VIR_DOMAIN_JOB_CANCELLED</c>.</summary>
    Cancelled = 5,
}

/// <summary><c>virDomainJobOperation</c>, as far as it concerns migration.</summary>
public enum JobOperation
{
    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN</c>.</summary>
    MigrationIn = 4,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT</c>.</summary>
    MigrationOut = 5,
}

/// <summary><c>virDomainMigrateFlags</c>, as far as it is used.</summary>
[Flags]
public enum MigrateFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>VIR_MIGRATE_LIVE</c>.</summary>
    Live = 1 << 0,

    /// <summary><c>VIR_MIGRATE_PEER2PEER</c>.</summary>
    Peer2Peer = 1 << 1,

    /// <summary><c>VIR_MIGRATE_PERSIST_DEST</c>.</summary>
    PersistDest = 1 << 3,

    /// <summary><c>VIR_MIGRATE_UNDEFINE_SOURCE</c>.</summary>
    UndefineSource = 1 << 4,

    /// <summary><c>VIR_MIGRATE_ABORT_ON_ERROR</c>.</summary>
    AbortOnError = 1 << 12,

    /// <summary><c>VIR_MIGRATE_POSTCOPY</c>: only enables it; the switch is <see cref="LibvirtDomain.StartPostCopy"/>.</summary>
    Postcopy = 1 << 15,
}

/// <summary><c>virDomainEventType</c>.</summary>
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

/// <summary><c>virConnectCloseReason</c>.</summary>
public enum CloseReason
{
    /// <summary><c>VIR_CONNECT_CLOSE_REASON_ERROR</c>.</summary>
    Error = 0,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_EOF</c>.</summary>
    Eof = 1,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_KEEPALIVE</c>.</summary>
    Keepalive = 2,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_CLIENT</c>.</summary>
    Client = 3,
}
