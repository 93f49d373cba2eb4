namespace ActorMig.Actors;

/// <summary>
/// What an engine brings for one actor. The model (turn, become, stash) is <see cref="ActorCore"/>; an engine calls it from one thread at a time
/// and is called back from there.
/// </summary>
public interface IActorEngine
{
    /// <summary>The time, asked at most once per turn.</summary>
    Instant Now { get; }

    /// <summary>True if the actor's events are kept.</summary>
    bool IsPersistent { get; }

    /// <summary>A seeded number.</summary>
    ulong Draw();

    /// <summary>A reference for a child to be; throws if the name is taken by a living child.</summary>
    /// <param name="name">A name of allowed characters.</param>
    ActorRef NewChild(string name);

    /// <summary>Delivers a message.</summary>
    /// <param name="target">The receiver.</param>
    /// <param name="message">The message.</param>
    void Tell(ActorRef target, object message);

    /// <summary>Brings a child to life.</summary>
    /// <param name="child">What <see cref="NewChild"/> gave.</param>
    /// <param name="props">The recipe.</param>
    void Spawn(ActorRef child, Props props);

    /// <summary>Stops the actor itself or a child; the rest of the turn is still carried out.</summary>
    /// <param name="actor">Who.</param>
    void Stop(ActorRef actor);

    /// <summary>Begins a watch.</summary>
    /// <param name="actor">Who is watched.</param>
    void Watch(ActorRef actor);

    /// <summary>Ends a watch.</summary>
    /// <param name="actor">Who was watched.</param>
    void Unwatch(ActorRef actor);

    /// <summary>Starts a timer, in place of one of the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="message">What it delivers.</param>
    /// <param name="delayMs">After how many milliseconds.</param>
    void StartTimer(string key, object message, long delayMs);

    /// <summary>Cancels a timer, also one whose message is in the mailbox.</summary>
    /// <param name="key">The key.</param>
    void CancelTimer(string key);

    /// <summary>Puts messages in front of the mailbox, in their order.</summary>
    /// <param name="messages">The messages.</param>
    void PutInFront(IReadOnlyList<object> messages);

    /// <summary>Hands on a diagnostic.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="text">Its words.</param>
    void Note(int id, string text);
}
