namespace ActorMig.Actors;

/// <summary>Is told what happens inside an engine: the place for logs and counters. Called from any thread; must not block or throw.</summary>
public interface IActorObserver
{
    /// <summary>An actor said something for people.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="id">The number of the note.</param>
    /// <param name="text">Its words.</param>
    void Noted(ActorRef actor, int id, string text);

    /// <summary>A handler threw; the actor begins anew.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="message">The message that is dropped.</param>
    void Restarted(ActorRef actor, Exception cause, object message);

    /// <summary>An actor was stopped because something failed that a restart does not mend.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="cause">What failed.</param>
    void Failed(ActorRef actor, Exception cause);

    /// <summary>A snapshot was not made or not kept; nothing is lost but replay time, and another one is made later.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="cause">What failed.</param>
    void SnapshotFailed(ActorRef actor, Exception cause)
    {
    }

    /// <summary>A message had no living receiver, or its mailbox was full.</summary>
    /// <param name="target">To whom it went.</param>
    /// <param name="message">The message.</param>
    void DeadLetter(ActorRef target, object message);
}
