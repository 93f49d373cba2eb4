namespace ActorMig.Benchmarks;

/// <summary>From an agent's process to the world's: an actor that had subscribed has ended.</summary>
/// <param name="Number">The actor's number.</param>
internal sealed record FarActorEnded(long Number);
