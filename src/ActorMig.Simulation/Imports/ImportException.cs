namespace ActorMig.Simulation.Imports;

/// <summary>What is to be imported is not what it should be. The message is one sentence: where, what, and what to do.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Makes one from a whole sentence.</summary>
    /// <param name="message">The sentence.</param>
    public ImportException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one about a line of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="sentence">What is wrong there and what to do about it, without a full stop.</param>
    public ImportException(string file, int line, string sentence)
        : base(FormattableString.Invariant($"{file}:{line}: {sentence}."))
    {
    }
}
