namespace ActorMig.Journal;

/// <summary>What a journal's owner knows of its events, so that a loss of the journal can be noticed and survived.</summary>
public interface IJournalOwner
{
    /// <summary>The persistence id that is replayed first, into <see cref="Apply"/>.</summary>
    string PersistenceId { get; }

    /// <summary>The highest incarnation that was applied; 0 if none was.</summary>
    long Incarnation { get; }

    /// <summary>Persistence ids, known after the replay, that will be needed: one that cannot be replayed is damage.</summary>
    IReadOnlyCollection<string> Needed { get; }

    /// <summary>Takes an event or a snapshot of <see cref="PersistenceId"/>.</summary>
    /// <param name="message">The event or the snapshot.</param>
    void Apply(object message);
}
