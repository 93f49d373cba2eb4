namespace ActorMig.Actors;

/// <summary>
/// One actor on the in-process engine: its mailbox, its children, its timers, and the loop that gives it one message after the other.
/// Only the loop touches the core, the children, the timers and the watches; other threads post letters, ask to stop, and add watchers.
/// </summary>
internal sealed class ActorCell : IActorEngine
{
    private const int TurnsInARow = 1_000;
    private readonly ActorSystem _system;
    private readonly ActorCell? _parent;
    private readonly Props _props;
    private readonly Mailbox _mailbox;
    private readonly LinkedList<object> _front = new();
    private readonly SortedDictionary<string, ActorCell> _children = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TimerLetter> _timers = new(StringComparer.Ordinal);
    private readonly HashSet<ActorRef> _watching = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _watchersLock = new();
    private readonly HashSet<ActorCell> _watchers = [];
    private bool _isDead;
    private long _handled;
    private long _restarts;
    private long _dropped;
    private long _sequenceNr;
    private long _eventsSinceSnapshot;
    private Task _snapshot = Task.CompletedTask;
    private ActorCore? _core;
    private readonly Func<bool> _isStopping;
    private CancellationTokenSource _incarnation = new();

    public ActorCell(ActorSystem system, ActorCell? parent, LocalRef self, Props props)
    {
        _system = system;
        _parent = parent;
        _props = props;
        _mailbox = new Mailbox(props.Mailbox ?? new MailboxOptions(system.Options.MailboxCapacity));
        Self = self;
        self.Cell = this;
        _isStopping = () => IsStopping;
    }

    public LocalRef Self { get; }

    public Task Ended => _ended.Task;

    public ActorInfo Info => new(
        Self.Path, _props.Kind.Name, IsPersistent, _mailbox.Depth, _mailbox.MessagesMax, Volatile.Read(ref _handled), Volatile.Read(ref _restarts),
        Interlocked.Read(ref _dropped));

    public Instant Now => _system.Now;

    public bool IsPersistent => _props.IsPersistent;

    private bool IsStopping => _stop.IsCancellationRequested;

    public void Run()
    {
        _system.Remember(this);
        _ = Task.Run(LoopAsync);
    }

    public void Post(object message)
    {
        if (IsStopping)
        {
            _system.DeadLetter(Self, message);
        }
        else if (_mailbox.Post(message) is { } dropped)
        {
            Interlocked.Increment(ref _dropped);
            _system.DeadLetter(Self, dropped);
        }
    }

    public void RequestStop()
    {
        _stop.Cancel();
        _mailbox.Wake();
    }

    ulong IActorEngine.Draw() => _system.Draw();

    ActorRef IActorEngine.NewChild(string name) =>
        _children.ContainsKey(name) ? throw ActorNames.Taken(Self, name) : new LocalRef(Self.Path + "/" + name);

    void IActorEngine.Tell(ActorRef target, object message) => _system.Tell(target, message);

    void IActorEngine.Spawn(ActorRef child, Props props)
    {
        var cell = new ActorCell(_system, this, (LocalRef)child, props);
        _children.Add(child.Name, cell);
        cell.Run();
    }

    void IActorEngine.Stop(ActorRef actor) => (actor as LocalRef)?.Cell?.RequestStop();

    void IActorEngine.Watch(ActorRef actor)
    {
        if (_watching.Add(actor))
        {
            if (actor is not LocalRef { Cell: { } cell } || !cell.AddWatcher(this))
            {
                PostLetter(new Terminated(actor));
            }
        }
    }

    void IActorEngine.Unwatch(ActorRef actor)
    {
        _watching.Remove(actor);
        (actor as LocalRef)?.Cell?.RemoveWatcher(this);
    }

    void IActorEngine.StartTimer(string key, object message, long delayMs)
    {
        ((IActorEngine)this).CancelTimer(key);
        var letter = new TimerLetter(key, message);
        _timers.Add(key, letter);
        letter.Start(_system.Time, delayMs, PostLetter);
    }

    void IActorEngine.CancelTimer(string key)
    {
        if (_timers.Remove(key, out var letter))
        {
            letter.Cancel();
        }
    }

    void IActorEngine.PutInFront(IReadOnlyList<object> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            _front.AddFirst(messages[i]);
        }
    }

    void IActorEngine.Note(int id, string text) => _system.Observer.Noted(Self, id, text);

    public bool AddWatcher(ActorCell watcher)
    {
        lock (_watchersLock)
        {
            if (_isDead)
            {
                return false;
            }

            _watchers.Add(watcher);
            return true;
        }
    }

    private void RemoveWatcher(ActorCell watcher)
    {
        lock (_watchersLock)
        {
            _watchers.Remove(watcher);
        }
    }

    /// <summary>Letters of the engine itself, which no limit drops.</summary>
    private void PostLetter(object letter) => _mailbox.PostLetter(letter);

    private async Task LoopAsync()
    {
        try
        {
            if (await BeginIncarnationAsync().ConfigureAwait(false))
            {
                for (var turns = 1; !IsStopping; turns++)
                {
                    if (turns % TurnsInARow == 0)
                    {
                        // Who always has something to do leaves its thread to others now and then.
                        await Task.Yield();
                    }

                    // What was put in front was sifted before it was stashed.
                    var letter = TakeFront();
                    var message = letter;
                    if (letter is null)
                    {
                        letter = _mailbox.TryTake();
                        message = letter is null ? null : Sift(letter);
                    }

                    if (message is not null)
                    {
                        await TurnAsync(message).ConfigureAwait(false);
                    }
                    else if (letter is null)
                    {
                        await _mailbox.WaitAsync(_isStopping).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // Asked to stop while waiting.
        }
#pragma warning disable CA1031 // The actor stops, its parent hears of it, and the observer is told why.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _system.Observer.Failed(Self, e);
        }

        await EndAsync().ConfigureAwait(false);
    }

    private object? TakeFront()
    {
        if (_front.First is not { } first)
        {
            return null;
        }

        _front.RemoveFirst();
        return first.Value;
    }

    /// <summary>Takes the engine's own letters out; null if there is nothing to handle.</summary>
    private object? Sift(object letter)
    {
        switch (letter)
        {
            case ChildEnded ended:
                if (_children.TryGetValue(ended.Child.Self.Name, out var child) && ReferenceEquals(child, ended.Child))
                {
                    _children.Remove(ended.Child.Self.Name);
                }

                return null;
            case Terminated terminated:
                return _watching.Remove(terminated.Actor) ? terminated : null;
            case TimerLetter timer:
                if (_timers.TryGetValue(timer.Key, out var current) && ReferenceEquals(current, timer))
                {
                    _timers.Remove(timer.Key);
                    timer.Cancel();
                    return timer.Message;
                }

                return null;
            case EdgeLetter edge:
                return edge.Incarnation.IsCancellationRequested ? null : edge.Message;
            default:
                return letter;
        }
    }

    private ValueTask TurnAsync(object message)
    {
        var core = _core!;
        _handled++;
        try
        {
            core.Handle(message);
        }
#pragma warning disable CA1031 // A handler that throws restarts the actor: the contract of the model.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _restarts++;
            _system.Observer.Restarted(Self, e, message);
            return new ValueTask(RestartAsync(core));
        }

        return EndTurnAsync(core);
    }

    private ValueTask EndTurnAsync(ActorCore core)
    {
        if (core.Events.Count > 0)
        {
            return new ValueTask(WriteAndCarryOutAsync(core));
        }

        core.CarryOut();
        return default;
    }

    private async Task WriteAndCarryOutAsync(ActorCore core)
    {
        await _system.WriteAsync(core.PersistenceId!, _sequenceNr + 1, core.Events.ToArray()).ConfigureAwait(false);
        _sequenceNr += core.Events.Count;
        if (!IsStopping)
        {
            // Else it is like a crash: the events are durable, the effects are missing.
            core.CarryOut();
            _eventsSinceSnapshot += core.Events.Count;
            KeepSnapshot(core);
        }
    }

    /// <summary>Between turns, once in so many events.</summary>
    private void KeepSnapshot(ActorCore core)
    {
        if (_eventsSinceSnapshot >= _system.Options.SnapshotEvery && _snapshot.IsCompleted)
        {
            _eventsSinceSnapshot = 0;
            _snapshot = SaveSnapshotAsync(core);
        }
    }

    /// <summary>Nobody waits for it: the state is taken now, written some time later, and made again from the events if it is not.</summary>
    private async Task SaveSnapshotAsync(ActorCore core)
    {
        try
        {
            if (core.Snapshot() is { } snapshot)
            {
                await _system.SaveSnapshotAsync(core.PersistenceId!, _sequenceNr, snapshot).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever fails, only replay time is lost; the observer is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _system.Observer.SnapshotFailed(Self, e);
        }
    }

    private async Task RestartAsync(ActorCore old)
    {
        await EndChildrenAsync().ConfigureAwait(false);
        DropVolatile();
        ((IActorEngine)this).PutInFront(old.TakeStash());
        if (!await BeginIncarnationAsync().ConfigureAwait(false))
        {
            RequestStop();
        }
    }

    private async Task<bool> BeginIncarnationAsync()
    {
        _incarnation = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _core = new ActorCore(_props, this, Self);
        if (_core.Instance is EdgeActor edge)
        {
            var incarnation = _incarnation;
            edge.Attach(message => PostLetter(new EdgeLetter(incarnation, message)), incarnation.Token);
        }

        if (_core.PersistenceId is { } id)
        {
            await _system.ClaimAsync(id, this, _stop.Token).ConfigureAwait(false);
            var core = _core;
            _eventsSinceSnapshot = 0;
            _sequenceNr = await _system.ReplayAsync(
                id,
                @event =>
                {
                    core.Apply(@event);
                    _eventsSinceSnapshot++;
                },
                _stop.Token).ConfigureAwait(false);
        }

        if (IsStopping)
        {
            return false;
        }

        _core.Begin();
        await EndTurnAsync(_core).ConfigureAwait(false);
        KeepSnapshot(_core);
        return true;
    }

    private void DropVolatile()
    {
        _incarnation.Cancel();
        foreach (var timer in _timers.Values)
        {
            timer.Cancel();
        }

        _timers.Clear();
        foreach (var watched in _watching)
        {
            (watched as LocalRef)?.Cell?.RemoveWatcher(this);
        }

        _watching.Clear();
    }

    private async Task EndChildrenAsync()
    {
        foreach (var child in _children.Values)
        {
            child.RequestStop();
        }

        foreach (var child in _children.Values)
        {
            await child.Ended.ConfigureAwait(false);
        }

        _children.Clear();
    }

    private async Task EndAsync()
    {
        RequestStop();
        DropVolatile();
        await EndChildrenAsync().ConfigureAwait(false);
        if (_core?.PersistenceId is { } id)
        {
            _system.Release(id, this);
        }

        _system.Forget(this);
        ActorCell[] watchers;
        lock (_watchersLock)
        {
            _isDead = true;
            watchers = [.. _watchers];
            _watchers.Clear();
        }

        _parent?.PostLetter(new ChildEnded(this));
        foreach (var watcher in watchers)
        {
            watcher.PostLetter(new Terminated(Self));
        }

        _ended.TrySetResult();
    }

    private sealed record ChildEnded(ActorCell Child);

    private sealed record EdgeLetter(CancellationTokenSource Incarnation, object Message);

    private sealed class TimerLetter(string key, object message)
    {
        private ITimer? _timer;

        public string Key { get; } = key;

        public object Message { get; } = message;

        public void Start(TimeProvider time, long delayMs, Action<object> post)
        {
            var delay = TimeSpan.FromMilliseconds(delayMs);
            var start = time.GetTimestamp();

            // Armed only when the field is set, so that a timer of 0 ms cannot fire before.
            _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay, Timeout.InfiniteTimeSpan);

            void Fire()
            {
                // Timers go by a coarser clock than timestamps and may come a little early: never is promised.
                var rest = delay - time.GetElapsedTime(start);
                if (rest <= TimeSpan.Zero)
                {
                    post(this);
                }
                else
                {
                    _timer!.Change(rest + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                }
            }
        }

        public void Cancel() => _timer?.Dispose();
    }
}
