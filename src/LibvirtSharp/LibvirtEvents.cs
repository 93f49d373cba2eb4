namespace LibvirtSharp;

/// <summary>Something that libvirt tells of its own accord.</summary>
public abstract record LibvirtEvent;

/// <summary><c>VIR_DOMAIN_EVENT_ID_LIFECYCLE</c>.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What happened.</param>
/// <param name="Detail">Its detail, numbered per type as in libvirt.</param>
public sealed record DomainLifecycleEvent(string Uuid, string Name, LifecycleEventType Type, int Detail) : LibvirtEvent
{
    /// <summary>Type and detail in words, such as <c>suspended/post-copy</c>.</summary>
    public string InWords() => (Type, Detail) switch
    {
        (LifecycleEventType.Started, 1) => "started/migrated",
        (LifecycleEventType.Suspended, 0) => "suspended/paused",
        (LifecycleEventType.Suspended, 1) => "suspended/migrated",
        (LifecycleEventType.Suspended, 7) => "suspended/post-copy",
        (LifecycleEventType.Suspended, 8) => "suspended/post-copy-failed",
        (LifecycleEventType.Resumed, 1) => "resumed/migrated",
        (LifecycleEventType.Resumed, 3) => "resumed/post-copy",
        (LifecycleEventType.Resumed, 4) => "resumed/post-copy-failed",
        (LifecycleEventType.Stopped, 0) => "stopped/shutdown",
        (LifecycleEventType.Stopped, 1) => "stopped/destroyed",
        (LifecycleEventType.Stopped, 2) => "stopped/crashed",
        (LifecycleEventType.Stopped, 3) => "stopped/migrated",
        (LifecycleEventType.Stopped, 5) => "stopped/failed",
        _ => FormattableString.Invariant($"{Type.ToString().ToLowerInvariant()}/{Detail}"),
    };
}

/// <summary><c>VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION</c>: pre-copy begins another pass. libvirt 9 sends it on the source.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Iteration">The pass, from 1.</param>
public sealed record MigrationIterationEvent(string Uuid, int Iteration) : LibvirtEvent;

/// <summary><c>VIR_DOMAIN_EVENT_ID_JOB_COMPLETED</c>: the only place where the figures of a transient domain's migration are told.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Statistics">As <see cref="LibvirtDomain.GetJobStatistics"/>.</param>
public sealed record JobCompletedEvent(string Uuid, TypedParameters Statistics) : LibvirtEvent;

/// <summary>The connection is closed. The last event of its stream.</summary>
/// <param name="Reason">Why.</param>
public sealed record ConnectionClosedEvent(CloseReason Reason) : LibvirtEvent;
