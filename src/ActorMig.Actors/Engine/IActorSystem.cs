namespace ActorMig.Actors;

/// <summary>An engine with edges and in real time, as those see it who put a process together. Thread-safe.</summary>
public interface IActorSystem : IAsyncDisposable
{
    /// <summary>Messages that had no living receiver, or for which a mailbox had no room, since the system was made.</summary>
    long DeadLetters { get; }

    /// <summary>Brings an actor without a parent to life.</summary>
    /// <param name="props">The recipe.</param>
    /// <param name="name">Its name, free among those without a parent.</param>
    ActorRef Spawn(Props props, string name);

    /// <summary>Sends a message.</summary>
    /// <param name="target">The receiver.</param>
    /// <param name="message">The message.</param>
    void Tell(ActorRef target, object message);

    /// <summary>Sends a question and waits for the first answer to the address that the question carries.</summary>
    /// <param name="target">Who is asked.</param>
    /// <param name="question">Makes the question from the reply address.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    Task<object> AskAsync(ActorRef target, Func<ActorRef, object> question, TimeSpan timeout, CancellationToken cancellation = default);

    /// <summary>Ends when the actor has ended.</summary>
    /// <param name="actor">An actor of this system.</param>
    Task WhenEnded(ActorRef actor);

    /// <summary>All living actors, each parent right before its children, else by name. What waits for them changes while this is read.</summary>
    IReadOnlyList<ActorInfo> Hierarchy();
}
