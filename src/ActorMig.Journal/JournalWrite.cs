namespace ActorMig.Journal;

/// <summary>One thing that waits to be written; it has ended only when it is durable, or is known not to be.</summary>
/// <param name="PersistenceId">The identity; null for a record.</param>
/// <param name="FirstNumber">The sequence number of the first row.</param>
/// <param name="Rows">Names and contents.</param>
/// <param name="IsSnapshot">True for a snapshot.</param>
/// <param name="Done">Who waits; null for a record.</param>
internal sealed record JournalWrite(
    string? PersistenceId, long FirstNumber, (string Name, byte[] Json)[] Rows, bool IsSnapshot, TaskCompletionSource? Done)
{
    public bool IsRecord => PersistenceId is null;

    /// <summary>Events must be written; the rest is written when there is room.</summary>
    public bool IsEvents => PersistenceId is not null && !IsSnapshot;
}
