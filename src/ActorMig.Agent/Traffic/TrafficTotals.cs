using ActorMig.Edges;

namespace ActorMig.Agent.Traffic;

/// <summary>Adds up what counters have risen by since the reading before: they begin anew when they are reset, expire or their table is made again.</summary>
internal sealed class TrafficTotals
{
    private static readonly IReadOnlyDictionary<(string From, string To), Total> Nothing = new Dictionary<(string From, string To), Total>();

    /// <summary>By whom it was sent and to whom; the groups and the others have names that are no address.</summary>
    private IReadOnlyDictionary<(string From, string To), Total> _totals = Nothing;

    /// <summary>Who was counted last; null before anybody was.</summary>
    private HashSet<string>? _watched;

    private const string Group = "group";
    private const string Other = "other";

    /// <summary>Takes a reading.</summary>
    /// <param name="readings">Of all tables.</param>
    public void Take(IReadOnlyList<NftReading> readings)
    {
        // A NIC that goes from one table to another one is in both for a while.
        var raw = new Dictionary<(string From, string To), long>();
        foreach (var reading in readings)
        {
            foreach (var ((from, to), counter) in reading.Pairs.Concat(Named(reading.Groups, Group)).Concat(Named(reading.Others, Other)))
            {
                raw[(from, to)] = raw.GetValueOrDefault((from, to)) + counter.FrameBytes;
            }
        }

        var next = new Dictionary<(string From, string To), Total>();
        foreach (var (key, bytes) in raw)
        {
            // Of who was not counted for a while the kernel still has all from before: for us it begins now.
            var before = _totals.TryGetValue(key, out var known) ? known : new Total(_watched?.Contains(key.From) == false ? bytes : 0, 0);
            next[key] = new Total(bytes, before.Bytes + (bytes >= before.Raw ? bytes - before.Raw : bytes));
        }

        // What is sent to groups and to the others is one number each for a NIC, which must not fall; a pair that is not there any more is forgotten.
        foreach (var (key, total) in _totals.Where(t => t.Key.To is Group or Other && !raw.ContainsKey(t.Key)))
        {
            next[key] = total with { Raw = 0 };
        }

        _totals = next;
    }

    /// <summary>What these NICs have sent; of others nothing is kept.</summary>
    /// <param name="nics">Those that are counted.</param>
    public IReadOnlyList<SenderCount> Of(IReadOnlyList<NicSample> nics)
    {
        var macs = _watched = nics.Select(n => n.Mac).ToHashSet(StringComparer.Ordinal);
        _totals = _totals.Where(t => macs.Contains(t.Key.From)).ToDictionary(t => t.Key, t => t.Value);
        var pairs = _totals.Where(t => t.Key.To is not (Group or Other)).ToLookup(t => t.Key.From, t => new PairCount(t.Key.To, t.Value.Bytes), StringComparer.Ordinal);
        return
        [
            .. macs.Order(StringComparer.Ordinal).Select(m => new SenderCount(
                m,
                [.. pairs[m].OrderBy(p => p.Mac, StringComparer.Ordinal)],
                _totals.GetValueOrDefault((m, Group)).Bytes,
                _totals.GetValueOrDefault((m, Other)).Bytes)),
        ];
    }

    private static IEnumerable<KeyValuePair<(string From, string To), NftCounter>> Named(IReadOnlyDictionary<string, NftCounter> counters, string name) =>
        counters.Select(c => KeyValuePair.Create((c.Key, name), c.Value));

    /// <param name="Raw">As the kernel counts.</param>
    /// <param name="Bytes">Since we count.</param>
    private readonly record struct Total(long Raw, long Bytes);
}
