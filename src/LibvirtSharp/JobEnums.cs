namespace LibvirtSharp;

/// <summary><c>virDomainJobType</c>: how a job stands.</summary>
public enum JobType
{
    /// <summary><c>VIR_DOMAIN_JOB_NONE</c>: there is none.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_JOB_BOUNDED</c>: runs, and how long is known.</summary>
    Bounded = 1,

    /// <summary>
    /// <c>VIR_DOMAIN_JOB_UNBOUNDED</c>: runs, and how long is not known. Migrations are of this type to their end, a broken post-copy too: look at
    /// the state for that.
    /// </summary>
    Unbounded = 2,

    /// <summary><c>VIR_DOMAIN_JOB_COMPLETED</c>.</summary>
    Completed = 3,

    /// <summary><c>VIR_DOMAIN_JOB_FAILED</c>.</summary>
    Failed = 4,

    /// <summary><c>VIR_DOMAIN_JOB_CANCELLED</c>.</summary>
    Cancelled = 5,
}

/// <summary><c>virDomainJobOperation</c>: what a job does.</summary>
public enum JobOperation
{
    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_UNKNOWN</c>.</summary>
    Unknown = 0,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_START</c>.</summary>
    Start = 1,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_SAVE</c>.</summary>
    Save = 2,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_RESTORE</c>.</summary>
    Restore = 3,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN</c>.</summary>
    MigrationIn = 4,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT</c>.</summary>
    MigrationOut = 5,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_SNAPSHOT</c>.</summary>
    Snapshot = 6,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT</c>.</summary>
    SnapshotRevert = 7,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_DUMP</c>.</summary>
    Dump = 8,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_BACKUP</c>.</summary>
    Backup = 9,

    /// <summary><c>VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE</c>.</summary>
    SnapshotDelete = 10,
}

/// <summary><c>virDomainGetJobStatsFlags</c>: which job <see cref="LibvirtDomain.GetJobStatistics(JobStatisticsFlags)"/> is asked for.</summary>
[Flags]
public enum JobStatisticsFlags
{
    /// <summary>The one that runs.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_JOB_STATS_COMPLETED</c>: the one that completed last, instead of the one that runs. Reading it forgets it.</summary>
    Completed = 1,

    /// <summary><c>VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED</c>: with <see cref="Completed"/>: it is kept for a second look (since libvirt 6.0).</summary>
    KeepCompleted = 1 << 1,
}

/// <summary><c>virDomainAbortJobFlagsValues</c>: what <see cref="LibvirtDomain.AbortJob(AbortJobFlags)"/> may do.</summary>
[Flags]
public enum AbortJobFlags
{
    /// <summary>Cancels the job; refused in post-copy.</summary>
    None = 0,

    /// <summary>
    /// <c>VIR_DOMAIN_ABORT_JOB_POSTCOPY</c>: pauses a migration that is in post-copy: both sides become post-copy-failed, and a migration with
    /// <see cref="MigrateFlags.PostcopyResume"/> goes on. Refused (<see cref="LibvirtErrorCode.OperationInvalid"/>) before post-copy.
    /// </summary>
    Postcopy = 1,
}

/// <summary><c>virDomainMigrateMaxSpeedFlags</c>: which limit of speed is meant.</summary>
[Flags]
public enum MaxSpeedFlags
{
    /// <summary>The one of pre-copy.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY</c>: the one of post-copy (since libvirt 5.1).</summary>
    Postcopy = 1,
}
