namespace ActorMig.Hocon;

/// <summary>A text is not HOCON, or a value is not what it should be. The message begins with file, line and column.</summary>
public sealed class HoconException : Exception
{
    /// <summary>Makes one from a whole sentence.</summary>
    /// <param name="message">The sentence.</param>
    public HoconException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one about a place.</summary>
    /// <param name="position">The place, with which the message begins.</param>
    /// <param name="sentence">What is wrong there and what to do about it, without a full stop.</param>
    public HoconException(HoconPosition position, string sentence)
        : base($"{position}: {sentence}.") => Position = position;

    /// <summary>The place; null if it is about no place in a file.</summary>
    public HoconPosition? Position { get; }
}
