namespace ActorMig.Journal;

/// <summary>What a journal has counted since it was opened.</summary>
/// <param name="Writes">Batches of events that became durable.</param>
/// <param name="Commits">Transactions; less than the writes where several shared one.</param>
/// <param name="Snapshots">Snapshots that were written.</param>
/// <param name="DroppedRecords">Records that were not kept: the queue was full, or the disk was.</param>
/// <param name="UnreadableSnapshots">Snapshots that were passed over because they could not be read.</param>
/// <param name="PrunedRecords">Records that were deleted because of their number, age or size.</param>
/// <param name="PrunedEvents">Events that no replay needs any more and that were deleted.</param>
public sealed record JournalCounters(
    long Writes, long Commits, long Snapshots, long DroppedRecords, long UnreadableSnapshots, long PrunedRecords, long PrunedEvents);
