using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// Counts what the guests of a host send while they run there, as nftables would: what they say to each other by address, and all else together. Counters
/// begin anew with each start of the agent, and with each guest that comes.
/// </summary>
internal sealed class SimTrafficEdge(SimWorld world, string host) : EphemeralActor
{
    private readonly SortedDictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _watched = new(StringComparer.Ordinal);
    private long _session;

    protected override void Started() => _session = Context.Now.MonotonicMs;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case WatchTraffic watch:
                Watch(new SortedSet<string>(watch.Nics.Select(n => n.Mac), StringComparer.Ordinal));
                break;
            case GetTraffic get:
                Read();
                Context.Tell(get.ReplyTo, new TrafficCounted(_session, Context.Now.MonotonicMs, [.. _watched.Select(Sender)], null));
                break;
        }
    }

    private void Watch(SortedSet<string> macs)
    {
        Read();
        foreach (var gone in _watched.Where(m => !macs.Contains(m)).ToArray())
        {
            _watched.Remove(gone);
            foreach (var key in _counters.Keys.Where(k => k.StartsWith(gone + " ", StringComparison.Ordinal)).ToArray())
            {
                _counters.Remove(key);
            }
        }

        _watched.UnionWith(macs);
        Read();
    }

    /// <summary>Takes what has been sent since the last look; of a guest that does not run here it is not counted here.</summary>
    private void Read()
    {
        foreach (var mac in _watched)
        {
            if (world.GuestOf(mac) is not { } guest)
            {
                continue;
            }

            var isHere = world.Hypervisors[host].Find(guest.Uuid) is { Runs: true };
            Count(mac, "", guest.OwnBytes / 2, isHere);
            foreach (var talk in world.TalksOf(guest))
            {
                Count(mac, talk.To.Mac, talk.TotalBytes, isHere);
            }
        }
    }

    private void Count(string from, string to, double totalBytes, bool isHere)
    {
        var key = $"{from} {to}";
        if (!_counters.TryGetValue(key, out var counter))
        {
            _counters.Add(key, counter = new Counter(to) { LastBytes = totalBytes });
        }

        counter.Bytes += isHere ? totalBytes - counter.LastBytes : 0;
        counter.LastBytes = totalBytes;
    }

    private SenderCount Sender(string mac)
    {
        var own = _counters.Where(c => c.Key.StartsWith(mac + " ", StringComparison.Ordinal)).Select(c => c.Value).ToArray();
        return new SenderCount(
            mac, [.. own.Where(c => c.To.Length > 0 && c.Bytes >= 1).Select(c => new PairCount(c.To, (long)c.Bytes))], 0, (long)own.Where(c => c.To.Length == 0).Sum(c => c.Bytes));
    }

    private sealed class Counter(string to)
    {
        public string To { get; } = to;

        public double Bytes { get; set; }

        public double LastBytes { get; set; }
    }
}
