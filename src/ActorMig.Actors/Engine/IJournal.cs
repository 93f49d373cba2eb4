namespace ActorMig.Actors;

/// <summary>Where the in-process engine keeps events. Thread-safe.</summary>
public interface IJournal
{
    /// <summary>
    /// Hands over the newest snapshot that can be read, if there is one, and then the durable events after it, oldest first.
    /// A snapshot that cannot be read is passed over: the one before it, or all events, take its place.
    /// </summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="apply">Called for the snapshot and for each event.</param>
    /// <param name="cancellation">Ends the replay early.</param>
    /// <returns>The highest sequence number, 0 if there is none.</returns>
    Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation);

    /// <summary>
    /// Writes a batch, whole or not at all. The task ends well only when the batch is durable; when it fails, the batch may or may not be.
    /// It never ends before that is decided: after its end nothing of the batch lands any more.
    /// </summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="firstSequenceNr">The sequence number of the first event: the highest so far plus one.</param>
    /// <param name="events">The events.</param>
    Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> events);

    /// <summary>Keeps the state that the durable events up to a number make. Nothing depends on it: whether it fails or lands late, only replay time is lost.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="sequenceNr">The number of the last event in it.</param>
    /// <param name="snapshot">The state, which nobody changes any more.</param>
    Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot);
}
