namespace ActorMig.Journal;

/// <summary>A journal that is open.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="IncarnationFloor">The new incarnation must be above it.</param>
/// <param name="Loss">The last loss of a journal here, or null; whether a person has accepted it, the journal tells.</param>
public sealed record OpenedJournal(SqliteJournal Journal, long IncarnationFloor, MarkedLoss? Loss)
{
    /// <summary>
    /// Marks that the incarnation of this start is in the journal, so that a file that lost it again (an older copy, a log that was deleted) is
    /// noticed by the next start.
    /// </summary>
    /// <param name="incarnation">The incarnation that is durable.</param>
    /// <exception cref="IOException">The marker cannot be written; nothing depends on it but that notice.</exception>
    public void ConfirmStart(long incarnation) =>
        new JournalMarker(Journal.Id, Math.Max(incarnation, IncarnationFloor + 1), incarnation, Loss).Write(Journal.Options);
}
