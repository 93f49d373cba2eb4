namespace ActorMig.Agent.Traffic;

/// <summary>How it is counted who talks to whom.</summary>
internal sealed record TrafficOptions
{
    public TrafficSource Source { get; init; }

    /// <summary>The time between two readings.</summary>
    public long IntervalMs { get; init; }

    /// <summary>The name of the tables.</summary>
    public string Table { get; init; } = "";

    /// <summary>The program's path or name.</summary>
    public string Nft { get; init; } = "";

    /// <summary>The most pairs that are told apart.</summary>
    public int PairsMax { get; init; }

    /// <summary>After so long without a frame a pair is forgotten.</summary>
    public long IdleMs { get; init; }

    /// <summary>How long nft may take.</summary>
    public long AnswerMs { get; init; }
}
