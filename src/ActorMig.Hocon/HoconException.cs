namespace ActorMig.Hocon;

/// <summary>A text is not HOCON, or a value is not what it should be. The message begins with file, line and column.</summary>
public sealed class HoconException(string message) : Exception(message);
