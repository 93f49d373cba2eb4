using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>One actor in virtual time. The same contract as the in-process engine's cell, without threads: everything is an entry on the agenda.</summary>
internal sealed class VirtualCell : IActorEngine, IDue
{
    private readonly VirtualActorSystem _system;
    private readonly VirtualCell? _parent;
    private readonly Props _props;
    private readonly MailboxOptions _mailboxOptions;
    private LetterQueue _mailbox;

    // Most actors have none of these: a world of 10,000 hosts has 200,000 actors.
    private SortedDictionary<string, VirtualCell>? _children;
    private List<VirtualTimer>? _timers;
    private List<ActorRef>? _watching;
    private List<VirtualCell>? _watchers;
    private int _messages;
    private ActorCore? _core;
    private long _life;
    private long _sequenceNr;
    private long _eventsSinceSnapshot;
    private bool _isBusy = true;
    private bool _isScheduled;
    private bool _isStopping;

    public VirtualCell(VirtualActorSystem system, VirtualCell? parent, VirtualRef self, Props props)
    {
        _system = system;
        _parent = parent;
        _props = props;
        _mailboxOptions = props.Mailbox ?? system.Mailbox;
        Self = self;
        self.Cell = this;
    }

    public VirtualRef Self { get; }

    public bool IsDead { get; private set; }

    public Instant Now
    {
        get
        {
            var now = new Instant(VirtualTime.WallStartMs + _system.WallErrorMs + _system.Time.NowMs, _system.Time.NowMs);
            return _system.Interceptor is null ? now : _system.Interceptor.Now(Self, now);
        }
    }

    /// <summary>The live instance, if there is one.</summary>
    public ActorCore? Core => _core;

    /// <summary>How many events the live instance has applied.</summary>
    public long SequenceNr => _sequenceNr;

    /// <summary>A new instance of the same recipe, which never has a turn.</summary>
    public ActorCore Blank() => new(_props, this, Self);

    private IEnumerable<VirtualCell> Children => _children is null ? [] : _children.Values;

    public bool IsPersistent => _props.IsPersistent;

    public void Run() => _system.Time.After(0, Begin);

    public void Post(object message)
    {
        if (IsDead || _isStopping)
        {
            _system.Observer.DeadLetter(Self, message);
            return;
        }

        if (_messages >= _mailboxOptions.MessagesMax)
        {
            if (_mailboxOptions.Overflow == MailboxOverflow.DropNewest)
            {
                _system.Observer.DeadLetter(Self, message);
                return;
            }

            DropOldest();
        }

        _messages++;
        PostLetter(new Letter(LetterKind.Posted, message));
    }

    private void DropOldest()
    {
        if (_mailbox.TryTakeOldest(LetterKind.Posted, out var oldest))
        {
            _messages--;
            _system.Observer.DeadLetter(Self, oldest.What);
        }
    }

    public ulong Draw() => _system.Time.Random.Next();

    public ActorRef NewChild(string name) => _children?.ContainsKey(name) == true
        ? throw new InvalidOperationException($"{Self} has a living child '{name}'; the name is free again when Terminated says so.")
        : new VirtualRef(Self.Path + "/" + name);

    public void Tell(ActorRef target, object message) => _system.Tell(Self, target, message);

    public void Spawn(ActorRef child, Props props)
    {
        var cell = new VirtualCell(_system, this, (VirtualRef)child, props);
        (_children ??= new(StringComparer.Ordinal)).Add(child.Name, cell);
        cell.Run();
    }

    public void Stop(ActorRef actor)
    {
        if (actor is VirtualRef { Cell: { IsDead: false } cell })
        {
            cell._isStopping = true;
            _system.Time.After(0, cell.End);
        }
    }

    public void Watch(ActorRef actor)
    {
        if ((_watching ??= []).Contains(actor))
        {
            return;
        }

        _watching.Add(actor);
        if (actor is VirtualRef { Cell: { IsDead: false } cell })
        {
            (cell._watchers ??= []).Add(this);
        }
        else
        {
            PostLetter(new Letter(LetterKind.Terminated, new Terminated(actor)));
        }
    }

    public void Unwatch(ActorRef actor)
    {
        _watching?.Remove(actor);
        (actor as VirtualRef)?.Cell?._watchers?.Remove(this);
    }

    public void StartTimer(string key, object message, long delayMs)
    {
        var timer = new VirtualTimer(this, key, message);
        _timers ??= [];
        var index = _timers.FindIndex(t => t.Key == key);
        if (index < 0)
        {
            _timers.Add(timer);
        }
        else
        {
            _timers[index] = timer;
        }

        _system.Time.After(delayMs, timer);
    }

    public void CancelTimer(string key) => _timers?.RemoveAll(t => t.Key == key);

    /// <summary>A timer is due: if it is not cancelled and not replaced, it goes into the mailbox.</summary>
    public void Fire(VirtualTimer timer)
    {
        if (!IsDead && _timers?.Contains(timer) == true)
        {
            PostLetter(new Letter(LetterKind.Timer, timer));
        }
    }

    public void PutInFront(IReadOnlyList<object> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            _mailbox.AddFirst(new Letter(LetterKind.Sifted, messages[i]));
        }

        Schedule();
    }

    public void Note(int id, string text) => _system.Observer.Noted(Self, id, text);

    /// <summary>The process is killed: no effects, no farewells.</summary>
    public void Kill()
    {
        IsDead = true;
        _life++;
        foreach (var child in Children)
        {
            child.Kill();
        }
    }

    private void PostLetter(Letter letter)
    {
        _mailbox.AddLast(letter);
        Schedule();
    }

    private void Schedule()
    {
        if (!_isScheduled && !_isBusy && !IsDead && _mailbox.Count > 0)
        {
            _isScheduled = true;
            _system.Time.After(0, this);
        }
    }

    /// <summary>The next letter's turn.</summary>
    public void Due()
    {
        if (_system.IsStopped && _system.Holds(Due))
        {
            return;
        }

        _isScheduled = false;
        if (IsDead || _isBusy || _isStopping || _mailbox.Count == 0)
        {
            return;
        }

        if (Sift(_mailbox.TakeFirst()) is { } message)
        {
            Turn(message);
        }

        Schedule();
    }

    private object? Sift(Letter letter)
    {
        switch (letter.Kind)
        {
            case LetterKind.ChildEnded:
                var ended = (VirtualCell)letter.What;
                if (_children?.TryGetValue(ended.Self.Name, out var child) == true && ReferenceEquals(child, ended))
                {
                    _children.Remove(ended.Self.Name);
                }

                return null;
            case LetterKind.Terminated:
                return _watching?.Remove(((Terminated)letter.What).Actor) == true ? letter.What : null;
            case LetterKind.Timer:
                var timer = (VirtualTimer)letter.What;
                return _timers?.Remove(timer) == true ? timer.Message : null;
            case LetterKind.Posted:
                _messages--;
                return letter.What;
            default:
                return letter.What;
        }
    }

    private void Turn(object message)
    {
        _system.Watcher?.Handling(Self, message);
        if (_system.Interceptor is { } interceptor)
        {
            if (interceptor.Receive(Self, message) is not { } received)
            {
                return;
            }

            message = received;
        }

        try
        {
            _core!.Handle(message);
        }
#pragma warning disable CA1031 // A handler that throws restarts the actor: the contract of the model.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _system.Observer.Restarted(Self, e, message);
            Restart();
            return;
        }

        EndTurn();
    }

    private void EndTurn()
    {
        var core = _core!;
        if (core.Events.Count == 0)
        {
            CarryOut(core);
            SaveSnapshot(core);
            return;
        }

        IReadOnlyList<object> events = core.Events.ToArray();
        _system.Watcher?.Persisting(Self, events);
        if (_system.Interceptor is { } interceptor)
        {
            if (!interceptor.WaitsForDisk(Self, events))
            {
                GoOnUnwritten(core, interceptor.Persist(Self, events));
                return;
            }

            events = interceptor.Persist(Self, events);
        }

        _isBusy = true;
        var life = ++_life;
        _system.Journal.Write(core.PersistenceId!, events, durable =>
        {
            if (!_system.Holds(() => Written(core, events.Count, durable, life)))
            {
                Written(core, events.Count, durable, life);
            }
        });
        _system.Time.After(_system.WriteTimeoutMs, () =>
        {
            if (!_system.Holds(() => NotWritten(life)))
            {
                NotWritten(life);
            }
        });
    }

    private void Written(ActorCore core, int count, bool durable, long life)
    {
        if (life != _life || IsDead)
        {
            return;
        }

        _life++;
        if (!durable)
        {
            Fail(new NotDurableException($"The events of {Self} were not written."));
            return;
        }

        _isBusy = false;
        _sequenceNr += count;
        _eventsSinceSnapshot += count;
        if (!_isStopping)
        {
            Guarded(core.CarryOut);
            SaveSnapshot(core);
            Schedule();
        }
    }

    private void NotWritten(long life)
    {
        if (life == _life && !IsDead)
        {
            Fail(new NotDurableException($"The events of {Self} were not known to be written in {_system.WriteTimeoutMs} ms."));
        }
    }

    /// <summary>What no engine may do: the events are written some time, or never, and nothing waits for that.</summary>
    private void GoOnUnwritten(ActorCore core, IReadOnlyList<object> events)
    {
        _system.Journal.Write(core.PersistenceId!, events, static _ => { });
        (_sequenceNr, _eventsSinceSnapshot) = (_sequenceNr + events.Count, _eventsSinceSnapshot + events.Count);
        Guarded(core.CarryOut);
    }

    private void SaveSnapshot(ActorCore core)
    {
        if (IsDead || _eventsSinceSnapshot < _system.SnapshotEvery)
        {
            return;
        }

        _eventsSinceSnapshot = 0;
        try
        {
            if (core.Snapshot() is { } snapshot)
            {
                var self = Self;
                _system.Journal.SaveSnapshot(core.PersistenceId!, _sequenceNr, snapshot, durable =>
                {
                    if (!durable)
                    {
                        _system.Observer.SnapshotFailed(self, new InvalidOperationException($"The snapshot of {self} was not written."));
                    }
                });
            }
        }
#pragma warning disable CA1031 // Whatever fails, only replay time is lost; the observer is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _system.Observer.SnapshotFailed(Self, e);
        }
    }

    private void Begin()
    {
        if (IsDead || _isStopping || _system.Holds(Begin))
        {
            return;
        }

        Guarded(() =>
        {
            _core = new ActorCore(_props, this, Self);
            if (_core.PersistenceId is not { } id)
            {
                _isBusy = false;
                _core.Begin();
                EndTurn();
                Schedule();
                return;
            }

            _system.Claim(id, this);
            Recover(id, _core);
        });
    }

    private void Recover(string id, ActorCore core)
    {
        if (IsDead || _isStopping || _system.Holds(() => Guarded(() => Recover(id, core))))
        {
            return;
        }

        if (_system.Journal.IsWriting(id))
        {
            // No incarnation begins turn 0 while a write of an earlier one may still land.
            _system.Time.After(1, () => Guarded(() => Recover(id, core)));
            return;
        }

        _eventsSinceSnapshot = 0;
        _sequenceNr = _system.Journal.Recover(id, @event =>
        {
            if (_system.Interceptor is not { } interceptor)
            {
                core.Apply(@event);
            }
            else if (interceptor.Replay(Self, @event) is { } replayed)
            {
                core.Apply(replayed);
            }

            _eventsSinceSnapshot++;
        });

        _system.Watcher?.Recovered(this);
        _isBusy = false;
        core.Begin();
        EndTurn();
        Schedule();
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // A constructor, turn 0 or Apply that throws stops the actor: the contract of the model.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    /// <summary>As <see cref="Guarded"/>, without a delegate: it happens in every turn.</summary>
    private void CarryOut(ActorCore core)
    {
        try
        {
            core.CarryOut();
        }
#pragma warning disable CA1031 // Apply that throws stops the actor: the contract of the model.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    private void Fail(Exception cause)
    {
        _system.Observer.Failed(Self, cause);
        End();
    }

    private void Restart()
    {
        EndChildren();
        DropVolatile();
        PutInFront(_core!.TakeStash());
        _isBusy = true;
        Begin();
        Schedule();
    }

    private void DropVolatile()
    {
        _life++;
        _timers?.Clear();
        foreach (var watched in _watching ?? [])
        {
            (watched as VirtualRef)?.Cell?._watchers?.Remove(this);
        }

        _watching?.Clear();
    }

    private void EndChildren()
    {
        foreach (var child in Children)
        {
            child.End();
        }

        _children?.Clear();
    }

    private void End()
    {
        if (IsDead)
        {
            return;
        }

        IsDead = true;
        DropVolatile();
        EndChildren();
        if (_core?.PersistenceId is { } id)
        {
            _system.Release(id, this);
        }

        if (_parent is { IsDead: false })
        {
            _parent.PostLetter(new Letter(LetterKind.ChildEnded, this));
        }

        foreach (var watcher in _watchers ?? [])
        {
            if (!watcher.IsDead)
            {
                watcher.PostLetter(new Letter(LetterKind.Terminated, new Terminated(Self)));
            }
        }

        _watchers?.Clear();
    }
}
