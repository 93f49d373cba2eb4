namespace LibvirtSharp;

/// <summary>Which events a stream has (<c>virDomainEventID</c>, as a set).</summary>
[Flags]
public enum DomainEvents
{
    /// <summary>Only the closing of the connection.</summary>
    None = 0,

    /// <summary><see cref="DomainLifecycleEvent"/> (<c>VIR_DOMAIN_EVENT_ID_LIFECYCLE</c>).</summary>
    Lifecycle = 1,

    /// <summary><see cref="MigrationIterationEvent"/> (<c>VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION</c>).</summary>
    MigrationIteration = 1 << 1,

    /// <summary><see cref="JobCompletedEvent"/> (<c>VIR_DOMAIN_EVENT_ID_JOB_COMPLETED</c>).</summary>
    JobCompleted = 1 << 2,

    /// <summary>All of them.</summary>
    All = Lifecycle | MigrationIteration | JobCompleted,
}
