using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorMig.Akka.Persistence;

/// <summary>Our journal as a plug-in of Akka.Persistence.</summary>
internal class JournalPlugin : AsyncWriteJournal
{
    private readonly PersistenceBridge _bridge;
    private readonly ConcurrentDictionary<string, (IReadOnlyList<object> Replayed, long Highest)> _read = new(StringComparer.Ordinal);

    /// <summary>Made by Akka.</summary>
    /// <param name="config">Its block of the configuration, which has nothing for it.</param>
    public JournalPlugin(Config config)
    {
        _ = config;
        _bridge = Context.System.Settings.Setup.Get<EngineSetup>().Value.Persistence;
    }

    /// <summary>Akka asks for this before each replay: all is read at once, and handed over by <see cref="ReplayMessagesAsync"/>.</summary>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var read = await _bridge.ReplayAsync(persistenceId).ConfigureAwait(false);
        if (read.Highest > 0)
        {
            // Else Akka asks for nothing more.
            _read[persistenceId] = read;
        }

        return read.Highest;
    }

    /// <remarks>
    /// A snapshot is the first of what is replayed and takes the number of the last event in it: as a message, it stands for those before. Two incarnations
    /// may read at once, after the write that both have waited for: the one that is stopped by now may have taken what this one has read.
    /// </remarks>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var (replayed, highest) = _read.TryRemove(persistenceId, out var read) ? read : await _bridge.ReplayAsync(persistenceId).ConfigureAwait(false);
        var number = highest - replayed.Count;
        foreach (var message in replayed)
        {
            number++;
            if (number >= fromSequenceNr && number <= toSequenceNr && max-- > 0)
            {
                recoveryCallback(new Persistent(message, number, persistenceId));
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        foreach (var batch in messages)
        {
            // The first of them begins before anything is awaited. An actor of ours has never more than one on its way.
            await _bridge.WriteAsync(
                batch.PersistenceId,
                batch.LowestSequenceNr,
                [.. ((IImmutableList<IPersistentRepresentation>)batch.Payload).Select(p => p.Payload)]).ConfigureAwait(false);
        }

        return null!;
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        Task.FromException(new NotSupportedException("Events are deleted by the journal itself, by age and size."));
}
