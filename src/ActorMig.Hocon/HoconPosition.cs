namespace ActorMig.Hocon;

/// <summary>Where something stands.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1, in UTF-16 units.</param>
public sealed record HoconPosition(string File, int Line, int Column)
{
    /// <summary>The environment variable that gave the value, where one did: then this is the place of the substitution that asked for it.</summary>
    public string? EnvironmentVariable { get; init; }

    /// <summary>File, line and column, as error messages begin.</summary>
    public override string ToString() => FormattableString.Invariant($"{File}:{Line}:{Column}");
}
