namespace ActorMig.Bartering;

/// <summary>For how long guests stood still that this host sent, of the newest migrations in each mode: what is to be expected of the next.</summary>
internal sealed class Gaps
{
    private const int OfModeMax = 16;
    private readonly SortedDictionary<MigrationMode, Queue<long>> _ms = [];

    /// <summary>One more has been sent.</summary>
    public void Take(MigrationMode mode, long ms)
    {
        if (!_ms.TryGetValue(mode, out var all))
        {
            _ms.Add(mode, all = new Queue<long>());
        }

        all.Enqueue(ms);
        if (all.Count > OfModeMax)
        {
            all.Dequeue();
        }
    }

    /// <summary>The median of the newest; null if there are none.</summary>
    public long? Of(MigrationMode mode) => _ms.TryGetValue(mode, out var all) ? all.Order().ElementAt(all.Count / 2) : null;

    /// <summary>Everything that is kept here.</summary>
    public IReadOnlyList<GapsState>? State() => _ms.Count == 0 ? null : [.. _ms.Select(m => new GapsState(m.Key, [.. m.Value]))];
}
