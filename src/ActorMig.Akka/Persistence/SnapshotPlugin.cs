using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace ActorMig.Akka.Persistence;

/// <summary>The snapshots of our journal as a plug-in of Akka.Persistence. It only saves: the journal's replay begins with the newest snapshot by itself.</summary>
internal sealed class SnapshotPlugin : SnapshotStore
{
    private readonly PersistenceBridge _bridge;

    /// <summary>Made by Akka.</summary>
    /// <param name="config">Its block of the configuration, which has nothing for it.</param>
    public SnapshotPlugin(Config config)
    {
        _ = config;
        _bridge = Context.System.Settings.Setup.Get<EngineSetup>().Value.Persistence;
    }

    /// <inheritdoc/>
    protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        Task.FromResult<SelectedSnapshot>(null!);

    /// <inheritdoc/>
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken) =>
        _bridge.SaveSnapshotAsync(metadata.PersistenceId, metadata.SequenceNr, snapshot);

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) => Task.CompletedTask;
}
