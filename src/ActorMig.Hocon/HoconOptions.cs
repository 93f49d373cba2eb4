namespace ActorMig.Hocon;

/// <summary>What a text may refer to, and the limits that keep a wrong or hostile one from taking all memory or time.</summary>
public sealed record HoconOptions
{
    /// <summary>Looks up an environment variable; null if it is not set. By default this process's.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>A tree that lies below the text, such as a reference configuration: substitutions see it, and it is part of the result.</summary>
    public HoconObject? Fallback { get; init; }

    /// <summary>How deep objects and arrays may be nested; each element of a path counts.</summary>
    public int DepthMax { get; init; } = 50;

    /// <summary>The largest text, with all that it includes, in bytes.</summary>
    public int TextBytesMax { get; init; } = 4 << 20;

    /// <summary>How deep files may include each other.</summary>
    public int IncludeDepthMax { get; init; } = 10;

    /// <summary>How many files may be included in all.</summary>
    public int IncludesMax { get; init; } = 1_000;

    /// <summary>The largest resolved tree, in values and characters, each counted as often as it is seen; and the most that is made on the way to it.</summary>
    public long ResolvedSizeMax { get; init; } = 8 << 20;

    /// <summary>How long a chain of values that are made of each other may be.</summary>
    public int ChainMax { get; init; } = 300;

    /// <summary>How many look-ups resolving may take in all.</summary>
    public int StepsMax { get; init; } = 500_000;
}
