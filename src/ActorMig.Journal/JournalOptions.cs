namespace ActorMig.Journal;

/// <summary>Where the journal lies, and its limits.</summary>
public sealed record JournalOptions
{
    private const long DayMs = 24L * 60 * 60 * 1_000;

    /// <summary>The file; its folder exists.</summary>
    public required string Path { get; init; }

    /// <summary>The most records that are kept; the oldest go first.</summary>
    public long RecordsMax { get; init; } = 1_000_000;

    /// <summary>How long records are kept.</summary>
    public long RecordsAgeMaxMs { get; init; } = 90 * DayMs;

    /// <summary>How long events are kept that no replay needs: those behind the two newest snapshots of an actor, and those of an actor that has ended.</summary>
    public long EventsAgeMaxMs { get; init; } = 400 * DayMs;

    /// <summary>The most bytes that the database may hold; then the oldest records go first, and then events that no replay needs.</summary>
    public long SizeMaxBytes { get; init; } = 2L << 30;

    /// <summary>The most writes that wait; a further one is refused.</summary>
    public int QueueMax { get; init; } = 10_000;

    /// <summary>The size of the file that is given up when the disk is full; 0: none.</summary>
    public long BallastBytes { get; init; }

    /// <summary>How long the file may be checked when it is opened.</summary>
    public long CheckMaxMs { get; init; } = 10_000;

    /// <summary>Persistence ids that begin so belong to actors that end: without a new event for <see cref="EventsAgeMaxMs"/> they are deleted as a whole, see <see cref="SqliteJournal.BeginToForget"/>.</summary>
    public IReadOnlyList<string> EndingIds { get; init; } = [];

    /// <summary>Tells by an event that was written which identity of <see cref="EndingIds"/> nobody needs any more from then on; null: none.</summary>
    public Func<object, string?> EndedBy { get; init; } = static _ => null;

    /// <summary>Hears, in whole sentences and from any thread, what people should know; must not block or throw.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    internal string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
}
