namespace ActorMig.Agent.Traffic;

/// <summary>Why traffic cannot be counted, in a sentence that says what to do.</summary>
internal sealed class TrafficException(string message, Exception? inner = null) : Exception(message, inner);
