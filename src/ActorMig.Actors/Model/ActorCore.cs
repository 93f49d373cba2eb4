namespace ActorMig.Actors;

/// <summary>
/// One incarnation of an actor, for engines: runs turns, and does what needs no engine (become, stash). Not thread-safe; an engine drives it so:
/// construct; replay the newest snapshot and the events after it with <see cref="Apply"/>; <see cref="Begin"/>; then <see cref="Handle"/> per message. After each turn it writes
/// <see cref="Events"/> if there are any, and calls <see cref="CarryOut()"/>. What <see cref="Handle"/> throws restarts the actor, everything else stops it.
/// </summary>
public sealed class ActorCore
{
    private readonly Actor _actor;
    private readonly IActorEngine _engine;
    private readonly ActorContext _context;
    private readonly List<object> _stash = [];
    private Action<object> _behaviour;

    /// <summary>Makes the instance; what the actor's constructor throws passes through.</summary>
    /// <param name="props">The recipe.</param>
    /// <param name="engine">The engine's half of this actor.</param>
    /// <param name="self">The actor's reference.</param>
    public ActorCore(Props props, IActorEngine engine, ActorRef self)
    {
        ArgumentNullException.ThrowIfNull(props);
        _engine = engine;
        _context = new ActorContext(engine, self);
        _actor = props.Create();
        _behaviour = _actor.Handle;
    }

    /// <summary>The identity of a persistent actor, else null.</summary>
    public string? PersistenceId => (_actor as PersistentActor)?.PersistenceId;

    /// <summary>The events of the turn that ended last; an engine writes them as one batch.</summary>
    public IReadOnlyList<object> Events => _context.Events;

    /// <summary>The instance, for edges that an engine gives a verb more.</summary>
    public Actor Instance => _actor;

    /// <summary>How many messages are stashed.</summary>
    public int StashDepth => _stash.Count;

    /// <summary>The persistent state between two turns, or null if the actor makes no snapshots.</summary>
    public object? Snapshot() => ((PersistentActor)_actor).Snapshot();

    /// <summary>Applies one replayed event, or the snapshot before all of them.</summary>
    /// <param name="event">The event.</param>
    public void Apply(object @event) => ((PersistentActor)_actor).Apply(@event);

    /// <summary>Runs turn 0.</summary>
    public void Begin() => Turn(null);

    /// <summary>Runs a turn on a message.</summary>
    /// <param name="message">The message.</param>
    public void Handle(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Turn(message);
    }

    /// <summary>Ends a turn whose events are durable: applies them, then carries out the effects in the order in which they were said.</summary>
    public void CarryOut()
    {
        // By index: an enumerator would be another object for every turn.
        for (var i = 0; i < _context.Events.Count; i++)
        {
            Apply(_context.Events[i]);
        }

        for (var i = 0; i < _context.Effects.Count; i++)
        {
            CarryOut(_context.Effects[i]);
        }
    }

    /// <summary>Takes the stash, for a restart: its messages go back in front of the mailbox.</summary>
    public IReadOnlyList<object> TakeStash()
    {
        var messages = _stash.ToArray();
        _stash.Clear();
        return messages;
    }

    private void Turn(object? message)
    {
        _context.BeginTurn(message, _stash.Count);
        _actor.Enter(_context);
        try
        {
            if (message is null)
            {
                _actor.Begin();
            }
            else
            {
                _behaviour(message);
            }
        }
        finally
        {
            _actor.Leave();
        }
    }

    private void CarryOut(Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Tell:
                _engine.Tell(effect.Actor!, effect.Payload!);
                break;
            case EffectKind.Spawn:
                _engine.Spawn(effect.Actor!, (Props)effect.Payload!);
                break;
            case EffectKind.Stop:
                _engine.Stop(effect.Actor!);
                break;
            case EffectKind.Watch:
                _engine.Watch(effect.Actor!);
                break;
            case EffectKind.Unwatch:
                _engine.Unwatch(effect.Actor!);
                break;
            case EffectKind.Become:
                _behaviour = (Action<object>)effect.Payload!;
                break;
            case EffectKind.Stash:
                _stash.Add(effect.Payload!);
                break;
            case EffectKind.UnstashAll:
                _engine.PutInFront(TakeStash());
                break;
            case EffectKind.StartTimer:
                _engine.StartTimer(effect.Key!, effect.Payload!, effect.Number);
                break;
            case EffectKind.CancelTimer:
                _engine.CancelTimer(effect.Key!);
                break;
            case EffectKind.Note:
                _engine.Note((int)effect.Number, (string)effect.Payload!);
                break;
            default:
                throw new InvalidOperationException($"The effect {effect.Kind} is unknown.");
        }
    }
}
