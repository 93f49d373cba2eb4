namespace ActorMig.Journal;

/// <summary>The journal cannot be used; the message says what to do.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True if it may come right by itself: its disk fails or is full, or somebody else writes to the file just now.</summary>
    public bool MayPass { get; init; }

    /// <summary>True for an error of a file that may pass by itself: its disk fails (EIO) or is full (ENOSPC, EDQUOT).</summary>
    /// <param name="e">The error.</param>
    public static bool IsOfDisk(Exception e) => e is IOException { HResult: 5 or 28 or 122 };
}

/// <summary>What is in the journal's file is not what was written there.</summary>
/// <param name="damage">What is wrong, in words that go on with "the journal".</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause.</param>
public sealed class JournalDamagedException(string damage, string message, Exception? inner = null) : JournalException(message, inner)
{
    /// <summary>What is wrong, in words that go on with "the journal".</summary>
    public string Damage { get; } = damage;
}
