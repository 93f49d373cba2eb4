namespace ActorMig.Simulation.Bench;

/// <summary>What the scale benchmark plays.</summary>
public sealed record BenchOptions
{
    /// <summary>How many hosts each of its worlds has.</summary>
    public IReadOnlyList<int> Hosts { get; init; } = [100, 1_000, 10_000];

    /// <summary>VMs that each host has at the start.</summary>
    public int VmsPerHost { get; init; } = 10;

    /// <summary>The seed of all chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>From how many hosts on messages cross as objects and not as JSON.</summary>
    public int ObjectsFromHosts { get; init; } = int.MaxValue;

    /// <summary>After how many rounds a world that is not quiet is given up.</summary>
    public int RoundsMax { get; init; } = 1_000;

    /// <summary>
    /// The numbers of each agent: the defaults, but that it moves VMs and may move all of them. What is measured is the protocol as it ships.
    /// </summary>
    public ActorMigOptions Agent { get; init; } = new()
    {
        HostName = "",
        Mode = Mode.Auto,
        Manage = Manage.All,
        MemoryTotalBytes = 32L << 30,
        MemoryReserveBytes = 0,
    };

    /// <summary>
    /// For how many rounds nothing may be agreed on before a world counts as quiet: a VM has rested by then, and a cause has held, so every host has
    /// had its chance.
    /// </summary>
    public int QuietRounds => Agent.HoldRounds + Agent.CoolDownRounds;

    /// <summary>How long a round is in the mean, with its jitter.</summary>
    public double MeanRoundMs => Agent.RoundMs * (1 + (Agent.RoundJitter / 2));

    /// <summary>What "quiet" means here, in words.</summary>
    public string QuietInWords => FormattableString.Invariant(
        $"quiet: no barter is open and none has been agreed on for {QuietRounds} rounds (hold {Agent.HoldRounds} + rest {Agent.CoolDownRounds}); the rounds until then are counted to the end of the last barter, time and memory to the end of the {QuietRounds} after it");
}
