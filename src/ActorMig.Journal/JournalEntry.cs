using System.Globalization;

namespace ActorMig.Journal;

/// <summary>A line of the journal as people and tools read it: an event or a record.</summary>
/// <param name="Position">Its place; entries are ordered by it.</param>
/// <param name="WallMs">When it was written: milliseconds since 1970 UTC.</param>
/// <param name="Source">The persistence id of an event; <c>record</c> for a record.</param>
/// <param name="Name">The registered name.</param>
/// <param name="Json">The content.</param>
public sealed record JournalEntry(JournalPosition Position, long WallMs, string Source, string Name, string Json);

/// <summary>A place in the journal: after this event and after this record.</summary>
/// <param name="Event">The ordering of the last event.</param>
/// <param name="Record">The number of the last record.</param>
public readonly record struct JournalPosition(long Event, long Record)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">Such as <c>12-345</c>.</param>
    /// <param name="position">The position.</param>
    public static bool TryParse(string? text, out JournalPosition position)
    {
        position = default;
        var parts = (text ?? "").Split('-');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var @event)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var record))
        {
            return false;
        }

        position = new JournalPosition(@event, record);
        return true;
    }

    /// <summary>Both numbers, such as <c>12-345</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Event}-{Record}");
}
