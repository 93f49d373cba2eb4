namespace ActorMig.Agent.Traffic;

/// <summary>By what it is seen who talks to whom.</summary>
internal enum TrafficSource
{
    /// <summary>By the best way that this host has.</summary>
    Auto,

    /// <summary>By nftables.</summary>
    Nftables,

    /// <summary>Not at all.</summary>
    Off,
}
