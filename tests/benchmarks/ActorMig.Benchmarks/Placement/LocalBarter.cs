using System.Diagnostics;
using System.Globalization;
using ActorMig.Policies.Affinity;

namespace ActorMig.Benchmarks;

/// <summary>
/// Hosts that barter in pairs, round by round. Each knows its own VMs, with whom these talk and where those are; it asks the hosts with which it has the most
/// traffic, takes part in one exchange a round, and does not ask again with whom it failed as long as neither has changed. One that gathers room for an
/// exchange asks those that have most of it, too.
/// </summary>
internal sealed class LocalBarter(PlacementInstance instance, ExchangeOptions options)
{
    private const int AsksPerRound = 3;
    private const int RoundsMax = 500;
    private readonly string[] _names = [.. Enumerable.Range(0, instance.Hosts).Select(h => string.Create(CultureInfo.InvariantCulture, $"h{h:00000}"))];
    private readonly string[] _uuids = [.. Enumerable.Range(0, instance.Graph.Vms).Select(v => string.Create(CultureInfo.InvariantCulture, $"vm{v:000000}"))];
    private readonly SortedSet<int>[] _vms = [.. Enumerable.Range(0, instance.Hosts).Select(_ => new SortedSet<int>())];
    private readonly int[] _versions = new int[instance.Hosts];
    private readonly Dictionary<(int, int), (int, int)> _failed = [];
    private readonly Gathering[] _gatherings = [.. Enumerable.Range(0, instance.Hosts).Select(_ => new Gathering(new AffinityOptions { Exchange = options }))];
    private readonly long[] _used = instance.Used(instance.Start);

    public int[] HostOf { get; } = [.. instance.Start];

    public int Rounds { get; private set; }

    /// <summary>How many VMs were moved, those that moved twice twice.</summary>
    public int Moves { get; private set; }

    public int Asks { get; private set; }

    public int Exchanges { get; private set; }

    /// <summary>The time in the library.</summary>
    public TimeSpan Searching { get; private set; }

    /// <summary>Until nobody finds anything any more.</summary>
    public void Run()
    {
        for (var vm = 0; vm < HostOf.Length; vm++)
        {
            _vms[HostOf[vm]].Add(vm);
        }

        var random = new Random(instance.Seed);
        var order = Enumerable.Range(0, instance.Hosts).ToArray();
        for (var asks = -1; (asks < Asks || _gatherings.Any(g => g.Wanted is not null)) && Rounds < RoundsMax; Rounds++)
        {
            asks = Asks;
            random.Shuffle(order);
            var isBusy = new bool[instance.Hosts];
            foreach (var host in order)
            {
                Barter(host, isBusy);
            }
        }

        // In the last round nobody has asked.
        Rounds--;
    }

    private void Barter(int host, bool[] isBusy)
    {
        for (var asked = 0; asked < AsksPerRound && !isBusy[host]; asked++)
        {
            if (Peer(host, isBusy) is not { } peer)
            {
                break;
            }

            Ask(host, peer, isBusy);
        }

        if (!isBusy[host])
        {
            // What others win with it is another thing when it gathers for something else.
            var wanted = _gatherings[host].Wanted?.Peer;
            _versions[host] += _gatherings[host].Choose(Rounds, Free(host))?.Peer == wanted ? 0 : 1;
        }
    }

    private void Ask(int host, int peer, bool[] isBusy)
    {
        Asks++;
        var problem = new PairProblem(Host(host), Host(peer), Vms(host, peer), Vms(peer, host));
        var began = Stopwatch.GetTimestamp();
        var (plan, need, needOfPeer) = PairExchange.Search(problem, options);
        Searching += Stopwatch.GetElapsedTime(began);
        if (plan is null)
        {
            _failed[Pair(host, peer)] = Versions(host, peer);
            Saw(host, peer, need);
            Saw(peer, host, needOfPeer);
            return;
        }

        Exchanges++;
        isBusy[host] = isBusy[peer] = true;
        Move(plan.FromA, host, peer);
        Move(plan.FromB, peer, host);
        _versions[host]++;
        _versions[peer]++;
        _gatherings[host].Exchanged(_names[peer]);
        _gatherings[peer].Exchanged(_names[host]);
        if (_used[host] > instance.HostBytes || _used[peer] > instance.HostBytes)
        {
            throw new InvalidOperationException($"{instance.Name}: an exchange does not fit.");
        }
    }

    /// <summary>For the same exchange only one of the two gathers.</summary>
    private void Saw(int host, int peer, RoomNeed? need) =>
        _gatherings[host].Saw(Rounds, _names[peer], _gatherings[peer].Wanted?.Peer == _names[host] && peer < host ? null : need, hasPlan: false);

    private void Move(IReadOnlyList<string> uuids, int from, int to)
    {
        foreach (var uuid in uuids)
        {
            var vm = int.Parse(uuid.AsSpan(2), CultureInfo.InvariantCulture);
            _vms[from].Remove(vm);
            _vms[to].Add(vm);
            _used[from] -= instance.Graph.MemoryBytes[vm];
            _used[to] += instance.Graph.MemoryBytes[vm];
            HostOf[vm] = to;
            Moves++;
        }
    }

    /// <summary>Of those that it may ask: the one for whose exchange it gathers room, those with which it has the most traffic, those that have most room.</summary>
    private int? Peer(int host, bool[] isBusy)
    {
        var wanted = _gatherings[host].Wanted is { } room ? Array.IndexOf(_names, room.Peer) : -1;
        if (wanted >= 0 && MayAsk(host, wanted, isBusy))
        {
            return wanted;
        }

        var traffic = new SortedDictionary<int, double>();
        foreach (var vm in _vms[host])
        {
            foreach (var (other, bitPerSecond) in instance.Graph.TiesOf(vm))
            {
                if (HostOf[other] is var peer && MayAsk(host, peer, isBusy))
                {
                    traffic[peer] = traffic.GetValueOrDefault(peer) + bitPerSecond;
                }
            }
        }

        if (traffic.Count > 0)
        {
            return traffic.MaxBy(t => t.Value).Key;
        }

        var others = wanted < 0 ? [] : Enumerable.Range(0, instance.Hosts).Where(h => MayAsk(host, h, isBusy)).ToArray();
        return others.Length == 0 ? null : others.MaxBy(Free);
    }

    private bool MayAsk(int host, int peer, bool[] isBusy) =>
        peer != host && !isBusy[peer] && (!_failed.TryGetValue(Pair(host, peer), out var at) || at != Versions(host, peer));

    private static (int, int) Pair(int one, int other) => (Math.Min(one, other), Math.Max(one, other));

    private (int, int) Versions(int one, int other) => Pair(one, other) is var (first, second) ? (_versions[first], _versions[second]) : default;

    private long Free(int host) => instance.HostBytes - _used[host];

    private PairHost Host(int host) => new(_names[host], Resources.OfMemory(instance.HostBytes), new Resources(_used[host]), default, _gatherings[host].Wanted);

    private PairVm[] Vms(int host, int peer) =>
    [
        .. _vms[host].Select(vm => new PairVm(
            _uuids[vm],
            new Resources(instance.Graph.MemoryBytes[vm]),
            [.. instance.Graph.TiesOf(vm).Where(t => HostOf[t.Key] == host || HostOf[t.Key] == peer).Select(t => new PairTie(_uuids[t.Key], t.Value))],
            [new FarTraffic(instance.Graph.TiesOf(vm).Where(t => HostOf[t.Key] != host && HostOf[t.Key] != peer).Sum(t => t.Value))])),
    ];
}
