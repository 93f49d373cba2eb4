using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>The actors of one process in virtual time. Several systems share one <see cref="VirtualTime"/>: one per simulated host.</summary>
/// <param name="time">The clock.</param>
/// <param name="journal">The host's disk.</param>
/// <param name="observer">Who is told what happens inside.</param>
public sealed class VirtualActorSystem(VirtualTime time, VirtualJournal journal, IActorObserver observer)
{
    private readonly SortedDictionary<string, VirtualCell> _roots = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VirtualCell> _persistent = new(StringComparer.Ordinal);
    private MailboxOptions? _mailbox;
    private List<Action>? _held;
    private bool _isDead;

    /// <summary>The most messages that wait in one mailbox.</summary>
    public int MailboxCapacity { get; init; } = 10_000;

    /// <summary>After how long a write that has not ended counts as not known to be durable.</summary>
    public long WriteTimeoutMs { get; init; } = 10_000;

    /// <summary>After how many events of a persistent actor its state is kept as a snapshot.</summary>
    public int SnapshotEvery { get; init; } = 1_000;

    /// <summary>By how much this process's wall clock is wrong.</summary>
    public long WallErrorMs { get; set; }

    /// <summary>True while the process stands still: what comes waits, and so does what is due.</summary>
    public bool IsStopped => _held is not null;

    /// <summary>Changes what happens to the actors of this process; null, as ever but in a test of tests: nothing does.</summary>
    public VirtualInterceptor? Interceptor
    {
        get;
        init
        {
            field = value;
            value?.Attach(this);
        }
    }

    /// <summary>Sees what happens in this process, and changes nothing.</summary>
    internal VirtualWatcher? Watcher { get; init; }

    /// <summary>The mailbox of actors whose recipe asks for no other.</summary>
    internal MailboxOptions Mailbox => _mailbox ??= new MailboxOptions(MailboxCapacity);

    internal VirtualTime Time => time;

    internal VirtualJournal Journal => journal;

    internal IActorObserver Observer => observer;

    /// <summary>Brings an actor without a parent to life.</summary>
    /// <param name="props">The recipe.</param>
    /// <param name="name">Its name.</param>
    public ActorRef Spawn(Props props, string name)
    {
        var self = new VirtualRef("/" + name);
        var cell = new VirtualCell(this, null, self, props);
        _roots.Add(name, cell);
        cell.Run();
        return self;
    }

    /// <summary>Sends a message.</summary>
    /// <param name="target">The receiver.</param>
    /// <param name="message">The message.</param>
    public void Tell(ActorRef target, object message)
    {
        if (_isDead)
        {
            return;
        }

        switch (target)
        {
            case VirtualRef { Listener: { } listener }:
                listener(message);
                break;
            case VirtualRef { Cell: { } cell }:
                cell.Post(message);
                break;
            default:
                observer.DeadLetter(target, message);
                break;
        }
    }

    /// <summary>An actor of this process says something.</summary>
    internal void Tell(VirtualRef from, ActorRef target, object message)
    {
        var said = Interceptor is null ? message : Interceptor.Tell(from, target, message);
        if (said is not null)
        {
            TellAs(from, target, said);
        }
    }

    internal void TellAs(ActorRef from, ActorRef target, object message)
    {
        Watcher?.Told(from, target, message);
        Tell(target, message);
    }

    /// <summary>A reference by which the simulation itself hears messages, at once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="listener">Called for each message.</param>
    public static ActorRef Listen(string name, Action<object> listener) => new VirtualRef("/" + name) { Listener = listener };

    /// <summary>Kill -9: everything volatile is gone at once; what is on its way to the disk lands or is lost.</summary>
    public void Kill()
    {
        _isDead = true;
        foreach (var cell in _persistent.Values)
        {
            Watcher?.Ending(cell);
        }

        journal.PowerOff();
        foreach (var cell in _roots.Values)
        {
            cell.Kill();
        }
    }

    /// <summary>SIGSTOP, or a machine that hangs: no actor has a turn until <see cref="Continue"/>, while clocks, disk and peers go on.</summary>
    public void Stop() => _held ??= [];

    /// <summary>SIGCONT: what has come or become due meanwhile is done, in its order.</summary>
    public void Continue()
    {
        var held = _held ?? [];
        _held = null;
        foreach (var action in held)
        {
            time.After(0, action);
        }
    }

    /// <summary>Keeps something for later if the process stands still.</summary>
    /// <returns>False if it does not: then it is to be done now.</returns>
    internal bool Holds(Action action)
    {
        _held?.Add(action);
        return _held is not null;
    }

    internal void Claim(string persistenceId, VirtualCell cell)
    {
        if (_persistent.TryGetValue(persistenceId, out var owner) && !ReferenceEquals(owner, cell))
        {
            throw new InvalidOperationException($"{owner.Self} lives and has the persistence id '{persistenceId}'.");
        }

        _persistent[persistenceId] = cell;
    }

    internal void Release(string persistenceId, VirtualCell cell)
    {
        if (_persistent.TryGetValue(persistenceId, out var owner) && ReferenceEquals(owner, cell))
        {
            _persistent.Remove(persistenceId);
        }
    }
}
