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

    /// <summary>How many CPUs the machine has.</summary>
    public int Cpus { get; set; } = 4;

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

    /// <summary>How long a client's connection to another host's libvirt takes at most, in milliseconds; meanwhile much may be said. 0: none.</summary>
    public long ConnectMaxMs { get; set; }

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

    /// <summary>Bridges that this host does not have.</summary>
    public ISet<string> MissingBridges { get; } = new SortedSet<string>(StringComparer.Ordinal);

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

    /// <summary>
    /// What neither runs nor has a definition any more is not known here: a process that had died by itself before the end of its migration has left
    /// nothing else (qemuMigrationSrcConfirm removes what is inactive then).
    /// </summary>
    internal void ForgetUndefined(SimDomain domain)
    {
        if (domain is { IsActive: false, IsPersistent: false } && ReferenceEquals(Find(domain.Guest.Uuid), domain))
        {
            _domains.Remove(domain.Guest.Uuid);
            Touch(domain);
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

    private void Touch(SimDomain domain) => Touched?.Invoke(this, domain);
}
