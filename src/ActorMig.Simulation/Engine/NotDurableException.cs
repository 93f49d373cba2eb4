namespace ActorMig.Simulation;

/// <summary>An actor's events are not known to be durable: the disk refused them, or took too long.</summary>
/// <param name="message">Whose, in words.</param>
internal sealed class NotDurableException(string message) : Exception(message);
