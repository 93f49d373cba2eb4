using ActorMig.Actors;

namespace ActorMig.Edges;

/// <summary>Asks the journal's edge to be told about its disk from now on; answered at once with <see cref="DiskChanged"/>.</summary>
/// <param name="Subscriber">Who.</param>
public sealed record SubscribeDisk(ActorRef Subscriber);

/// <summary>How it is with the journal's disk: told after every change.</summary>
/// <param name="Full">Why no new barter can be journaled to its end, with the remedy; null if there is room.</param>
public sealed record DiskChanged(string? Full);
