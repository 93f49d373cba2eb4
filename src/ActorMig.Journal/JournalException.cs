namespace ActorMig.Journal;

/// <summary>The journal cannot be used; the message says what to do.</summary>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
