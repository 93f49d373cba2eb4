namespace ActorMig.Actors;

/// <summary>
/// Told to those who watch an actor when it has ended. It has no reason: who ends on purpose tells its parent first, and that arrives first.
/// </summary>
/// <param name="Actor">Who has ended. Its name is free again.</param>
public sealed record Terminated(ActorRef Actor);
