using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// The libvirt of one simulated host, with the QEMU processes of its guests. It outlives the agent's crashes, its daemon may die and come back while
/// guests run on, and it migrates as libvirt 9.0 does, peer to peer. The methods are what <c>virsh</c> would do, and refuse what libvirt refuses.
/// </summary>
public sealed partial class SimHypervisor
{
    /// <summary>The event of a process that its daemon has ended.</summary>
    internal const string Destroyed = "stopped/destroyed";

    private readonly VirtualTime _time;
    private readonly SortedDictionary<string, SimDomain> _domains = new(StringComparer.Ordinal);
    private readonly ICollection<string> _violations;
    private readonly List<Action> _unseen = [];

    internal SimHypervisor(VirtualTime time, string host, long memoryBytes, ICollection<string> violations)
    {
        (_time, Host, MemoryBytes, _violations) = (time, host, memoryBytes, violations);
    }

    /// <summary>The host's name.</summary>
    public string Host { get; }

    /// <summary>The machine's memory.</summary>
    public long MemoryBytes { get; }

    /// <summary>More than this its QEMUs cannot have together: one that would need more does not start. No limit by default: memory may be swapped.</summary>
    public long ProcessMemoryMaxBytes { get; set; } = long.MaxValue;

    /// <summary>How fast memory streams leave this host.</summary>
    public double BandwidthBytePerSecond { get; set; } = 512 << 20;

    /// <summary>After how long two daemons that cannot reach each other give their link up.</summary>
    public long KeepaliveMs { get; set; } = 30_000;

    /// <summary>True while the host has power.</summary>
    public bool IsPowered { get; private set; } = true;

    /// <summary>True while its libvirtd runs.</summary>
    public bool IsDaemonUp { get; private set; } = true;

    /// <summary>True while its libvirtd lives and does nothing: it hears nobody, and shows what it showed before.</summary>
    public bool IsDaemonHung { get; private set; }

    /// <summary>Decides, at the end of each pass, whether the stream breaks in pre-copy.</summary>
    public Func<bool> BreaksInPreCopy { get; set; } = static () => false;

    /// <summary>Decides, at the end of post-copy, whether the stream breaks: both processes then stand as libvirt leaves them, and neither copy is whole.</summary>
    public Func<bool> BreaksInPostCopy { get; set; } = static () => false;

    /// <summary>
    /// Decides whether the answer to the call that ends a migration which converged in pre-copy is lost: the guest runs on the destination, and this
    /// libvirt lets it run here as well, as libvirt 9 does.
    /// </summary>
    public Func<bool> LosesFinish { get; set; } = static () => false;

    /// <summary>
    /// True if the guests' disks are locked by who runs them, as QEMU does on local and on most network file systems: then the second of two copies does
    /// not start. False by default, as nobody may rely on it.
    /// </summary>
    public bool LocksDisks { get; set; }

    /// <summary>Guests that libvirt itself, and nobody else, has let run twice.</summary>
    public ISet<string> DoubledByLibvirt { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Why post-copy cannot arrive here; null if it can.</summary>
    public string? CannotReceivePostCopy { get; set; }

    /// <summary>The domains whose QEMU lives, sorted by UUID.</summary>
    public IEnumerable<SimDomain> Domains => _domains.Values.Where(d => d.IsActive);

    /// <summary>All domains that libvirt knows, also those that are only defined, sorted by UUID.</summary>
    public IReadOnlyCollection<SimDomain> AllDomains => _domains.Values;

    /// <summary>Called when anything about a guest has changed here, before any agent hears of it.</summary>
    public Action<SimHypervisor, SimDomain>? Touched { get; set; }

    /// <summary>Called for each lifecycle event, such as <c>suspended/post-copy</c>, when libvirt tells it.</summary>
    public Action<SimDomain, string>? Told { get; set; }

    /// <summary>Called for each pass of pre-copy that libvirt tells, with its number.</summary>
    public Action<SimDomain, int>? IterationTold { get; set; }

    /// <summary>Called when libvirt tells that a migration away from here is completed.</summary>
    public Action<SimDomain>? CompletionTold { get; set; }

    /// <summary>Whether packets pass to another host and back; set by the world.</summary>
    internal Func<string, string, bool> Links { get; set; } = static (_, _) => true;

    /// <summary>The domain as libvirt knows it, or null.</summary>
    /// <param name="uuid">Its UUID.</param>
    public SimDomain? Find(string uuid) => _domains.TryGetValue(uuid, out var domain) ? domain : null;

    /// <summary>Defines a guest here.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="isAutostart">True if it starts with the host.</param>
    public void Define(SimGuest guest, bool isAutostart = false)
    {
        ArgumentNullException.ThrowIfNull(guest);
        var domain = Find(guest.Uuid) ?? new SimDomain(guest);
        (domain.IsPersistent, domain.IsAutostart) = (true, isAutostart);
        Add(domain);
        Touch(domain);
    }

    /// <summary>Boots a guest here: from its definition if it has one, else as a transient domain.</summary>
    /// <param name="guest">The guest.</param>
    public LibvirtError? Boot(SimGuest guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        var domain = Find(guest.Uuid) ?? new SimDomain(guest);
        if (domain.IsActive)
        {
            return Invalid("domain is already running");
        }

        if (!FitsBeside(guest))
        {
            return CannotAllocate();
        }

        Add(domain);
        domain.Begin(DomainState.Running, StateReason.None, runs: true);
        if (IsDaemonUp)
        {
            Tell(domain, "resumed/unpaused");
        }

        Show(domain, DomainState.Running, StateReason.None, DomainJob.None, "started/booted");
        return null;
    }

    /// <summary>Removes a definition: of a domain that runs the definition only.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Undefine(string uuid)
    {
        if (Find(uuid) is not { } domain)
        {
            return NoDomain(uuid);
        }

        if (domain.Job == DomainJob.Outgoing)
        {
            return Held("remoteDispatchDomainMigratePerform3Params");
        }

        if (!domain.IsPersistent)
        {
            return Invalid("cannot undefine transient domain");
        }

        (domain.IsPersistent, domain.IsAutostart) = (false, false);
        if (!domain.IsActive)
        {
            _domains.Remove(uuid);
        }

        Touch(domain);
        Tell(domain, "undefined/removed");
        return null;
    }

    /// <summary>Says whether a domain starts with its host.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="isAutostart">True if it does.</param>
    public LibvirtError? SetAutostart(string uuid, bool isAutostart)
    {
        if (Find(uuid) is not { } domain)
        {
            return NoDomain(uuid);
        }

        if (!domain.IsPersistent)
        {
            return Invalid("cannot set autostart for transient domain");
        }

        domain.IsAutostart = isAutostart;
        Touch(domain);
        return null;
    }

    /// <summary>Ends a guest's process here at once.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Destroy(string uuid) => EndByOwner(uuid, Destroyed);

    /// <summary>The guest shuts itself down here.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? ShutDown(string uuid) =>
        Find(uuid) is { IsActive: true, Runs: false } ? Invalid("domain is not running") : EndByOwner(uuid, "stopped/shutdown");

    /// <summary>A guest's QEMU crashes.</summary>
    /// <param name="uuid">The guest.</param>
    public void Crash(string uuid)
    {
        if (Find(uuid) is { IsActive: true } domain)
        {
            var migration = domain.Migration;
            EndProcess(domain, StateReason.None, "stopped/failed");
            migration?.ProcessDied(domain);
        }
    }

    /// <summary>
    /// The owner pauses a guest here. While it is migrated away, libvirt takes that for a help to converge: it shows no owner's pause, and lets the guest
    /// run where it arrives.
    /// </summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Suspend(string uuid)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        if (domain.State == DomainState.Paused)
        {
            return null;
        }

        if (domain.Job == DomainJob.Incoming)
        {
            return Held("remoteDispatchDomainMigrateFinish3Params");
        }

        var isLeaving = domain.Job == DomainJob.Outgoing;
        domain.Runs = false;
        Show(domain, DomainState.Paused, isLeaving ? StateReason.Migration : StateReason.User, domain.Job, isLeaving ? "suspended/migrated" : "suspended/paused");
        return null;
    }

    /// <summary>Lets a paused guest run. It is the job that protects a paused source: once that is gone, libvirt asks no more.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Resume(string uuid)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        if (domain.Job == DomainJob.Outgoing || domain is { Job: DomainJob.Incoming, Reason: not StateReason.User })
        {
            return Held("remoteDispatchDomainMigratePerform3Params");
        }

        if (domain.State == DomainState.Running)
        {
            return Invalid("domain is already running");
        }

        domain.Runs = true;
        Show(domain, DomainState.Running, StateReason.None, domain.Job, "resumed/unpaused");
        return null;
    }

    /// <summary>Migrates a guest, libvirt to libvirt, or resumes a post-copy that broke.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="returned">Called when the call returns, with null if it returned well.</param>
    public void Migrate(string uuid, SimHypervisor destination, MigrateOptions options, Action<LibvirtError?> returned)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(returned);
        if (Find(uuid) is not { } domain)
        {
            returned(NoDomain(uuid));
        }
        else if (!domain.IsActive)
        {
            returned(NotRunning(uuid));
        }
        else if (options.IsResume && domain is { Job: DomainJob.Outgoing, Migration: { } migration })
        {
            migration.Resume(options, returned);
        }
        else if (options.IsResume)
        {
            returned(Invalid($"domain '{domain.Guest.Name}' is not being migrated"));
        }
        else if (domain.Job != DomainJob.None)
        {
            returned(Held("remoteDispatchDomainMigratePerform3Params"));
        }
        else if (domain.State != DomainState.Running && domain is not { State: DomainState.Paused, Reason: StateReason.User })
        {
            returned(Invalid("domain is not running"));
        }
        else if (domain.State != DomainState.Running && options.IsPostCopy)
        {
            returned(new LibvirtError(
                LibvirtErrorKind.ArgumentUnsupported, "argument unsupported: post-copy migration is not supported with non-live or paused migration"));
        }
        else
        {
            _ = new SimMigration(_time, this, destination, domain, options, returned);
        }
    }

    /// <summary>Switches a migration that leaves here to post-copy.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? StartPostCopy(string uuid) => Find(uuid) switch
    {
        null => NoDomain(uuid),
        { IsActive: false } => NotRunning(uuid),
        { Job: DomainJob.Outgoing, Migration: { } migration } => migration.StartPostCopy(),
        _ => Invalid("post-copy can only be started while outgoing migration is in progress"),
    };

    /// <summary>Aborts the job on a domain.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="isPostCopy">True: pauses a migration in post-copy, which cannot be aborted.</param>
    public LibvirtError? AbortJob(string uuid, bool isPostCopy = false) => Find(uuid) switch
    {
        null => NoDomain(uuid),
        { IsActive: false } => NotRunning(uuid),
        { Job: DomainJob.None } => Invalid("no job is active on the domain"),
        { Job: DomainJob.Incoming } => Held("remoteDispatchDomainMigratePrepare3Params"),
        { Migration: { } migration } => isPostCopy ? migration.PausePostCopy() : migration.Abort(),
        _ => Invalid("cannot abort migration in post-copy mode"),
    };

    /// <summary>Limits how fast a migration that runs sends memory; a limit for the time after the switch may be set before it.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="mibPerSecond">The most MiB/s; 0: no limit.</param>
    /// <param name="isPostCopy">True: after the switch.</param>
    public LibvirtError? SetMaxSpeed(string uuid, long mibPerSecond, bool isPostCopy = false)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        domain.Migration?.SetMaxSpeed(mibPerSecond, isPostCopy);
        return null;
    }

    /// <summary>The memory stream of a migration that leaves here breaks.</summary>
    /// <param name="uuid">The guest.</param>
    public void BreakStream(string uuid) => Find(uuid)?.Migration?.Break();

    /// <summary>Kill -9 of libvirtd: guests and streams go on, and nobody is told anything.</summary>
    public void KillDaemon()
    {
        if (!IsDaemonUp)
        {
            return;
        }

        (IsDaemonUp, IsDaemonHung) = (false, false);
        _unseen.Clear();
        DisconnectAgent("the connection to libvirt is closed (eof)");
        foreach (var domain in _domains.Values.Where(d => d.Migration is not null).ToArray())
        {
            domain.Migration?.DaemonDied(this);
        }
    }

    /// <summary>SIGSTOP of libvirtd: it keeps its connections, until who is at their other end gives them up.</summary>
    public void HangDaemon() => IsDaemonHung = IsDaemonUp;

    /// <summary>SIGCONT of libvirtd: it hears of all that has happened meanwhile.</summary>
    public void ContinueDaemon()
    {
        if (!IsDaemonHung)
        {
            return;
        }

        IsDaemonHung = false;
        var unseen = _unseen.ToArray();
        _unseen.Clear();
        foreach (var action in unseen)
        {
            action();
        }

        foreach (var domain in _domains.Values.Where(d => d.Migration is not null).ToArray())
        {
            domain.Migration?.DaemonContinued(this);
        }
    }

    /// <summary>libvirtd starts: it finds its guests, and what became of their migrations.</summary>
    public void StartDaemon()
    {
        if (IsDaemonUp || !IsPowered)
        {
            return;
        }

        IsDaemonUp = true;
        foreach (var domain in _domains.Values.ToArray())
        {
            Recover(domain);
        }

        ConnectAgent();
    }

    /// <summary>The host loses power: processes, transient domains and the daemon are gone; definitions stay on disk.</summary>
    public void PowerOff()
    {
        if (!IsPowered)
        {
            return;
        }

        (IsPowered, IsDaemonUp, IsDaemonHung) = (false, false, false);
        _unseen.Clear();
        DisconnectAgent("the host is off");
        foreach (var domain in _domains.Values.ToArray())
        {
            var migration = domain.Migration;
            (domain.IsActive, domain.Runs, domain.Migration) = (false, false, null);
            migration?.PowerLost(this);
            Touch(domain);
        }
    }

    /// <summary>The host has power again: its daemon starts, and what starts with the host.</summary>
    public void PowerOn()
    {
        if (IsPowered)
        {
            return;
        }

        IsPowered = true;
        StartDaemon();
        foreach (var domain in _domains.Values.Where(d => d is { IsAutostart: true, IsActive: false }).ToArray())
        {
            Boot(domain.Guest);
        }
    }

    internal bool CanReach(SimHypervisor other) => IsPowered && other.IsPowered && Links(Host, other.Host);

    /// <summary>Why a guest cannot begin to arrive here; null if it can.</summary>
    internal LibvirtError? WhyNotPrepare(SimGuest guest)
    {
        if (!IsDaemonUp)
        {
            return new LibvirtError(LibvirtErrorKind.Connection, $"unable to connect to server at '{Host}': Connection refused");
        }

        if (Find(guest.Uuid) is { IsActive: true })
        {
            return Invalid($"domain '{guest.Name}' is already active");
        }

        if (_domains.Values.FirstOrDefault(d => d.Guest.Name == guest.Name && d.Guest.Uuid != guest.Uuid) is { } other)
        {
            return new LibvirtError(LibvirtErrorKind.OperationFailed, $"operation failed: domain '{guest.Name}' already exists with uuid {other.Guest.Uuid}");
        }

        return FitsBeside(guest) ? null : CannotAllocate();
    }

    internal void Add(SimDomain domain) => _domains[domain.Guest.Uuid] = domain;

    /// <summary>Shows a domain in another state, and tells the event; a daemon that is dead does neither.</summary>
    internal void Show(SimDomain domain, DomainState state, StateReason reason, DomainJob job, string? @event = null)
    {
        if (IsDaemonHung)
        {
            Touch(domain);
            _unseen.Add(() => Show(domain, state, reason, job, @event));
            return;
        }

        if (!domain.IsActive || !IsDaemonUp)
        {
            Touch(domain);
            return;
        }

        (domain.State, domain.Reason, domain.Job) = (state, reason, job);
        Touch(domain);
        if (@event is not null)
        {
            Tell(domain, @event);
        }
    }

    /// <summary>A process ends.</summary>
    internal void EndProcess(SimDomain domain, StateReason reason, string @event)
    {
        if (!domain.IsActive)
        {
            return;
        }

        (domain.IsActive, domain.Runs, domain.Migration) = (false, false, null);
        if (IsDaemonHung)
        {
            Touch(domain);
            _unseen.Add(() => ShowEnd(domain, reason, @event));
        }
        else
        {
            ShowEnd(domain, reason, @event);
        }
    }

    private void ShowEnd(SimDomain domain, StateReason reason, string @event)
    {
        if (IsDaemonUp)
        {
            (domain.State, domain.Reason, domain.Job) = (DomainState.Shutoff, reason, DomainJob.None);
            if (!domain.IsPersistent)
            {
                _domains.Remove(domain.Guest.Uuid);
            }
        }

        Touch(domain);
        if (IsDaemonUp)
        {
            if (@event == Destroyed)
            {
                // libvirt asks QEMU first, which says so.
                Tell(domain, "shutdown/host");
            }

            Tell(domain, @event);
        }
    }

    private static LibvirtError Invalid(string text) => new(LibvirtErrorKind.OperationInvalid, "Requested operation is not valid: " + text);

    private static LibvirtError NoDomain(string uuid) => new(LibvirtErrorKind.NoDomain, $"Domain not found: no domain with matching uuid '{uuid}'");

    /// <summary>A call that must wait for a job, and does so for half a minute in real life; here it fails at once.</summary>
    private static LibvirtError Held(string by) =>
        new(LibvirtErrorKind.OperationTimeout, $"Timed out during operation: cannot acquire state change lock (held by monitor={by})");

    private static LibvirtError CannotAllocate() =>
        new(LibvirtErrorKind.InternalError, "internal error: QEMU unexpectedly closed the monitor: cannot set up guest memory 'pc.ram': Cannot allocate memory");

    private LibvirtError NotRunning(string uuid) => Find(uuid) is null ? NoDomain(uuid) : Invalid("domain is not running");

    private bool FitsBeside(SimGuest guest) =>
        ProcessMemoryMaxBytes == long.MaxValue || Domains.Sum(d => d.Guest.MemoryBytes) + guest.MemoryBytes <= ProcessMemoryMaxBytes;

    private LibvirtError? EndByOwner(string uuid, string @event)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        var migration = domain.Migration;
        EndProcess(domain, StateReason.Ended, @event);
        migration?.ProcessDied(domain);
        return null;
    }

    /// <summary>What a daemon that has just started makes of a domain.</summary>
    private void Recover(SimDomain domain)
    {
        if (!domain.IsActive)
        {
            (domain.State, domain.Reason, domain.Job) = (DomainState.Shutoff, StateReason.None, DomainJob.None);
            if (!domain.IsPersistent)
            {
                _domains.Remove(domain.Guest.Uuid);
            }

            Touch(domain);
            return;
        }

        var migration = domain.Migration;
        if (migration is { IsResumedAtRestart: true })
        {
            (domain.Runs, domain.Migration) = (true, null);
        }

        if (domain.Runs && domain.State != DomainState.Running)
        {
            Show(domain, DomainState.Running, StateReason.None, DomainJob.None, "resumed/migrated");
        }
        else
        {
            Show(domain, domain.State, domain.Reason, DomainJob.None);
        }

        domain.Migration?.DaemonCameBack(this);
    }

    private void Touch(SimDomain domain) => Touched?.Invoke(this, domain);
}
