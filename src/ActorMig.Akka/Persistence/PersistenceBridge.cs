using System.Collections.Concurrent;
using ActorMig.Actors;

namespace ActorMig.Akka.Persistence;

/// <summary>
/// The journal of ours behind Akka's persistence plug-ins, and the fence: nobody reads an identity's events while a write of it may still land.
/// </summary>
internal sealed class PersistenceBridge(AkkaActorSystem system, IJournal? journal)
{
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    /// <summary>Milliseconds since 1970.</summary>
    public long NowMs => system.Now.WallMs;

    private TimeSpan Limit => TimeSpan.FromMilliseconds(system.Options.WriteTimeoutMs);

    private IJournal Journal => journal ?? throw new InvalidOperationException("This actor system has no journal, so its actors cannot be persistent.");

    /// <summary>Writes a batch. The task fails after the time limit, too; then the write is still waited for before anybody reads.</summary>
    /// <remarks>The write has begun when this returns: a read that is asked for later finds it.</remarks>
    public Task WriteAsync(string id, long firstSequenceNr, IReadOnlyList<object> events)
    {
        var write = Journal.WriteAsync(id, firstSequenceNr, events);
        _writes[id] = write;
        _ = ForgetAsync(id, write);
        return write.WaitAsync(Limit, system.Time);
    }

    /// <summary>The same limit for a write that another plug-in waits for.</summary>
    public Task<T> WithinLimitAsync<T>(Task<T> write) => write.WaitAsync(Limit, system.Time);

    /// <summary>The state and events of an identity with their numbers, oldest first.</summary>
    /// <returns>What was replayed, and the highest number.</returns>
    public async Task<(IReadOnlyList<object> Replayed, long Highest)> ReplayAsync(string id)
    {
        if (_writes.TryGetValue(id, out var write))
        {
            await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        List<object> replayed = [];
        var highest = await Journal.ReplayAsync(id, replayed.Add, CancellationToken.None).ConfigureAwait(false);
        return (replayed, highest);
    }

    public Task SaveSnapshotAsync(string id, long sequenceNr, object snapshot) => Journal.SaveSnapshotAsync(id, sequenceNr, snapshot);

    private async Task ForgetAsync(string id, Task write)
    {
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _writes.TryRemove(new KeyValuePair<string, Task>(id, write));
    }
}
