namespace ActorMig.Policies.Affinity;

/// <summary>The numbers of the affinity policy.</summary>
public sealed record AffinityOptions
{
    /// <summary>What bounds and prices an exchange. A move costs its memory, too, and little traffic is not worth one.</summary>
    public ExchangeOptions Exchange { get; init; } = new() { PaybackMs = 3_600_000, GainMinBitPerSecond = 1e6 };

    /// <summary>How many hosts are asked in a round with whom their VMs talk, those first on which most partners of this host's VMs are.</summary>
    public int PeersMax { get; init; } = 3;

    /// <summary>Of so many VMs a host tells another one with whom they talk, of those that talk most.</summary>
    public int VmsMax { get; init; } = 250;

    /// <summary>So many ties it tells of at most, the strongest: a message has a limit.</summary>
    public int TiesMax { get; init; } = 4_000;

    /// <summary>By how much of the larger of them the two hosts' gains may differ: 0 to 1. They have measured at different moments.</summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>For so many rounds a host that gathers room for an exchange waits for more of it before it gives up.</summary>
    public int RoomPatienceRounds { get; init; } = 20;

    /// <summary>Hosts that are no farther from each other are all alike; beyond, distance counts in proportion.</summary>
    public long NearMs { get; init; } = 2;
}
