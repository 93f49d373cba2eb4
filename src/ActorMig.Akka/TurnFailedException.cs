namespace ActorMig.Akka;

/// <summary>A handler threw: the one failure that a restart mends.</summary>
internal sealed class TurnFailedException(Exception cause) : Exception(cause.Message, cause);
