namespace ActorMig.Actors;

/// <summary>Which message goes when one comes to a full mailbox. It is a dead letter then: counted, and told to the observer.</summary>
public enum MailboxOverflow
{
    /// <summary>The one that comes: for actors whose messages are answered or asked again.</summary>
    DropNewest,

    /// <summary>The one that has waited longest: for actors to whom only the newest matters.</summary>
    DropOldest,
}

/// <summary>How much waits for an actor, and what happens to more.</summary>
/// <param name="MessagesMax">The most messages that wait, 1 or more. What the engine itself sends (timers, <see cref="Terminated"/>) is never dropped.</param>
/// <param name="Overflow">What happens to more.</param>
public sealed record MailboxOptions(int MessagesMax, MailboxOverflow Overflow = MailboxOverflow.DropNewest);
