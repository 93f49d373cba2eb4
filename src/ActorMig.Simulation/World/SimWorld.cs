using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <summary>Hosts, guests and a network in virtual time, and a log of decisions. One seed repeats everything.</summary>
public sealed partial class SimWorld
{
    private readonly SortedDictionary<string, SimHost> _hosts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimHypervisor> _hypervisors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimGuest> _guests = new(StringComparer.Ordinal);

    /// <summary>Looked up and never enumerated.</summary>
    private readonly Dictionary<string, string> _lastAnswer = new(StringComparer.Ordinal);
    private readonly Dictionary<SimGuest, string> _runsOn = [];
    private Member[]? _members;
    private bool _isTouched;

    /// <summary>Makes an empty world.</summary>
    /// <param name="seed">The seed.</param>
    public SimWorld(ulong seed)
    {
        Time = new VirtualTime(seed);
        Network = new SimNetwork(Time);
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>The network.</summary>
    public SimNetwork Network { get; }

    /// <summary>The hosts by name.</summary>
    public IReadOnlyDictionary<string, SimHost> Hosts => _hosts;

    /// <summary>The guests by name.</summary>
    public IReadOnlyDictionary<string, SimGuest> Guests => _guests;

    /// <summary>Breaches of what must always hold; empty in a good run.</summary>
    public IList<string> Violations { get; } = [];

    /// <summary>What was decided and what became of it, a stable line each.</summary>
    public IList<string> Log { get; } = [];

    /// <summary>Diagnostics.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>Who changes what happens inside a host's next agent, for tests of tests; null: nobody.</summary>
    public Func<SimHost, VirtualInterceptor?>? InterceptorOf { get; set; }

    internal Func<SimHost, VirtualWatcher>? WatcherOf { get; set; }

    /// <summary>
    /// True if <see cref="Run"/> looks after each slice of time in which a guest changed at what must always hold. It looks at every guest each time, so
    /// it is not for thousands of hosts.
    /// </summary>
    public bool ChecksEachSlice { get; set; } = true;

    internal IReadOnlyDictionary<string, SimHypervisor> Hypervisors => _hypervisors;

    /// <summary>Adds a host; its agent is not started yet.</summary>
    /// <param name="options">The agent's numbers.</param>
    public SimHost AddHost(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var hypervisor = new SimHypervisor(Time, options.HostName, options.MemoryTotalBytes, Violations) { Links = (a, b) => !Network.Cuts.Contains((a, b)) && !Network.Cuts.Contains((b, a)) };
        var host = new SimHost(this, options, hypervisor);
        hypervisor.Touched += (_, _) => _isTouched = true;
        host.Journal.Landed = (_, events) => Landed(host, events);
        _members = null;
        _hosts.Add(options.HostName, host);
        _hypervisors.Add(options.HostName, hypervisor);
        return host;
    }

    /// <summary>Boots a guest.</summary>
    /// <param name="host">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="memoryBytes">Its memory.</param>
    /// <param name="isPersistent">True if it has a definition there.</param>
    /// <param name="isAutostart">True if it starts with that host.</param>
    public SimGuest AddGuest(string host, string name, long memoryBytes, bool isPersistent = true, bool isAutostart = false)
    {
        var guest = new SimGuest(Time, name, memoryBytes);
        _guests.Add(name, guest);
        _byMac.TryAdd(guest.Mac, guest);
        if (isPersistent)
        {
            _hypervisors[host].Define(guest, isAutostart);
        }

        _hypervisors[host].Boot(guest);
        return guest;
    }

    /// <summary>Starts all agents.</summary>
    public void Start()
    {
        foreach (var host in _hosts.Values)
        {
            host.Start();
        }
    }

    /// <summary>The hosts on which a guest's CPUs run.</summary>
    /// <param name="guest">The guest's name.</param>
    public IReadOnlyList<string> WhereRuns(string guest) =>
    [
        .. _hypervisors.Values.Where(h => h.Find(_guests[guest].Uuid) is { Runs: true }).Select(h => h.Host),
    ];

    /// <summary>Lets time pass in small slices, and checks after each in which something happened what must always hold.</summary>
    /// <param name="durationMs">How much time.</param>
    public void Run(long durationMs)
    {
        const long SliceMs = 100;
        var untilMs = Time.NowMs + durationMs;
        _isTouched = true;
        while (Time.NowMs < untilMs && Violations.Count == 0)
        {
            // Slices in which nothing is due pass at once: what holds before them holds after them.
            var idleMs = Math.Min(Time.NextMs, untilMs) - Time.NowMs;
            Time.Run(Math.Min(Math.Max(1, (idleMs + SliceMs - 1) / SliceMs) * SliceMs, untilMs - Time.NowMs));
            if (ChecksEachSlice && _isTouched)
            {
                Check();
            }
        }
    }

    /// <summary>Looks at all hosts and guests once, whatever <see cref="ChecksEachSlice"/> says; what is wrong is added to <see cref="Violations"/>.</summary>
    public void Look() => Check();

    internal void Say(string line) => Notes.Add(line);

    internal IReadOnlyList<Member> MembersBut(string host)
    {
        var members = _members ??= [.. _hosts.Keys.Select(h => new Member(h, h, h))];
        var index = Array.BinarySearch(members, new Member(host, host, host), ByName);
        return index < 0 ? members : new AllButOne(members, index);
    }

    private static readonly IComparer<Member> ByName = Comparer<Member>.Create((a, b) => string.CompareOrdinal(a.Host, b.Host));

    internal void Record(string host, Record record)
    {
        Recorded?.Invoke(host, record);
        switch (record)
        {
            case RoundDecided decided when !_lastAnswer.TryGetValue(host, out var last) || last != decided.Answer:
                _lastAnswer[host] = decided.Answer;
                Add(host, $"{decided.Answer}: {decided.Reason}");
                break;
            case OfferDeclined declined when declined.By == host:
                Add(host, $"declines {declined.Barter}: {Words.Of(declined.Refusal)}: {declined.Reason}");
                break;
        }
    }

    private void Landed(SimHost host, IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            Written?.Invoke(host.Options.HostName, e);
            var line = e switch
            {
                BarterOffered o => $"offers {o.What()} to {o.Peer} ({Words.Of(o.Kind)})",
                BarterGranted g => $"grants {g.Barter}: {string.Join(", ", g.Legs.Select(l => $"{l.Vm.Name} to {l.To}"))}",
                BarterEnded b => $"barter {b.Barter}: {Words.Of(b.Outcome)}",
                MigrationSettled m => $"migration {m.Migration}: {Words.Of(m.Outcome)}",
                CaseDecided c => $"case {c.Migration}: {(c.Choice is { } choice ? Words.Of(choice) : "given up")}: {c.Seen}",
                CaseClosed c => $"case {c.Migration}: {Words.Of(c.Outcome)}",
                _ => null,
            };
            if (line is not null)
            {
                Add(host.Options.HostName, line);
            }
        }
    }

    private void Add(string host, string line) =>
        Log.Add(string.Create(CultureInfo.InvariantCulture, $"{Time.NowMs / 1000.0,8:0.0} {host} {line}"));

    private void Check()
    {
        _isTouched = false;
        _runsOn.Clear();
        foreach (var hypervisor in _hypervisors.Values)
        {
            long usedBytes = 0;
            foreach (var domain in hypervisor.Domains)
            {
                usedBytes += domain.Guest.MemoryBytes;
                if (domain.Runs && !_runsOn.TryAdd(domain.Guest, hypervisor.Host))
                {
                    CheckDouble(domain.Guest);
                }
            }

            var options = _hosts[hypervisor.Host].Options;
            var capacityBytes = (long)((options.MemoryTotalBytes - options.MemoryReserveBytes) * options.MemoryOvercommit);
            if (usedBytes > capacityBytes)
            {
                Violations.Add($"S2: {options.HostName} holds {Words.Memory(usedBytes)} of {Words.Memory(capacityBytes)}");
            }
        }
    }

    private void CheckDouble(SimGuest guest)
    {
        if (!_hypervisors.Values.Any(h => h.DoubledByLibvirt.Contains(guest.Name)))
        {
            Violations.Add($"S1: {guest.Name} runs on {string.Join(" and ", WhereRuns(guest.Name))}");
        }
    }
}
