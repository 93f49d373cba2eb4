using ActorMig.Actors;
using ActorMig.PreFlight;
using ActorMig.Rules;

namespace ActorMig.Edges;

/// <summary>A domain's state, as far as it matters here.</summary>
public enum DomainState
{
    /// <summary>libvirt does not know the domain.</summary>
    Absent,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It exists and its CPUs stand still.</summary>
    Paused,

    /// <summary>It is defined and does not run.</summary>
    Shutoff,

    /// <summary>Anything else (crashed, suspended by its guest, shutting down).</summary>
    Other,
}

/// <summary>Why a domain is in its state: the reasons of <c>virDomainGetState</c> that decide something.</summary>
public enum StateReason
{
    /// <summary>A reason that decides nothing here.</summary>
    None,

    /// <summary>Running: arrived by migration. Shut off: left by migration.</summary>
    Migrated,

    /// <summary>Paused by its owner.</summary>
    User,

    /// <summary>Paused for a migration, or starting up as the destination of one.</summary>
    Migration,

    /// <summary>In post-copy.</summary>
    PostCopy,

    /// <summary>In a post-copy that broke.</summary>
    PostCopyFailed,

    /// <summary>Shut off because its owner destroyed it or its guest shut down.</summary>
    Ended,
}

/// <summary>A job that libvirt shows for a domain.</summary>
public enum DomainJob
{
    /// <summary>None.</summary>
    None,

    /// <summary>A migration away from here.</summary>
    Outgoing,

    /// <summary>A migration to here.</summary>
    Incoming,

    /// <summary>Something else (a save, a dump, a backup).</summary>
    Other,
}

/// <summary>What <c>virConnectGetAllDomainStats</c> and a look at its definition tell of an active domain.</summary>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why.</param>
/// <param name="Job">The job on it.</param>
/// <param name="MemoryBytes">The most memory it may have.</param>
/// <param name="Vcpus">How many virtual CPUs.</param>
/// <param name="RxBytes">Bytes received over all its NICs, since its QEMU started.</param>
/// <param name="TxBytes">Bytes sent, likewise.</param>
/// <param name="IsTagged">True if its metadata asks to be managed.</param>
/// <param name="IsPersistent">True if it has a definition.</param>
/// <param name="IsAutostart">True if it starts with its host.</param>
/// <param name="MigrationMode">How its metadata wants it migrated, as it stands there; null if it says nothing of it.</param>
/// <param name="Traits">What decides whether it can be migrated; null if there is nothing of it, or it could not be read.</param>
/// <param name="Macs">The addresses of its NICs, in lower case; null if they could not be read.</param>
/// <param name="Nics">Its NICs and the devices behind them; null if they could not be read.</param>
/// <param name="Wish">What its metadata says of where and when it runs; null for nothing.</param>
/// <param name="CpuNs">CPU time in nanoseconds since its QEMU started; null if it is unknown.</param>
/// <param name="UsedMemoryBytes">The memory of the host that its QEMU has; null if it is unknown.</param>
/// <param name="DirtyBytePerSecond">How fast it writes to its memory, as it was measured last; null until it is measured.</param>
/// <param name="TraitsError">Why <paramref name="Traits"/> could not be read; null if they could.</param>
public sealed record DomainSample(
    string Uuid,
    string Name,
    DomainState State,
    StateReason Reason,
    DomainJob Job,
    long MemoryBytes,
    int Vcpus,
    long RxBytes,
    long TxBytes,
    bool IsTagged,
    bool IsPersistent,
    bool IsAutostart,
    string? MigrationMode = null,
    VmTraits? Traits = null,
    IReadOnlyList<string>? Macs = null,
    IReadOnlyList<NicSample>? Nics = null,
    VmWish? Wish = null,
    long? CpuNs = null,
    long? UsedMemoryBytes = null,
    double? DirtyBytePerSecond = null,
    string? TraitsError = null);

/// <summary>Figures of a migration job; what libvirt does not tell is null.</summary>
/// <param name="ElapsedMs">Since its start.</param>
/// <param name="DowntimeMs">The time in which the guest ran nowhere, by libvirt's reckoning.</param>
/// <param name="ProcessedBytes">Moved so far.</param>
/// <param name="RemainingBytes">Still to move.</param>
/// <param name="TotalBytes">All.</param>
/// <param name="BytePerSecond">The rate now.</param>
/// <param name="Iteration">The pass of pre-copy, from 1.</param>
/// <param name="PostCopyRequests">Pages that the destination had to ask for.</param>
public sealed record JobFigures(
    long? ElapsedMs,
    long? DowntimeMs,
    long? ProcessedBytes,
    long? RemainingBytes,
    long? TotalBytes,
    long? BytePerSecond,
    long? Iteration,
    long? PostCopyRequests);

/// <summary>A close look at one domain.</summary>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why.</param>
/// <param name="Job">The job on it.</param>
/// <param name="Figures">The figures of a running migration, or of the one that ended last if libvirt kept them.</param>
/// <param name="IsPersistent">True if it has a definition.</param>
/// <param name="Session">Which connection to libvirt saw this.</param>
/// <param name="IsAutostart">True if it starts with its host; only what has a definition can.</param>
public sealed record DomainLook(
    DomainState State, StateReason Reason, DomainJob Job, JobFigures? Figures, bool IsPersistent, long Session, bool IsAutostart = false)
{
    /// <summary>A guest that came here runs, and has all of its memory.</summary>
    internal bool IsWhole => State == DomainState.Running && Job == DomainJob.None && Reason is not (StateReason.PostCopy or StateReason.PostCopyFailed);

    /// <summary>Its owner has paused it; no job, and so all of its memory.</summary>
    internal bool IsPausedByOwner => State == DomainState.Paused && Reason == StateReason.User && Job == DomainJob.None;

    /// <summary>A destination has not all of the guest's memory. What is called post-copy without a job was that last: nobody has corrected it.</summary>
    internal bool IsIncomplete => State is DomainState.Running or DomainState.Paused
        && (Reason == StateReason.PostCopyFailed || (Reason == StateReason.PostCopy && Job != DomainJob.None));

    /// <summary>State and reason in libvirt's words.</summary>
    public string InWords() => Reason == StateReason.None ? Words.Of(State) : $"{Words.Of(State)} ({Words.Of(Reason)})";
}

/// <summary>Asks to be told about the hypervisor from now on; answered at once with where things stand.</summary>
/// <param name="Subscriber">Who.</param>
public sealed record SubscribeHypervisor(ActorRef Subscriber);

/// <summary>There is a connection to libvirt.</summary>
/// <param name="Session">Its number; another one after every gap.</param>
/// <param name="MemoryBytes">The machine's memory.</param>
/// <param name="CannotReceivePostCopy">Why post-copy cannot arrive here, with the remedy; null if it can.</param>
/// <param name="Cpus">How many CPUs the machine has; 0 says nothing.</param>
public sealed record HypervisorConnected(long Session, long MemoryBytes, string? CannotReceivePostCopy, int Cpus = 0);

/// <summary>The connection to libvirt is gone; the edge tries again by itself.</summary>
/// <param name="Reason">Why.</param>
public sealed record HypervisorLost(string Reason);

/// <summary>To those who subscribed to the hypervisor: a domain's migration has begun, to here or away from here, whoever began it.</summary>
/// <param name="Uuid">The domain.</param>
public sealed record MigrationJobBegan(string Uuid);

/// <summary>Asks to be told about one domain from now on; nothing is answered at once.</summary>
/// <param name="Subscriber">Who; ends with its end.</param>
/// <param name="Uuid">The domain.</param>
public sealed record SubscribeDomain(ActorRef Subscriber, string Uuid);

/// <summary>Ends <see cref="SubscribeDomain"/> before the end of who asked for it.</summary>
/// <param name="Subscriber">Who.</param>
/// <param name="Uuid">The domain.</param>
public sealed record UnsubscribeDomain(ActorRef Subscriber, string Uuid);

/// <summary>
/// A lifecycle event, told at once and in its order among the domain's other events: the state may be another one already by the time it is read,
/// and what happened is not undone by that. A <see cref="DomainChanged"/> follows.
/// </summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Event">The event in libvirt's words, such as <c>suspended/post-copy</c>.</param>
public sealed record DomainHappened(string Uuid, string Event);

/// <summary>The state that was read after a lifecycle event.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Look">The state.</param>
public sealed record DomainChanged(string Uuid, DomainLook Look);

/// <summary>Pre-copy has begun another pass.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Iteration">Its number, from 1.</param>
public sealed record DomainIterated(string Uuid, int Iteration);

/// <summary>A job on a domain has ended well.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Figures">Its figures.</param>
public sealed record DomainJobCompleted(string Uuid, JobFigures Figures);

/// <summary>Asks for all active domains; answered with <see cref="DomainsSampled"/> or <see cref="HypervisorFailed"/>.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
public sealed record SampleDomains(ActorRef ReplyTo, string Token);

/// <summary>All active domains.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Session">The connection that saw this.</param>
/// <param name="Domains">Sorted by UUID.</param>
/// <param name="AtMonotonicMs">When the counters were read.</param>
public sealed record DomainsSampled(string Token, long Session, IReadOnlyList<DomainSample> Domains, long AtMonotonicMs);

/// <summary>Asks for a close look; answered with <see cref="DomainLooked"/> or <see cref="HypervisorFailed"/>.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="Uuid">The domain.</param>
/// <param name="Name">Also looks for another domain of this name.</param>
public sealed record LookAtDomain(ActorRef ReplyTo, string Token, string Uuid, string? Name = null);

/// <summary>A close look.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Uuid">The domain.</param>
/// <param name="Look">What was seen.</param>
/// <param name="NameTakenBy">The UUID of another domain with the name that was asked for.</param>
public sealed record DomainLooked(string Token, string Uuid, DomainLook Look, string? NameTakenBy);

/// <summary>Asks whether this host has what a VM needs; answered with <see cref="ArrivalChecked"/> or <see cref="HypervisorFailed"/>, within some seconds.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="Needs">What the VM needs.</param>
public sealed record CheckArrival(ActorRef ReplyTo, string Token, VmNeeds Needs);

/// <summary>What this host has of it.</summary>
/// <param name="Token">The question's.</param>
/// <param name="There">What was seen.</param>
public sealed record ArrivalChecked(string Token, ArrivalTraits There);

/// <summary>Asks whether a migration from here would reach a host's libvirt; answered with <see cref="WayChecked"/>, within some seconds.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="To">The host.</param>
public sealed record CheckWay(ActorRef ReplyTo, string Token, Member To);

/// <summary>What came of trying.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Error">Why the host's libvirt does not answer; null if it does.</param>
/// <param name="DataError">Why memory streams would not get there; null if they would, as far as one can see.</param>
public sealed record WayChecked(string Token, string? Error, string? DataError = null);

/// <summary>Starts a migration, libvirt to libvirt. Answered with <see cref="MigrateReturned"/> when libvirt's call returns, minutes later.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="Uuid">The domain.</param>
/// <param name="DestinationUri">How this host's libvirt reaches the destination's.</param>
/// <param name="DataUri">Where the memory stream goes.</param>
/// <param name="IsPersistent">Whether the definition moves along.</param>
/// <param name="Options">Limits of bandwidth.</param>
/// <param name="LatestMs">
/// After this moment of the monotonic clock libvirt is not called: the process may have stood still since it was decided, and the reservation is given up.
/// </param>
/// <param name="Mode">How memory follows.</param>
/// <param name="IsResume">True: a post-copy that broke goes on (<c>VIR_MIGRATE_POSTCOPY_RESUME</c>); nothing is begun.</param>
public sealed record MigrateDomain(
    ActorRef ReplyTo,
    string Token,
    string Uuid,
    string DestinationUri,
    string DataUri,
    bool IsPersistent,
    MigrationOptions Options,
    long LatestMs,
    MigrationMode Mode = MigrationMode.Hybrid,
    bool IsResume = false)
{
    /// <summary>What <see cref="MigrateReturned"/> says then.</summary>
    public const string TooLate = "libvirt was not called: the agent stood still until the lease was over";
}

/// <summary>libvirt's migrate call has returned.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Error">Null if it returned well.</param>
public sealed record MigrateReturned(string Token, string? Error);

/// <summary>What can be done to a domain with one short call.</summary>
public enum DomainVerb
{
    /// <summary>Switch the running migration to post-copy.</summary>
    StartPostCopy,

    /// <summary>Let a paused domain run.</summary>
    Resume,

    /// <summary>Pause a domain.</summary>
    Suspend,

    /// <summary>Remove the definition of an inactive domain.</summary>
    Undefine,

    /// <summary>Destroy a paused remnant.</summary>
    DestroyRemnant,

    /// <summary>Start with the host.</summary>
    SetAutostart,

    /// <summary>Do not start with the host.</summary>
    ClearAutostart,

    /// <summary>Cancel the running migration; libvirt refuses it once it is in post-copy.</summary>
    AbortJob,

    /// <summary>Set for how long the running migration may stop the guest at its switch.</summary>
    SetMaxDowntime,
}

/// <summary>Does something to a domain; answered with <see cref="DomainDone"/>.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="Uuid">The domain.</param>
/// <param name="Verb">What.</param>
/// <param name="Value">The milliseconds of <see cref="DomainVerb.SetMaxDowntime"/>.</param>
public sealed record DoToDomain(ActorRef ReplyTo, string Token, string Uuid, DomainVerb Verb, long Value = 0);

/// <summary>What came of it.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Verb">What was to be done.</param>
/// <param name="Error">Null if it was done.</param>
public sealed record DomainDone(string Token, DomainVerb Verb, string? Error);

/// <summary>A question could not be answered: the connection is gone, or libvirt refused.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Error">Why.</param>
public sealed record HypervisorFailed(string Token, string Error);
