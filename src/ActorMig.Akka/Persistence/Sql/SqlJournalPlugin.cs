using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>
/// The journal of Akka.Persistence.Sql on our tables. What is added is what our file expects of who writes it, and the engine's limit for a write.
/// The fence is its own: it reads no identity while a write of it is on its way, also one that was given up.
/// </summary>
internal sealed class SqlJournalPlugin : SqlWriteJournal
{
    private readonly PersistenceBridge _bridge;
    private readonly SqlTables _tables;

    /// <summary>Made by Akka.</summary>
    /// <param name="config">Its block of the configuration.</param>
    public SqlJournalPlugin(Config config)
        : base(config)
    {
        var engine = Context.System.Settings.Setup.Get<EngineSetup>().Value;
        (_bridge, _tables) = (engine.Persistence, engine.Tables!);
    }

    /// <summary>Nobody who replays is forgotten meanwhile.</summary>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        _tables.InUse(persistenceId);
        return base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
    }

    /// <summary>An event that is missing is not passed over.</summary>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var next = fromSequenceNr;
        return base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, row =>
        {
            if (row.SequenceNr != next)
            {
                throw new InvalidDataException($"The journal {_tables.Path} lacks event {next} of '{persistenceId}', so it cannot be used; start the agent anew: it moves the file aside and says what to do.");
            }

            next++;
            recoveryCallback(row);
        });
    }

    /// <remarks>
    /// Times are milliseconds since 1970, as in all rows; Akka.Persistence.Sql would write ticks. A write that is given up by the limit is not cancelled,
    /// which Akka would ask for: whether it lands is then left to chance by each provider, and waited for here.
    /// </remarks>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var now = _bridge.NowMs;
        AtomicWrite[] batches =
            [.. messages.Select(m => new AtomicWrite([.. ((IImmutableList<IPersistentRepresentation>)m.Payload).Select(p => p.WithTimestamp(now))]))];
        return _bridge.WithinLimitAsync(WriteAsync(batches));
    }

    private async Task<IImmutableList<Exception>> WriteAsync(AtomicWrite[] batches)
    {
        var ended = await base.WriteMessagesAsync(batches, CancellationToken.None).ConfigureAwait(false);
        // What the file has refused is not there.
        if (ended.All(e => e is null))
        {
            _tables.Written?.Invoke([.. batches.SelectMany(b => (IImmutableList<IPersistentRepresentation>)b.Payload).Select(p => p.Payload)]);
        }

        return ended;
    }
}
