namespace ActorMig.Cluster;

/// <summary>Counts who is refused and why, and says each once; how many are told apart is bounded, for strangers choose their names. Thread-safe.</summary>
/// <param name="most">How many are told apart.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Is told a sentence; must not block.</param>
internal sealed class Refusals(int most, TimeProvider time, Action<string> note)
{
    /// <summary>Who is good and bad in turns does not fill the log.</summary>
    private static readonly TimeSpan SayAgainMin = TimeSpan.FromMinutes(10);
    private readonly Lock _counting = new();
    private readonly Dictionary<(string Who, RefusalReason Reason), Count> _counts = [];
    private long _others;

    /// <summary>Counts one, and says it if it is new.</summary>
    /// <param name="who">By what a certificate says, or the address.</param>
    /// <param name="reason">Why.</param>
    /// <param name="sentence">The same in words.</param>
    public void Add(string who, RefusalReason reason, string sentence)
    {
        lock (_counting)
        {
            if (!_counts.TryGetValue((who, reason), out var count))
            {
                if (_counts.Count >= most)
                {
                    _others++;
                    return;
                }

                _counts[(who, reason)] = count = new Count();
            }

            count.Number++;
            if (count.IsSaid || (count.SaidAt is { } at && time.GetElapsedTime(at) < SayAgainMin))
            {
                return;
            }

            (count.IsSaid, count.SaidAt) = (true, time.GetTimestamp());
        }

        note($"{who} is refused: {sentence} (said once; further ones are counted)");
    }

    /// <summary>From now on it would be news again, but for a while after it was said.</summary>
    public void Forgive(string who)
    {
        lock (_counting)
        {
            foreach (var (key, count) in _counts)
            {
                count.IsSaid &= key.Who != who;
            }
        }
    }

    public (IReadOnlyList<RefusalCounter> Refused, long Others) Counters()
    {
        lock (_counting)
        {
            return (
                [.. _counts.OrderBy(c => c.Key.Who, StringComparer.Ordinal).ThenBy(c => c.Key.Reason).Select(c => new RefusalCounter(c.Key.Who, c.Key.Reason, c.Value.Number))],
                _others);
        }
    }

    private sealed class Count
    {
        public long Number { get; set; }

        public bool IsSaid { get; set; }

        public long? SaidAt { get; set; }
    }
}
