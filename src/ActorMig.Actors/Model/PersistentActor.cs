namespace ActorMig.Actors;

/// <summary>An actor whose state is what its events make of it. <see cref="Apply"/> is the only place where persistent state changes.</summary>
public abstract class PersistentActor : Actor
{
    /// <summary>Fixes the identity under which the events are kept.</summary>
    /// <param name="persistenceId">The identity; at most one live actor has it.</param>
    protected PersistentActor(string persistenceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(persistenceId);
        PersistenceId = persistenceId;
    }

    /// <summary>The identity under which this actor's events are kept.</summary>
    public string PersistenceId { get; }

    /// <summary>Changes the persistent state by one event. It has no context, no time and no chance: what it needs is in the event.</summary>
    /// <param name="event">The event: just made durable, or replayed.</param>
    protected internal abstract void Apply(object @event);

    /// <summary>
    /// The whole persistent state as one registered, versioned message that nobody changes any more; null: this actor has none, and replays all
    /// its events. A recovery hands it to <see cref="Apply"/> before anything else, and then the events after it. Asked for between turns, every
    /// so many events. It has no context, and changes nothing.
    /// </summary>
    protected internal virtual object? Snapshot() => null;

    /// <summary>Turn 0 of every incarnation, after the replay and before any message. Its effects can be derived again from state and be borne twice.</summary>
    protected internal virtual void Recovered()
    {
    }

    internal sealed override void Begin() => Recovered();
}
