namespace ActorMig.Journal;

/// <summary>Where the journal lies, and its limits.</summary>
public sealed record JournalOptions
{
    /// <summary>The file; its folder exists.</summary>
    public required string Path { get; init; }

    /// <summary>The most records that are kept; the oldest go first. Events are never dropped.</summary>
    public long RecordsMax { get; init; } = 1_000_000;

    /// <summary>The most writes that wait; a further one is refused.</summary>
    public int QueueMax { get; init; } = 10_000;
}
