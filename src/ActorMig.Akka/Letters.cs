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

/// <summary>For one incarnation only: a result from outside, or that whom it watches was never born.</summary>
internal sealed class OwnLetter(CancellationTokenSource incarnation, object message)
{
    public CancellationTokenSource Incarnation { get; } = incarnation;

    public object Message { get; } = message;
}

/// <summary>To an actor that has begun anew: something waits in front of the mailbox.</summary>
internal sealed class LookInFront
{
    public static readonly LookInFront Instance = new();
}
