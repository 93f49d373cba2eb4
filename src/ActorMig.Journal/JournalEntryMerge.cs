namespace ActorMig.Journal;

/// <summary>
/// Puts events and records together for people: by time, but each of the two in its own order, so that a clock that jumps back makes nothing be
/// passed over: who reads on from a position gets everything behind it.
/// </summary>
internal static class JournalEntryMerge
{
    public static List<JournalEntry> Merge(JournalPosition after, List<JournalEntry> events, List<JournalEntry> records, int limit)
    {
        var merged = new List<JournalEntry>(Math.Min(limit, events.Count + records.Count));
        var position = after;
        for (int e = 0, r = 0; merged.Count < limit && (e < events.Count || r < records.Count);)
        {
            var isEvent = r == records.Count || (e < events.Count && events[e].WallMs <= records[r].WallMs);
            var entry = isEvent ? events[e++] : records[r++];
            position = isEvent ? position with { Event = entry.Position.Event } : position with { Record = entry.Position.Record };
            merged.Add(entry with { Position = position });
        }

        return merged;
    }
}
