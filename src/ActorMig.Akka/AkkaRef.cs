using Akka.Actor;
using ActorMig.Actors;
using ActorRef = ActorMig.Actors.ActorRef;
using Props = ActorMig.Actors.Props;

namespace ActorMig.Akka;

/// <summary>
/// A reference of the Akka engine: bound to its Akka actor when the spawn is carried out. It holds what outlives a restart: what waits in front of
/// the mailbox, and how much waits in it.
/// </summary>
internal sealed class AkkaRef(AkkaActorSystem system, string path) : ActorRef(path)
{
    private readonly Queue<Letter> _oldestFirst = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MailboxOptions _mailbox = new(system.Options.MailboxCapacity);
    private int _waiting;
    private long _dropped;

    public AkkaActorSystem System { get; } = system;

    /// <summary>Our recipe; there from when the spawn is carried out.</summary>
    public Props Props { get; private set; } = null!;

    /// <summary>The Akka actor; null until the spawn is carried out.</summary>
    public IActorRef? Target { get; set; }

    /// <summary>What comes before the mailbox, in its order; only the actor itself touches it.</summary>
    public LinkedList<object> Front { get; } = new();

    /// <summary>Asked to stop: a stop overtakes the mailbox, so no further turn begins.</summary>
    public bool IsStopping { get; set; }

    public Task Ended => _ended.Task;

    public long Handled { get; set; }

    public long Restarts { get; set; }

    public ActorInfo Info => new(
        Path, Props.Kind.Name, Props.IsPersistent, Volatile.Read(ref _waiting), _mailbox.MessagesMax, Handled, Restarts, Interlocked.Read(ref _dropped));

    /// <summary>Carries a spawn out.</summary>
    /// <param name="props">Our recipe.</param>
    /// <param name="spawn">Makes an Akka actor of Akka's.</param>
    public void Be(Props props, Func<global::Akka.Actor.Props, IActorRef> spawn)
    {
        Props = props;
        _mailbox = props.Mailbox ?? _mailbox;
        System.Remember(this);

        // It may live, and speak to itself, before this returns: the shell binds the reference, too.
        Target = spawn(props.IsPersistent
            ? global::Akka.Actor.Props.Create(() => new PersistentShell(this))
            : global::Akka.Actor.Props.Create(() => new EphemeralShell(this)));
    }

    /// <summary>Sends a message, if there is room for it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Who says so, for Akka's tools; the model has no ambient sender.</param>
    public void Post(object message, IActorRef? sender)
    {
        if (Target is not { } target || IsStopping)
        {
            System.DeadLetter(this, message);
            return;
        }

        object? dropped = null;
        if (_mailbox.Overflow == MailboxOverflow.DropOldest)
        {
            dropped = PostDroppingOldest(target, message, sender);
        }
        else if (Interlocked.Increment(ref _waiting) <= _mailbox.MessagesMax)
        {
            target.Tell(new Letter(this, message), sender);
        }
        else
        {
            Interlocked.Decrement(ref _waiting);
            dropped = message;
        }

        if (dropped is not null)
        {
            Interlocked.Increment(ref _dropped);
            System.DeadLetter(this, dropped);
        }
    }

    /// <summary>Takes a message out of the mailbox; null if it had to go for a newer one.</summary>
    public object? Take(Letter letter)
    {
        if (_mailbox.Overflow == MailboxOverflow.DropNewest)
        {
            Interlocked.Decrement(ref _waiting);
            return letter.Message;
        }

        lock (_oldestFirst)
        {
            if (letter.IsDropped)
            {
                return null;
            }

            _waiting--;
            _oldestFirst.Dequeue();
            return letter.Message;
        }
    }

    public void End()
    {
        IsStopping = true;
        System.Forget(this);
        _ended.TrySetResult();
    }

    /// <summary>Sends under the lock: the oldest must be the first in Akka's mailbox, too.</summary>
    private object? PostDroppingOldest(IActorRef target, object message, IActorRef? sender)
    {
        lock (_oldestFirst)
        {
            object? dropped = null;
            if (_waiting < _mailbox.MessagesMax)
            {
                _waiting++;
            }
            else
            {
                var oldest = _oldestFirst.Dequeue();
                oldest.IsDropped = true;
                dropped = oldest.Message;
            }

            var letter = new Letter(this, message);
            _oldestFirst.Enqueue(letter);
            target.Tell(letter, sender);
            return dropped;
        }
    }
}
