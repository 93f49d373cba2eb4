using System.Runtime.Serialization;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>The snapshot store of Akka.Persistence.Sql on our table. As our own journal does, it keeps an identity's two newest, and passes over what cannot be read.</summary>
internal sealed class SqlSnapshotPlugin : SqlSnapshotStore
{
    private readonly PersistenceBridge _bridge;
    private readonly SnapshotRows _rows;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Made by Akka.</summary>
    /// <param name="config">Its block of the configuration.</param>
    public SqlSnapshotPlugin(Config config)
        : base(config)
    {
        var engine = Context.System.Settings.Setup.Get<EngineSetup>().Value;
        (_bridge, _rows) = (engine.Persistence, new SnapshotRows(engine.Tables!));
    }

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        foreach (var number in await _rows.NumbersAsync(persistenceId, criteria.MaxSequenceNr, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await base.LoadAsync(persistenceId, new SnapshotSelectionCriteria(number), cancellationToken).ConfigureAwait(false);
            }
            catch (SerializationException e)
            {
                // The one before it, or all events, take its place. Whatever else fails, as a database that is busy, says nothing of the snapshot: the actor
                // stops, and its parent tries again.
                _log.Warning(e, "The snapshot of '{0}' at event {1} cannot be read and is passed over.", persistenceId, number);
            }
        }

        return null;
    }

    /// <remarks>The time is milliseconds since 1970, as in all rows, which the store takes for ticks.</remarks>
    protected override async Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var row = new SnapshotMetadata(metadata.PersistenceId, metadata.SequenceNr, new DateTime(_bridge.NowMs, DateTimeKind.Utc));
        await base.SaveAsync(row, snapshot, cancellationToken).ConfigureAwait(false);
        if (await _rows.NumbersAsync(metadata.PersistenceId, long.MaxValue, cancellationToken).ConfigureAwait(false) is [_, var second, _, ..])
        {
            await DeleteAsync(metadata.PersistenceId, new SnapshotSelectionCriteria(second - 1), cancellationToken).ConfigureAwait(false);
        }
    }
}
