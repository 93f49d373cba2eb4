namespace ActorMig.Actors;

/// <summary>A point in time as a turn sees it: it does not change during the turn.</summary>
/// <param name="WallMs">Milliseconds since 1970-01-01 UTC. For people and for what must survive a restart; it may jump.</param>
/// <param name="MonotonicMs">Milliseconds of a clock that never jumps. Only differences mean something, and only inside one process.</param>
public readonly record struct Instant(long WallMs, long MonotonicMs);
