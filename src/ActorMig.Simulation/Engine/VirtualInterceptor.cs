using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>
/// Changes single outcomes in the actors of one process, from outside: which message comes, what is said, what is written, whether anybody waits for
/// the disk, what the clock shows. It is there for tests that prove that a wrong protocol would be noticed; as it stands here it changes nothing.
/// </summary>
public abstract class VirtualInterceptor
{
    private VirtualActorSystem? _system;

    /// <summary>An actor is about to handle a message.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="message">The message.</param>
    /// <returns>What it handles in its place; null: nothing.</returns>
    public virtual object? Receive(ActorRef actor, object message) => message;

    /// <summary>An actor says something.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="target">To whom.</param>
    /// <param name="message">What.</param>
    /// <returns>What is said in its place; null: nothing.</returns>
    public virtual object? Tell(ActorRef actor, ActorRef target, object message) => message;

    /// <summary>An actor's turn has events.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="events">The events, which the actor applies in any case.</param>
    /// <returns>What is written in their place.</returns>
    public virtual IReadOnlyList<object> Persist(ActorRef actor, IReadOnlyList<object> events) => events;

    /// <summary>Whether an actor waits for the disk before anything follows from its events; if not, it does not even hear of a failure.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="events">The events.</param>
    public virtual bool WaitsForDisk(ActorRef actor, IReadOnlyList<object> events) => true;

    /// <summary>An actor that begins again is handed a snapshot or an event of the journal.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="event">The snapshot or event.</param>
    /// <returns>What it applies in its place; null: nothing.</returns>
    public virtual object? Replay(ActorRef actor, object @event) => @event;

    /// <summary>An actor looks at the clock.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="now">The time.</param>
    /// <returns>What the clock shows it.</returns>
    public virtual Instant Now(ActorRef actor, Instant now) => now;

    internal void Attach(VirtualActorSystem system) => _system = system;

    /// <summary>Says something in an actor's place.</summary>
    /// <param name="actor">Who seems to say it.</param>
    /// <param name="target">To whom.</param>
    /// <param name="message">What.</param>
    protected void SayAs(ActorRef actor, ActorRef target, object message) => _system?.TellAs(actor, target, message);
}
