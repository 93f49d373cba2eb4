using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>Sees what happens in one process, for checks; it changes nothing.</summary>
internal abstract class VirtualWatcher
{
    /// <summary>An actor said something: the turn's events are durable by now.</summary>
    public virtual void Told(ActorRef from, ActorRef target, object message)
    {
    }

    /// <summary>A message has come to an actor.</summary>
    public virtual void Handling(ActorRef actor, object message)
    {
    }

    /// <summary>An actor has decided on events, and the disk is about to write them.</summary>
    public virtual void Persisting(ActorRef actor, IReadOnlyList<object> events)
    {
    }

    /// <summary>A persistent actor has its state again, and has not begun yet.</summary>
    public virtual void Recovered(VirtualCell cell)
    {
    }

    /// <summary>A persistent actor is about to be killed with its process.</summary>
    public virtual void Ending(VirtualCell cell)
    {
    }
}
