namespace ActorMig.Actors.Tests;

/// <summary>What the conformance suite needs of an engine: actors, a way to let things happen, and a disk that can be made to misbehave.</summary>
public abstract class EngineUnderTest : IActorObserver, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _log = [];

    public event Action? Logged;

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    public abstract ActorRef Spawn(Props props, string name);

    public abstract void Tell(ActorRef target, object message);

    /// <summary>Lets things happen until the condition holds; fails with the log if it does not come to hold.</summary>
    public abstract void Until(Func<bool> condition);

    /// <summary>Lets this much of the engine's time pass.</summary>
    public abstract void Pass(long ms);

    /// <summary>Makes the next write of this identity fail.</summary>
    public abstract void RefuseNextWrite(string persistenceId);

    /// <summary>Makes the next write of this identity hang until it is released.</summary>
    public abstract void HangNextWrite(string persistenceId);

    public abstract void ReleaseWrites(string persistenceId, bool lands);

    /// <summary>Makes all snapshots of this identity fail.</summary>
    public abstract void RefuseSnapshots(string persistenceId);

    /// <summary>The numbers of the last events in the snapshots that are kept, in order.</summary>
    public abstract IReadOnlyList<long> Snapshots(string persistenceId);

    public abstract IReadOnlyList<object> Durable(string persistenceId);

    /// <summary>How long an engine waits for a write; tests pass more than this.</summary>
    public abstract long WriteTimeoutMs { get; }

    /// <summary>After how many events the engines under test take a snapshot.</summary>
    public const int SnapshotEvery = 4;

    public abstract ValueTask DisposeAsync();

    public void Say(string line)
    {
        lock (_lock)
        {
            _log.Add(line);
        }

        Logged?.Invoke();
    }

    public void UntilSaid(string line) => Until(() => Log.Contains(line));

    public int Count(string line) => Log.Count(l => l == line);

    public void Noted(ActorRef actor, int id, string text) => Say($"note {id} {text}");

    public void Restarted(ActorRef actor, Exception cause, object message) => Say($"{actor.Name} restarted");

    public void Failed(ActorRef actor, Exception cause) => Say($"{actor.Name} failed");

    public void SnapshotFailed(ActorRef actor, Exception cause) => Say($"{actor.Name} snapshot failed");

    public void DeadLetter(ActorRef target, object message) => Say($"dead letter {message}");
}
