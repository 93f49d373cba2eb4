namespace LibvirtSharp;

/// <summary>Something that libvirt tells of its own accord.</summary>
public abstract record LibvirtEvent;

/// <summary>A domain began, stopped, ended... (<c>VIR_DOMAIN_EVENT_ID_LIFECYCLE</c>).</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What happened.</param>
/// <param name="Detail">Its detail, numbered per type as in libvirt: <see cref="StartedDetail"/>, <see cref="SuspendedDetail"/> and their like.</param>
public sealed record DomainLifecycleEvent(string Uuid, string Name, LifecycleEventType Type, int Detail) : LibvirtEvent
{
    /// <summary>Type and detail in words, such as <c>suspended/post-copy</c>; a value that has no name here as its number.</summary>
    public string InWords() => (Type, Detail) switch
    {
        (LifecycleEventType.Defined, _) => "defined/" + Words((DefinedDetail)Detail),
        (LifecycleEventType.Undefined, _) => "undefined/" + Words((UndefinedDetail)Detail),
        (LifecycleEventType.Started, _) => "started/" + Words((StartedDetail)Detail),
        (LifecycleEventType.Suspended, _) => "suspended/" + Words((SuspendedDetail)Detail),
        (LifecycleEventType.Resumed, _) => "resumed/" + Words((ResumedDetail)Detail),
        (LifecycleEventType.Stopped, _) => "stopped/" + Words((StoppedDetail)Detail),
        (LifecycleEventType.Shutdown, _) => "shutdown/" + Words((ShutdownDetail)Detail),
        (LifecycleEventType.PmSuspended, _) => "pm-suspended/" + Words((PmSuspendedDetail)Detail),
        (LifecycleEventType.Crashed, _) => "crashed/" + Words((CrashedDetail)Detail),
        _ => FormattableString.Invariant($"{(int)Type}/{Detail}"),
    };

    /// <summary>A member's name in lower case and with hyphens; libvirt writes post-copy in one word, people do not.</summary>
    private static string Words<T>(T value)
        where T : struct, Enum
    {
        var words = string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
        return words.Replace("postcopy", "post-copy", StringComparison.Ordinal).Replace("i-o-", "io-", StringComparison.Ordinal);
    }
}

/// <summary>
/// Pre-copy begins another pass (<c>VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION</c>). libvirt 9 sends it on the source. The second is the moment for
/// <see cref="LibvirtDomain.StartPostCopy"/> after one whole pass.
/// </summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Iteration">The pass, from 1.</param>
public sealed record MigrationIterationEvent(string Uuid, int Iteration) : LibvirtEvent;

/// <summary>A job is over (<c>VIR_DOMAIN_EVENT_ID_JOB_COMPLETED</c>): the only place where the figures of a transient domain's migration are told.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Statistics">The figures by libvirt's names; <see cref="Job"/> has them by ours.</param>
public sealed record JobCompletedEvent(string Uuid, TypedParameters Statistics) : LibvirtEvent
{
    /// <summary>The figures.</summary>
    public JobStatistics Job => new(JobType.Completed, Statistics);
}

/// <summary>The connection is closed (<c>virConnectRegisterCloseCallback</c>). The last event of its streams.</summary>
/// <param name="Reason">Why.</param>
public sealed record ConnectionClosedEvent(CloseReason Reason) : LibvirtEvent;
