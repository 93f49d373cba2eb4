namespace ActorMig.Simulation.Bench;

/// <summary>How the play of one world ended.</summary>
public enum BenchEnd
{
    /// <summary>It became quiet.</summary>
    Quiet,

    /// <summary>It did not become quiet in the rounds that it was given.</summary>
    Restless,

    /// <summary>A person stopped it.</summary>
    Stopped,
}

/// <summary>How the hosts stand.</summary>
/// <param name="HostsOver">Hosts over the threshold.</param>
/// <param name="MeanBitPerSecond">The mean of all hosts' loads.</param>
/// <param name="DeviationBitPerSecond">Their standard deviation.</param>
/// <param name="MaxBitPerSecond">The busiest host's.</param>
public sealed record BenchLoads(int HostsOver, double MeanBitPerSecond, double DeviationBitPerSecond, double MaxBitPerSecond);

/// <summary>A world in one round.</summary>
/// <param name="Round">Which, from 1.</param>
/// <param name="HostsOver">Hosts over the threshold at its end.</param>
/// <param name="Moves">VMs that arrived in it.</param>
/// <param name="MessagesPerHost">Messages between hosts that were sent in it, for each host.</param>
public sealed record BenchRound(int Round, int HostsOver, long Moves, double MessagesPerHost);

/// <summary>What the play of one world showed.</summary>
public sealed record BenchResult
{
    /// <summary>How many hosts it has.</summary>
    public required int Hosts { get; init; }

    /// <summary>How many VMs.</summary>
    public required int Vms { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>True if messages crossed as JSON.</summary>
    public required bool CrossesAsJson { get; init; }

    /// <summary>How it ended.</summary>
    public required BenchEnd End { get; init; }

    /// <summary>The loads at the start.</summary>
    public required BenchLoads Before { get; init; }

    /// <summary>The loads at the end.</summary>
    public required BenchLoads After { get; init; }

    /// <summary>Hosts over the threshold at the end that some other host could still help by the policy's own rules, had they met; null if it was stopped.</summary>
    public required int? CouldBeHelped { get; init; }

    /// <summary>The busiest of the hosts that are over the threshold at the end, with what each decided last; at most some.</summary>
    public required IReadOnlyList<string> StillOver { get; init; }

    /// <summary>Rounds until the end of the last barter.</summary>
    public required double RoundsUntilQuiet { get; init; }

    /// <summary>Rounds that were played.</summary>
    public required double Rounds { get; init; }

    /// <summary>Barters on which two hosts agreed.</summary>
    public required long Barters { get; init; }

    /// <summary>VMs that arrived on another host.</summary>
    public required long Moves { get; init; }

    /// <summary>Offers that were declined.</summary>
    public required long Declined { get; init; }

    /// <summary>Messages between hosts, in all rounds that were played.</summary>
    public required long Messages { get; init; }

    /// <summary>Of these, for each host and each round that it began.</summary>
    public required double MessagesPerHostAndRound { get; init; }

    /// <summary>Time on the clock.</summary>
    public required double ClockSeconds { get; init; }

    /// <summary>Time of CPUs that this process took.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>The most memory that this process had.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>What happened in the engine: turns of actors, deliveries, timers.</summary>
    public required long Steps { get; init; }

    /// <summary>Two plays of the same seed have the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Breaches of what must always hold, found at the end; empty in a good run.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    /// <summary>Round by round.</summary>
    public required IReadOnlyList<BenchRound> Series { get; init; }
}

/// <summary>Whether a target was met.</summary>
/// <param name="Text">The target and what was measured.</param>
/// <param name="IsMet">True if it was.</param>
public sealed record BenchTarget(string Text, bool IsMet);
