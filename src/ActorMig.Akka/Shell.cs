using Akka.Actor;
using ActorMig.Actors;
using ActorRef = ActorMig.Actors.ActorRef;
using Props = ActorMig.Actors.Props;
using Terminated = ActorMig.Actors.Terminated;

namespace ActorMig.Akka;

/// <summary>One incarnation of an actor of ours inside an Akka actor: what the model's own class asks of an engine, said in Akka's words.</summary>
#pragma warning disable CA1001 // The source is cancelled at the end of the incarnation, and has neither a timer nor a wait handle.
internal sealed class Shell : IActorEngine
#pragma warning restore CA1001
{
    private readonly AkkaRef _self;
    private readonly IActorContext _context;
    private readonly AkkaActorSystem _system;
    private readonly Action<IReadOnlyList<object>>? _persist;
    private readonly Dictionary<string, TimerLetter> _timers = new(StringComparer.Ordinal);

    /// <summary>By the Akka actor, or by our reference to one that was never born.</summary>
    private readonly Dictionary<object, ActorRef> _watching = [];
    private readonly CancellationTokenSource _incarnation = new();
    private bool _isWriting;

    /// <summary>Makes the instance. What its constructor throws stops the actor, and is told here: Akka has no instance to tell it.</summary>
    /// <param name="self">The reference.</param>
    /// <param name="context">Akka's context.</param>
    /// <param name="persist">Writes the events of a turn and calls <see cref="Written"/>; null: not persistent.</param>
    public Shell(AkkaRef self, IActorContext context, Action<IReadOnlyList<object>>? persist)
    {
        (_self, _context, _system, _persist) = (self, context, self.System, persist);
        self.Target = context.Self;
        try
        {
            Core = new ActorCore(self.Props, this, self);
            if (Core.PersistenceId is { } id)
            {
                _system.Claim(id, self);
            }
        }
        catch (Exception e)
        {
            _system.Observer.Failed(self, e);
            self.End();
            throw;
        }

        if (Core.Instance is EdgeActor edge)
        {
            var (target, incarnation) = (context.Self, _incarnation);
            edge.Attach(message => target.Tell(new OwnLetter(incarnation, message)), incarnation.Token);
        }
    }

    public ActorCore Core { get; }

    public Instant Now => _system.Now;

    public bool IsPersistent => _persist is not null;

    /// <summary>Turn 0.</summary>
    public void Begin()
    {
        try
        {
            Core.Begin();
        }
#pragma warning disable CA1031 // A turn 0 that throws stops the actor; Akka would restart it at once and for ever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            return;
        }

        EndTurn();
        if (_self.Front.Count > 0)
        {
            _context.Self.Tell(LookInFront.Instance);
        }
    }

    /// <summary>Something was in the mailbox. What is in front comes first; while one of those turns writes, Akka keeps the rest of the mailbox back.</summary>
    public void Receive(object item)
    {
        if (_system.Cluster is not null && item is not (Letter or TimerLetter or OwnLetter or LookInFront or global::Akka.Actor.Terminated))
        {
            // Another host may know this actor's path, and who has said it cannot be told for certain: what comes in by the door alone is heard.
            _system.DeadLetter(_self, item);
            return;
        }

        _self.Front.AddLast(item);
        Proceed();
    }

    /// <summary>The events of the turn are durable.</summary>
    public void Written()
    {
        _isWriting = false;
        if (!_self.IsStopping)
        {
            // Else it is like a crash: the events are durable, the effects are missing.
            CarryOut();
            Proceed();
        }
    }

    /// <summary>Something failed that a restart does not mend.</summary>
    public void Fail(Exception cause)
    {
        if (!_self.IsStopping)
        {
            _self.IsStopping = true;
            _system.Observer.Failed(_self, cause);
        }

        _context.Stop(_context.Self);
    }

    /// <summary>This incarnation ends and another begins: the stash goes back in front of the mailbox.</summary>
    public void Leave()
    {
        DropVolatile();
        ((IActorEngine)this).PutInFront(Core.TakeStash());
        foreach (var child in _context.GetChildren())
        {
            _context.Stop(child);
        }
    }

    /// <summary>The actor has ended, and its children before it.</summary>
    public void End()
    {
        DropVolatile();
        if (Core.PersistenceId is { } id)
        {
            _system.Release(id, _self);
        }

        _self.End();
    }

    ulong IActorEngine.Draw() => _system.Draw();

    ActorRef IActorEngine.NewChild(string name) => _context.Child(name).IsNobody()
        ? new AkkaRef(_system, _self.Path + "/" + name)
        : throw new InvalidOperationException($"{_self} has a living child '{name}'; the name is free again when Terminated says so.");

    void IActorEngine.Tell(ActorRef target, object message) => _system.Tell(target, message, _context.Self);

    void IActorEngine.Spawn(ActorRef child, Props props) => ((AkkaRef)child).Be(props, shell => _context.ActorOf(shell, child.Name));

    void IActorEngine.Stop(ActorRef actor)
    {
        if (actor is AkkaRef { Target: { } target } stopped)
        {
            stopped.IsStopping = true;
            _context.Stop(target);
        }
    }

    void IActorEngine.Watch(ActorRef actor)
    {
        if (!_watching.TryAdd(Watched(actor), actor))
        {
            return;
        }

        if (Watched(actor) is IActorRef target)
        {
            _context.Watch(target);
        }
        else
        {
            _context.Self.Tell(new OwnLetter(_incarnation, new Terminated(actor)));
        }
    }

    void IActorEngine.Unwatch(ActorRef actor)
    {
        if (_watching.Remove(Watched(actor)) && Watched(actor) is IActorRef target)
        {
            _context.Unwatch(target);
        }
    }

    void IActorEngine.StartTimer(string key, object message, long delayMs)
    {
        ((IActorEngine)this).CancelTimer(key);
        var letter = new TimerLetter(key, message, _system.Time.GetTimestamp(), TimeSpan.FromMilliseconds(delayMs));
        _timers.Add(key, letter);
        Schedule(letter, letter.Delay);
    }

    void IActorEngine.CancelTimer(string key)
    {
        if (_timers.Remove(key, out var letter))
        {
            letter.Scheduled?.Cancel();
        }
    }

    void IActorEngine.PutInFront(IReadOnlyList<object> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            _self.Front.AddFirst(messages[i]);
        }
    }

    void IActorEngine.Note(int id, string text) => _system.Observer.Noted(_self, id, text);

    private static object Watched(ActorRef actor) => (object?)(actor as AkkaRef)?.Target ?? actor;

    private void Proceed()
    {
        while (!_isWriting && !_self.IsStopping && _self.Front.First is { Value: var next })
        {
            _self.Front.RemoveFirst();
            if (Sift(next) is { } message)
            {
                Turn(message);
            }
        }
    }

    /// <summary>Takes the engine's own letters out; null if there is nothing to handle.</summary>
    private object? Sift(object item)
    {
        switch (item)
        {
            case Letter letter:
                return _self.Take(letter);
            case global::Akka.Actor.Terminated terminated:
                return _watching.Remove(terminated.ActorRef, out var watched) ? new Terminated(watched) : null;
            case OwnLetter { Message: Terminated unborn }:
                return _watching.Remove(unborn.Actor) ? unborn : null;
            case OwnLetter own:
                return own.Incarnation.IsCancellationRequested ? null : own.Message;
            case TimerLetter timer when _timers.TryGetValue(timer.Key, out var current) && ReferenceEquals(current, timer):
                // Akka's wheel may be a little early: never is promised.
                var rest = timer.Delay - _system.Time.GetElapsedTime(timer.Started);
                if (rest > TimeSpan.Zero)
                {
                    Schedule(timer, rest + TimeSpan.FromMilliseconds(1));
                    return null;
                }

                _timers.Remove(timer.Key);
                return timer.Message;
            case TimerLetter or LookInFront:
                return null;
            default:
                // It was stashed, and sifted before that; or an actor of somebody else's has said it, who has Akka's own reference.
                return item;
        }
    }

    private void Turn(object message)
    {
        _self.Handled++;
        try
        {
            Core.Handle(message);
        }
        catch (Exception e)
        {
            _self.Restarts++;
            _system.Observer.Restarted(_self, e, message);
            throw;
        }

        EndTurn();
    }

    private void EndTurn()
    {
        if (Core.Events.Count > 0)
        {
            _isWriting = true;
            _persist!([.. Core.Events]);
        }
        else
        {
            CarryOut();
        }
    }

    private void CarryOut()
    {
        try
        {
            Core.CarryOut();
        }
#pragma warning disable CA1031 // An Apply that throws stops the actor.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    private void Schedule(TimerLetter letter, TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
        {
            _context.Self.Tell(letter);
        }
        else
        {
            letter.Scheduled = _context.System.Scheduler.ScheduleTellOnceCancelable(delay, _context.Self, letter, ActorRefs.NoSender);
        }
    }

    private void DropVolatile()
    {
        _incarnation.Cancel();
        foreach (var timer in _timers.Values)
        {
            timer.Scheduled?.Cancel();
        }

        _timers.Clear();
        foreach (var watched in _watching.Keys.OfType<IActorRef>())
        {
            _context.Unwatch(watched);
        }

        _watching.Clear();
    }
}
