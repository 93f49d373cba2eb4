namespace ActorMig.Actors;

internal enum EffectKind
{
    Tell,
    Spawn,
    Stop,
    Watch,
    Unwatch,
    Become,
    Stash,
    UnstashAll,
    StartTimer,
    CancelTimer,
    Note,
}

/// <summary>One thing that a turn said to its context; the payload's meaning follows from the kind.</summary>
internal readonly record struct Effect(EffectKind Kind, ActorRef? Actor = null, object? Payload = null, string? Key = null, long Number = 0);
