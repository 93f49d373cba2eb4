using ActorMig.Actors;

namespace ActorMig.Akka;

/// <summary>A message on its way. A class: Akka's own stash takes equal messages for one and the same, and ours are records.</summary>
internal sealed class Letter(AkkaRef target, object message)
{
    public AkkaRef Target { get; } = target;

    public object Message { get; } = message;

    /// <summary>It had to go for a newer one while it waited.</summary>
    public bool IsDropped { get; set; }
}

/// <summary>A timer is due, unless it was cancelled or replaced meanwhile.</summary>
internal sealed class TimerLetter(string key, object message, long started, TimeSpan delay)
{
    public string Key { get; } = key;

    public object Message { get; } = message;

    public long Started { get; } = started;

    public TimeSpan Delay { get; } = delay;

    public global::Akka.Actor.ICancelable? Scheduled { get; set; }
}

/// <summary>A result from outside, for one incarnation of an edge.</summary>
internal sealed class EdgeLetter(CancellationTokenSource incarnation, object message)
{
    public CancellationTokenSource Incarnation { get; } = incarnation;

    public object Message { get; } = message;
}

/// <summary>Who is watched was never born.</summary>
internal sealed class NeverBorn(ActorRef actor)
{
    public ActorRef Actor { get; } = actor;
}

/// <summary>To an actor that has begun anew: something waits in front of the mailbox.</summary>
internal sealed class LookInFront
{
    public static readonly LookInFront Instance = new();
}

/// <summary>What waits in front of the mailbox. What was stashed was sifted before.</summary>
internal readonly record struct Waiting(object Item, bool IsSifted);
