namespace ActorMig.Simulation;

/// <summary>What becomes of a write.</summary>
public enum WriteFate
{
    /// <summary>It is durable after the disk's latency.</summary>
    Lands,

    /// <summary>It fails after the disk's latency; nothing is written.</summary>
    Refused,

    /// <summary>It hangs until <see cref="VirtualJournal.Release"/>.</summary>
    Hangs,
}

/// <summary>A host's disk in virtual time: batches of events per identity. It outlives the host's crashes.</summary>
/// <param name="time">The clock.</param>
public sealed class VirtualJournal(VirtualTime time)
{
    private readonly SortedDictionary<string, List<object>> _events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<long, object>> _snapshots = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<Pending>> _pending = new(StringComparer.Ordinal);

    /// <summary>Counts the processes that have written.</summary>
    private long _life;

    /// <summary>How long a write takes, in milliseconds.</summary>
    public long LatencyMs { get; set; } = 1;

    /// <summary>Decides what becomes of a write.</summary>
    public Func<string, IReadOnlyList<object>, WriteFate> Fate { get; set; } = static (_, _) => WriteFate.Lands;

    /// <summary>Decides what becomes of a snapshot; one that hangs never lands.</summary>
    public Func<string, WriteFate> SnapshotFate { get; set; } = static _ => WriteFate.Lands;

    /// <summary>Called when a batch has become durable, before its writer hears of it.</summary>
    public Action<string, IReadOnlyList<object>>? Landed { get; set; }

    /// <summary>The durable events of an identity, oldest first.</summary>
    /// <param name="persistenceId">The identity.</param>
    public IReadOnlyList<object> Replay(string persistenceId) => _events.TryGetValue(persistenceId, out var events) ? events : [];

    /// <summary>Hands over the newest snapshot and the events after it.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="apply">Called for each.</param>
    /// <returns>The number of the last event.</returns>
    public long Recover(string persistenceId, Action<object> apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        var events = Replay(persistenceId);
        long after = 0;
        if (_snapshots.TryGetValue(persistenceId, out var snapshots) && snapshots.Count > 0)
        {
            (after, var snapshot) = snapshots.Last();
            apply(snapshot);
        }

        foreach (var e in events.Skip((int)after))
        {
            apply(e);
        }

        return events.Count;
    }

    /// <summary>Keeps a snapshot after the disk's latency.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="sequenceNr">The number of the last event in it.</param>
    /// <param name="snapshot">The state.</param>
    /// <param name="done">Hears whether it is durable.</param>
    public void SaveSnapshot(string persistenceId, long sequenceNr, object snapshot, Action<bool> done)
    {
        ArgumentNullException.ThrowIfNull(done);
        var fate = SnapshotFate(persistenceId);
        if (fate == WriteFate.Hangs)
        {
            return;
        }

        var life = _life;
        time.After(LatencyMs, () =>
        {
            if (life != _life)
            {
                // Its writer's end has overtaken it.
                return;
            }

            if (fate == WriteFate.Lands)
            {
                if (!_snapshots.TryGetValue(persistenceId, out var snapshots))
                {
                    _snapshots.Add(persistenceId, snapshots = []);
                }

                snapshots[sequenceNr] = snapshot;
            }

            done(fate == WriteFate.Lands);
        });
    }

    /// <summary>The sequence numbers of an identity's snapshots, in order.</summary>
    /// <param name="persistenceId">The identity.</param>
    public IReadOnlyList<long> Snapshots(string persistenceId) => _snapshots.TryGetValue(persistenceId, out var snapshots) ? [.. snapshots.Keys] : [];

    /// <summary>All identities that have events, sorted.</summary>
    public IReadOnlyCollection<string> Ids => _events.Keys;

    /// <summary>True while a write of this identity may still land.</summary>
    /// <param name="persistenceId">The identity.</param>
    public bool IsWriting(string persistenceId) => _pending.TryGetValue(persistenceId, out var pending) && pending.Count > 0;

    /// <summary>Starts a write.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="events">The batch.</param>
    /// <param name="done">Hears whether it is durable; never called for one that hangs until it is released.</param>
    public void Write(string persistenceId, IReadOnlyList<object> events, Action<bool> done)
    {
        var pending = new Pending(events, done);
        if (!_pending.TryGetValue(persistenceId, out var list))
        {
            _pending.Add(persistenceId, list = []);
        }

        list.Add(pending);
        switch (Fate(persistenceId, events))
        {
            case WriteFate.Lands:
                time.After(LatencyMs, () => End(persistenceId, pending, true));
                break;
            case WriteFate.Refused:
                time.After(LatencyMs, () => End(persistenceId, pending, false));
                break;
            default:
                pending.Hangs = true;
                break;
        }
    }

    /// <summary>Ends the writes of an identity that hang.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="lands">Whether they become durable.</param>
    public void Release(string persistenceId, bool lands)
    {
        if (_pending.TryGetValue(persistenceId, out var list))
        {
            foreach (var pending in list.Where(p => p.Hangs).ToArray())
            {
                End(persistenceId, pending, lands);
            }
        }
    }

    /// <summary>All that was written is lost; nobody may be writing.</summary>
    public void Clear()
    {
        _events.Clear();
        _snapshots.Clear();
    }

    /// <summary>The power goes: each write that is on its way lands or is lost, by chance; its writer never hears of it.</summary>
    public void PowerOff()
    {
        _life++;
        foreach (var (id, list) in _pending)
        {
            foreach (var pending in list)
            {
                pending.IsOver = true;
                if (time.Draw(2) == 0)
                {
                    Land(id, pending);
                }
            }

            list.Clear();
        }
    }

    private void End(string persistenceId, Pending pending, bool lands)
    {
        if (pending.IsOver)
        {
            return;
        }

        pending.IsOver = true;
        _pending[persistenceId].Remove(pending);
        if (lands)
        {
            Land(persistenceId, pending);
        }

        pending.Done(lands);
    }

    private void Land(string persistenceId, Pending pending)
    {
        if (!_events.TryGetValue(persistenceId, out var events))
        {
            _events.Add(persistenceId, events = []);
        }

        events.AddRange(pending.Events);
        Landed?.Invoke(persistenceId, pending.Events);
    }

    private sealed class Pending(IReadOnlyList<object> events, Action<bool> done)
    {
        public IReadOnlyList<object> Events { get; } = events;

        public Action<bool> Done { get; } = done;

        public bool Hangs { get; set; }

        public bool IsOver { get; set; }
    }
}
