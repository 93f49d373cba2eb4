namespace ActorMig.Actors.Tests;

/// <summary>A journal in memory that can be told to refuse or hang.</summary>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<object>> _events = [];
    private readonly Dictionary<(string Id, long SequenceNr), object> _snapshots = [];
    private readonly HashSet<string> _refuseSnapshots = [];
    private readonly HashSet<string> _refuse = [];
    private readonly HashSet<string> _hang = [];
    private readonly List<(string Id, Action Land, Action Drop)> _hanging = [];

    public event Action? Changed;

    public Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation)
    {
        var events = Durable(persistenceId);
        var after = Snapshots(persistenceId) is [.., var newest] ? newest : 0;
        if (after > 0)
        {
            apply(_snapshots[(persistenceId, after)]);
        }

        foreach (var e in events.Skip((int)after))
        {
            apply(e);
        }

        return Task.FromResult((long)events.Count);
    }

    public Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> events)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_refuse.Remove(persistenceId))
            {
                return Task.FromException(new IOException("refused"));
            }

            if (_hang.Remove(persistenceId))
            {
                _hanging.Add((persistenceId, () => { Land(persistenceId, firstSequenceNr, events); done.SetResult(); }, () => done.SetException(new IOException("lost"))));
                return done.Task;
            }
        }

        Land(persistenceId, firstSequenceNr, events);
        return Task.CompletedTask;
    }

    public Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot)
    {
        lock (_lock)
        {
            if (_refuseSnapshots.Contains(persistenceId))
            {
                return Task.FromException(new IOException("refused"));
            }

            _snapshots[(persistenceId, sequenceNr)] = snapshot;
        }

        Changed?.Invoke();
        return Task.CompletedTask;
    }

    public void RefuseSnapshots(string id)
    {
        lock (_lock)
        {
            _refuseSnapshots.Add(id);
        }
    }

    public IReadOnlyList<long> Snapshots(string id)
    {
        lock (_lock)
        {
            return [.. _snapshots.Keys.Where(k => k.Id == id).Select(k => k.SequenceNr).Order()];
        }
    }

    public void RefuseNext(string id)
    {
        lock (_lock)
        {
            _refuse.Add(id);
        }
    }

    public void HangNext(string id)
    {
        lock (_lock)
        {
            _hang.Add(id);
        }
    }

    /// <summary>True until the write that is to hang has been asked for.</summary>
    public bool WaitsToHang(string id)
    {
        lock (_lock)
        {
            return _hang.Contains(id);
        }
    }

    public void Release(string id, bool lands)
    {
        (string Id, Action Land, Action Drop)[] released;
        lock (_lock)
        {
            released = [.. _hanging.Where(h => h.Id == id)];
            _hanging.RemoveAll(h => h.Id == id);
        }

        foreach (var h in released)
        {
            (lands ? h.Land : h.Drop)();
        }
    }

    public IReadOnlyList<object> Durable(string id)
    {
        lock (_lock)
        {
            return _events.TryGetValue(id, out var events) ? [.. events] : [];
        }
    }

    private void Land(string id, long firstSequenceNr, IReadOnlyList<object> events)
    {
        lock (_lock)
        {
            if (!_events.TryGetValue(id, out var list))
            {
                _events.Add(id, list = []);
            }

            Assert.Equal(list.Count + 1, firstSequenceNr);
            list.AddRange(events);
        }

        Changed?.Invoke();
    }
}
