namespace ActorMig.Actors;

/// <summary>How one living actor is.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Kind">Its class.</param>
/// <param name="IsPersistent">True if its events are kept.</param>
/// <param name="MailboxDepth">How much waits for it.</param>
/// <param name="MailboxMax">The most messages that may wait.</param>
/// <param name="Handled">Messages that it has handled, since it was spawned.</param>
/// <param name="Restarts">How often it threw and began anew.</param>
/// <param name="Dropped">Messages that its mailbox had no room for.</param>
public sealed record ActorInfo(
    string Path, string Kind, bool IsPersistent, int MailboxDepth, int MailboxMax, long Handled, long Restarts, long Dropped);
