using System.Collections.Concurrent;

namespace ActorMig.Actors;

/// <summary>
/// The engine of one process: each actor has a mailbox and a loop of its own on the thread pool. Thread-safe.
/// </summary>
public sealed class ActorSystem : IActorSystem
{
    private readonly IJournal? _journal;
    private readonly long _startTimestamp;
    private readonly SplitMix64 _random;
    private readonly Lock _randomLock = new();
    private readonly ConcurrentDictionary<string, ActorCell> _roots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ActorCell> _persistent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ActorCell> _living = new(StringComparer.Ordinal);
    private long _promises;
    private long _deadLetters;

    /// <summary>Makes an engine without actors.</summary>
    /// <param name="options">Its limits.</param>
    /// <param name="observer">Who is told what happens inside.</param>
    /// <param name="journal">Where events are kept; null if no actor is persistent.</param>
    /// <param name="time">The clock and the timers.</param>
    public ActorSystem(ActorSystemOptions options, IActorObserver observer, IJournal? journal = null, TimeProvider? time = null)
    {
        Options = options;
        Observer = observer;
        _journal = journal;
        Time = time ?? TimeProvider.System;
        _startTimestamp = Time.GetTimestamp();
        _random = new SplitMix64(options.Seed);
    }

    internal ActorSystemOptions Options { get; }

    internal IActorObserver Observer { get; }

    internal TimeProvider Time { get; }

    internal Instant Now => new(Time.GetUtcNow().ToUnixTimeMilliseconds(), (long)Time.GetElapsedTime(_startTimestamp).TotalMilliseconds);

    /// <inheritdoc/>
    public ActorRef Spawn(Props props, string name)
    {
        var self = new LocalRef("/" + ActorNames.Check(name));
        var cell = new ActorCell(this, null, self, props);
        if (!_roots.TryAdd(name, cell))
        {
            throw new InvalidOperationException($"There is an actor '/{name}' already.");
        }

        cell.Run();
        return self;
    }

    /// <inheritdoc/>
    public void Tell(ActorRef target, object message)
    {
        switch (target)
        {
            case LocalRef { Cell: { } cell }:
                cell.Post(message);
                break;
            case PromiseRef promise:
                promise.Answer.TrySetResult(message);
                break;
            default:
                DeadLetter(target, message);
                break;
        }
    }

    /// <inheritdoc/>
    public async Task<object> AskAsync(ActorRef target, Func<ActorRef, object> question, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var promise = new PromiseRef("/asks/" + Interlocked.Increment(ref _promises));
        Tell(target, question(promise));
        return await promise.Answer.Task.WaitAsync(timeout, Time, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WhenEnded(ActorRef actor) => actor is LocalRef { Cell: { } cell } ? cell.Ended : Task.CompletedTask;

    /// <inheritdoc/>
    public long DeadLetters => Interlocked.Read(ref _deadLetters);

    /// <inheritdoc/>
    public IReadOnlyList<ActorInfo> Hierarchy() =>
        [.. _living.Values.Select(c => c.Info).OrderBy(i => i.Path.Replace('/', '\u0001'), StringComparer.Ordinal)];

    /// <summary>Stops all actors, and waits for them for at most <see cref="ActorSystemOptions.StopTimeoutMs"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        const int LeftBehindNote = 100;
        foreach (var cell in _roots.Values)
        {
            cell.RequestStop();
        }

        var ended = Task.WhenAll(_roots.Values.Select(c => c.Ended));
        try
        {
            await ended.WaitAsync(TimeSpan.FromMilliseconds(Options.StopTimeoutMs), Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whose children have ended, or have none: the others wait for these.
            foreach (var cell in _living.Values.Where(c => !_living.Values.Any(o => o.Self.Path.StartsWith(c.Self.Path + "/", StringComparison.Ordinal))))
            {
                Observer.Noted(cell.Self, LeftBehindNote, FormattableString.Invariant($"It has not ended in {Options.StopTimeoutMs} ms, and is left behind."));
            }
        }

        _roots.Clear();
    }

    internal void DeadLetter(ActorRef target, object message)
    {
        Interlocked.Increment(ref _deadLetters);
        Observer.DeadLetter(target, message);
    }

    internal void Remember(ActorCell cell) => _living[cell.Self.Path] = cell;

    internal void Forget(ActorCell cell) => _living.TryRemove(new KeyValuePair<string, ActorCell>(cell.Self.Path, cell));

    internal ulong Draw()
    {
        lock (_randomLock)
        {
            return _random.Next();
        }
    }

    /// <summary>Takes an identity for a cell, and waits until no write of an earlier incarnation can land any more.</summary>
    internal async Task ClaimAsync(string persistenceId, ActorCell cell, CancellationToken cancellation)
    {
        var owner = _persistent.GetOrAdd(persistenceId, cell);
        if (!ReferenceEquals(owner, cell))
        {
            throw new InvalidOperationException($"{owner.Self} lives and has the persistence id '{persistenceId}'.");
        }

        if (_writes.TryGetValue(persistenceId, out var write))
        {
            await write.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    internal void Release(string persistenceId, ActorCell cell) =>
        _persistent.TryRemove(new KeyValuePair<string, ActorCell>(persistenceId, cell));

    internal Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation) =>
        Journal.ReplayAsync(persistenceId, apply, cancellation);

    internal Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot) =>
        Journal.SaveSnapshotAsync(persistenceId, sequenceNr, snapshot);

    /// <summary>Ends well only if the batch is known to be durable.</summary>
    internal async Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> events)
    {
        var write = Journal.WriteAsync(persistenceId, firstSequenceNr, events);
        _writes[persistenceId] = write;
        try
        {
            await write.WaitAsync(TimeSpan.FromMilliseconds(Options.WriteTimeoutMs), Time).ConfigureAwait(false);
        }
        finally
        {
            if (write.IsCompleted)
            {
                _writes.TryRemove(new KeyValuePair<string, Task>(persistenceId, write));
            }
            else
            {
                _ = ForgetAsync(persistenceId, write);
            }
        }
    }

    private IJournal Journal => _journal ?? throw new InvalidOperationException("This actor system has no journal, so its actors cannot be persistent.");

    private async Task ForgetAsync(string persistenceId, Task write)
    {
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _writes.TryRemove(new KeyValuePair<string, Task>(persistenceId, write));
    }
}
