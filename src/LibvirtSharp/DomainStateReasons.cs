namespace LibvirtSharp;

/// <summary><c>virDomainNostateReason</c>: the reason of <see cref="DomainState.None"/>.</summary>
public enum NoStateReason
{
    /// <summary><c>VIR_DOMAIN_NOSTATE_UNKNOWN</c>.</summary>
    Unknown = 0,
}

/// <summary><c>virDomainRunningReason</c>: why a domain is <see cref="DomainState.Running"/>.</summary>
public enum RunningReason
{
    /// <summary><c>VIR_DOMAIN_RUNNING_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_RUNNING_BOOTED</c>.</summary>
    Booted = 1,

    /// <summary><c>VIR_DOMAIN_RUNNING_MIGRATED</c>: it has come by migration, and the migration is over.</summary>
    Migrated = 2,

    /// <summary><c>VIR_DOMAIN_RUNNING_RESTORED</c>.</summary>
    Restored = 3,

    /// <summary><c>VIR_DOMAIN_RUNNING_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 4,

    /// <summary><c>VIR_DOMAIN_RUNNING_UNPAUSED</c>.</summary>
    Unpaused = 5,

    /// <summary><c>VIR_DOMAIN_RUNNING_MIGRATION_CANCELED</c>: its migration was cancelled; it runs where it was.</summary>
    MigrationCanceled = 6,

    /// <summary><c>VIR_DOMAIN_RUNNING_SAVE_CANCELED</c>.</summary>
    SaveCanceled = 7,

    /// <summary><c>VIR_DOMAIN_RUNNING_WAKEUP</c>.</summary>
    Wakeup = 8,

    /// <summary><c>VIR_DOMAIN_RUNNING_CRASHED</c>.</summary>
    Crashed = 9,

    /// <summary><c>VIR_DOMAIN_RUNNING_POSTCOPY</c>: it has come by post-copy, and pages are still on the source.</summary>
    Postcopy = 10,

    /// <summary>
    /// <c>VIR_DOMAIN_RUNNING_POSTCOPY_FAILED</c>: it has come by post-copy, and the stream is broken: it stops at the first page that is missing.
    /// Only a resumed migration helps.
    /// </summary>
    PostcopyFailed = 11,
}

/// <summary><c>virDomainBlockedReason</c>: the reason of <see cref="DomainState.Blocked"/>.</summary>
public enum BlockedReason
{
    /// <summary><c>VIR_DOMAIN_BLOCKED_UNKNOWN</c>.</summary>
    Unknown = 0,
}

/// <summary><c>virDomainPausedReason</c>: why a domain is <see cref="DomainState.Paused"/>.</summary>
public enum PausedReason
{
    /// <summary><c>VIR_DOMAIN_PAUSED_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_PAUSED_USER</c>: someone asked for it.</summary>
    User = 1,

    /// <summary><c>VIR_DOMAIN_PAUSED_MIGRATION</c>: a migration that is not in post-copy has stopped it.</summary>
    Migration = 2,

    /// <summary><c>VIR_DOMAIN_PAUSED_SAVE</c>.</summary>
    Save = 3,

    /// <summary><c>VIR_DOMAIN_PAUSED_DUMP</c>.</summary>
    Dump = 4,

    /// <summary><c>VIR_DOMAIN_PAUSED_IOERROR</c>: a disk failed.</summary>
    IOError = 5,

    /// <summary><c>VIR_DOMAIN_PAUSED_WATCHDOG</c>.</summary>
    Watchdog = 6,

    /// <summary><c>VIR_DOMAIN_PAUSED_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 7,

    /// <summary><c>VIR_DOMAIN_PAUSED_SHUTTING_DOWN</c>.</summary>
    ShuttingDown = 8,

    /// <summary><c>VIR_DOMAIN_PAUSED_SNAPSHOT</c>.</summary>
    Snapshot = 9,

    /// <summary><c>VIR_DOMAIN_PAUSED_CRASHED</c>.</summary>
    Crashed = 10,

    /// <summary><c>VIR_DOMAIN_PAUSED_STARTING_UP</c>: it is being started; on a destination: it is coming.</summary>
    StartingUp = 11,

    /// <summary><c>VIR_DOMAIN_PAUSED_POSTCOPY</c>: on the source of a post-copy migration: it runs on the destination. Never resume it.</summary>
    Postcopy = 12,

    /// <summary>
    /// <c>VIR_DOMAIN_PAUSED_POSTCOPY_FAILED</c>: post-copy is broken. Never resume or destroy it: a resumed migration ends it well.
    /// </summary>
    PostcopyFailed = 13,
}

/// <summary><c>virDomainShutdownReason</c>: why a domain is in <see cref="DomainState.Shutdown"/>.</summary>
public enum ShutdownReason
{
    /// <summary><c>VIR_DOMAIN_SHUTDOWN_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_USER</c>.</summary>
    User = 1,
}

/// <summary><c>virDomainShutoffReason</c>: why a domain is <see cref="DomainState.Shutoff"/>.</summary>
public enum ShutoffReason
{
    /// <summary><c>VIR_DOMAIN_SHUTOFF_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_SHUTDOWN</c>.</summary>
    Shutdown = 1,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_DESTROYED</c>.</summary>
    Destroyed = 2,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_CRASHED</c>.</summary>
    Crashed = 3,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_MIGRATED</c>: it runs elsewhere.</summary>
    Migrated = 4,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_SAVED</c>.</summary>
    Saved = 5,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_FAILED</c>: it could not be started.</summary>
    Failed = 6,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT</c>.</summary>
    FromSnapshot = 7,

    /// <summary><c>VIR_DOMAIN_SHUTOFF_DAEMON</c>: the daemon ended it.</summary>
    Daemon = 8,
}

/// <summary><c>virDomainCrashedReason</c>: why a domain is <see cref="DomainState.Crashed"/>.</summary>
public enum CrashedReason
{
    /// <summary><c>VIR_DOMAIN_CRASHED_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_CRASHED_PANICKED</c>.</summary>
    Panicked = 1,
}

/// <summary><c>virDomainPMSuspendedReason</c>: the reason of <see cref="DomainState.PmSuspended"/>.</summary>
public enum PmSuspendedReason
{
    /// <summary><c>VIR_DOMAIN_PMSUSPENDED_UNKNOWN</c>.</summary>
    Unknown = 0,
}
