using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <summary>Hosts, guests and a network in virtual time, and a log of decisions. One seed repeats everything.</summary>
public sealed partial class SimWorld
{
    private readonly SortedDictionary<string, SimHost> _hosts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimHypervisor> _hypervisors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimGuest> _guests = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _lastAnswer = new(StringComparer.Ordinal);

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

    internal IReadOnlyDictionary<string, SimHypervisor> Hypervisors => _hypervisors;

    /// <summary>Adds a host; its agent is not started yet.</summary>
    /// <param name="options">The agent's numbers.</param>
    public SimHost AddHost(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var hypervisor = new SimHypervisor(Time, options.HostName, options.MemoryTotalBytes, Violations) { Links = (a, b) => !Network.Cuts.Contains((a, b)) && !Network.Cuts.Contains((b, a)) };
        var host = new SimHost(this, options, hypervisor);
        host.Journal.Landed = (_, events) => Landed(host, events);
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

    /// <summary>Lets time pass in small steps, and checks after each what must always hold.</summary>
    /// <param name="durationMs">How much time.</param>
    public void Run(long durationMs)
    {
        var untilMs = Time.NowMs + durationMs;
        while (Time.NowMs < untilMs && Violations.Count == 0)
        {
            Time.Run(Math.Min(100, untilMs - Time.NowMs));
            Check();
        }
    }

    internal void Say(string line) => Notes.Add(line);

    internal IReadOnlyList<Member> MembersBut(string host) => [.. _hosts.Keys.Where(h => h != host).Select(h => new Member(h, h, h))];

    internal void Record(string host, Record record)
    {
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
            var line = e switch
            {
                BarterOffered o => $"offers {o.Give.Name} to {o.Peer} ({Words.Of(o.Kind)})",
                BarterGranted g => $"grants {g.Barter}: {string.Join(", ", g.Legs.Select(l => $"{l.Vm.Name} to {l.To}"))}",
                BarterEnded b => $"barter {b.Barter}: {Words.Of(b.Outcome)}",
                MigrationSettled m => $"migration {m.Migration}: {Words.Of(m.Outcome)}",
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
        foreach (var guest in _guests.Values)
        {
            var running = WhereRuns(guest.Name);
            if (running.Count > 1 && !_hypervisors.Values.Any(h => h.DoubledByLibvirt.Contains(guest.Name)))
            {
                Violations.Add($"S1: {guest.Name} runs on {string.Join(" and ", running)}");
            }
        }

        foreach (var host in _hosts.Values)
        {
            var options = host.Options;
            var capacity = (long)((options.MemoryTotalBytes - options.MemoryReserveBytes) * options.MemoryOvercommit);
            var used = host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes);
            if (used > capacity)
            {
                Violations.Add($"S2: {options.HostName} holds {Words.Memory(used)} of {Words.Memory(capacity)}");
            }
        }
    }
}
