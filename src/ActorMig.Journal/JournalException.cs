namespace ActorMig.Journal;

/// <summary>The journal cannot be used; the message says what to do.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What is in the journal's file is not what was written there.</summary>
/// <param name="damage">What is wrong, in words that go on with "the journal".</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause.</param>
public sealed class JournalDamagedException(string damage, string message, Exception? inner = null) : JournalException(message, inner)
{
    /// <summary>What is wrong, in words that go on with "the journal".</summary>
    public string Damage { get; } = damage;
}
