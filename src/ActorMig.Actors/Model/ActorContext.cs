namespace ActorMig.Actors;

/// <summary>
/// All that an actor can say and ask during a turn. What is said is collected; if the turn throws, nothing of it happens.
/// Else the engine writes the events as one batch, applies them, and then carries out the rest in the order in which it was said.
/// </summary>
public sealed class ActorContext
{
    /// <summary>The most messages that an actor may have stashed; one more throws.</summary>
    public const int StashCapacity = 1_000;

    private readonly IActorEngine _engine;
    private readonly List<object> _events = [];
    private readonly List<Effect> _effects = [];
    private object? _current;
    private int _stashed;
    private Instant? _now;

    internal ActorContext(IActorEngine engine, ActorRef self)
    {
        _engine = engine;
        Self = self;
    }

    /// <summary>The actor itself.</summary>
    public ActorRef Self { get; }

    /// <summary>The time of this turn; it does not change while the turn lasts.</summary>
    public Instant Now => _now ??= _engine.Now;

    internal IReadOnlyList<object> Events => _events;

    internal IReadOnlyList<Effect> Effects => _effects;

    /// <summary>A seeded number, spread evenly over all 64 bits.</summary>
    public ulong Draw() => _engine.Draw();

    /// <summary>Sends a message. Inside a process messages of one sender arrive in order and at most once.</summary>
    /// <param name="target">The receiver; the dead take no messages, which is counted.</param>
    /// <param name="message">The message, which nobody changes any more.</param>
    public void Tell(ActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(message);
        _effects.Add(new Effect(EffectKind.Tell, target, message));
    }

    /// <summary>Makes a child. The reference is good at once; the child exists when the turn is carried out.</summary>
    /// <param name="props">The recipe.</param>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; free among the living children.</param>
    /// <exception cref="InvalidOperationException">The name is taken, or has other characters.</exception>
    public ActorRef Spawn(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        foreach (var effect in _effects)
        {
            if (effect.Kind == EffectKind.Spawn && string.Equals(effect.Actor!.Name, name, StringComparison.Ordinal))
            {
                throw ActorNames.Taken(Self, name);
            }
        }

        var child = _engine.NewChild(ActorNames.Check(name));
        _effects.Add(new Effect(EffectKind.Spawn, child, props));
        return child;
    }

    /// <summary>Stops oneself or a child of one's own. It overtakes the mailbox; what is left there is dropped.</summary>
    /// <param name="actor">Oneself or a child.</param>
    /// <exception cref="InvalidOperationException">It is neither.</exception>
    public void Stop(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!ReferenceEquals(actor, Self) && actor.Path != Self.Path + "/" + actor.Name)
        {
            throw new InvalidOperationException($"{Self} cannot stop {actor}: only itself and its own children.");
        }

        _effects.Add(new Effect(EffectKind.Stop, actor));
    }

    /// <summary>Asks for <see cref="Terminated"/> when the actor has ended. Twice is once; watching the dead gives it at once.</summary>
    /// <param name="actor">An actor of this process.</param>
    public void Watch(ActorRef actor) => _effects.Add(new Effect(EffectKind.Watch, actor));

    /// <summary>Takes a watch back; a <see cref="Terminated"/> that is in the mailbox is not handled any more.</summary>
    /// <param name="actor">The watched actor.</param>
    public void Unwatch(ActorRef actor) => _effects.Add(new Effect(EffectKind.Unwatch, actor));

    /// <summary>From the next message on, <paramref name="behaviour"/> handles in place of <c>Handle</c>.</summary>
    /// <param name="behaviour">The new handler.</param>
    public void Become(Action<object> behaviour) => _effects.Add(new Effect(EffectKind.Become, Payload: behaviour));

    /// <summary>Puts the message of this turn aside until <see cref="UnstashAll"/>.</summary>
    /// <exception cref="InvalidOperationException">Turn 0 has no message, or <see cref="StashCapacity"/> is reached.</exception>
    public void Stash()
    {
        if (_current is null)
        {
            throw new InvalidOperationException($"{Self} has no message to stash in turn 0.");
        }

        if (_stashed >= StashCapacity)
        {
            throw new InvalidOperationException($"{Self} has stashed {StashCapacity} messages, which is the limit.");
        }

        _effects.Add(new Effect(EffectKind.Stash, Payload: _current));
    }

    /// <summary>Puts all stashed messages in front of the mailbox, in their order.</summary>
    public void UnstashAll() => _effects.Add(new Effect(EffectKind.UnstashAll));

    /// <summary>Sends oneself a message after a delay: never early, maybe tens of milliseconds late.</summary>
    /// <param name="key">A new timer of the same key replaces the old one.</param>
    /// <param name="message">The message.</param>
    /// <param name="delayMs">The delay in milliseconds, zero or more.</param>
    public void StartTimer(string key, object message, long delayMs)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfNegative(delayMs);
        _effects.Add(new Effect(EffectKind.StartTimer, Payload: message, Key: key, Number: delayMs));
    }

    /// <summary>Cancels a timer: it is not handled even if its message is already in the mailbox.</summary>
    /// <param name="key">The timer's key.</param>
    public void CancelTimer(string key) => _effects.Add(new Effect(EffectKind.CancelTimer, Key: key));

    /// <summary>Makes an event durable. The batch of a turn is written as a whole or not at all, before any other effect of the turn.</summary>
    /// <param name="event">The event.</param>
    /// <exception cref="InvalidOperationException">The actor is not persistent.</exception>
    public void Persist(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        if (!_engine.IsPersistent)
        {
            throw new InvalidOperationException($"{Self} is not persistent and cannot persist {@event.GetType().Name}.");
        }

        _events.Add(@event);
    }

    /// <summary>Says something for people who look for a cause: a numbered diagnostic.</summary>
    /// <param name="id">The number, which stays when the words change.</param>
    /// <param name="text">The words.</param>
    public void Note(int id, string text) => _effects.Add(new Effect(EffectKind.Note, Payload: text, Number: id));

    internal void BeginTurn(object? message, int stashed)
    {
        _events.Clear();
        _effects.Clear();
        _current = message;
        _stashed = stashed;
        _now = null;
    }
}
