namespace ActorMig.Actors;

/// <summary>Limits of the in-process engine.</summary>
public sealed record ActorSystemOptions
{
    /// <summary>The most messages that wait in one mailbox, unless its actor has its own limit; further ones are dropped and counted as dead letters.</summary>
    public int MailboxCapacity { get; init; } = 10_000;

    /// <summary>After how many milliseconds a write that has not ended counts as not known to be durable.</summary>
    public long WriteTimeoutMs { get; init; } = 10_000;

    /// <summary>How many milliseconds the end of the system waits for its actors: one whose handler hangs is left behind, and that is said.</summary>
    public long StopTimeoutMs { get; init; } = 5_000;

    /// <summary>After how many events of a persistent actor its state is kept as a snapshot; one that is not written costs only replay time.</summary>
    public int SnapshotEvery { get; init; } = 1_000;

    /// <summary>The seed of the numbers that actors draw.</summary>
    public ulong Seed { get; init; }
}
