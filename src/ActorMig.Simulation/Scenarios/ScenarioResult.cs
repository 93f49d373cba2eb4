using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Scenarios;

/// <summary>What a run showed.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Title">What it shows, in one line.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="DurationMs">How much virtual time passed.</param>
/// <param name="IsComplete">False if it was stopped before its end.</param>
/// <param name="Hosts">Each host's traffic, sorted by name.</param>
/// <param name="WithoutBartering">The same from the same load when no host barters; empty if that was not run.</param>
/// <param name="Rounds">The rounds in the order of time.</param>
/// <param name="Barters">The barters in the order of their offers.</param>
/// <param name="Migrations">The migrations in the order in which they began.</param>
/// <param name="Refusals">How often each reason was given, in the order of the list of reasons.</param>
/// <param name="Events">What happened from outside, but for traffic.</param>
/// <param name="Decisions">The decision log.</param>
/// <param name="Violations">Breaches of what must always hold; empty in a good run.</param>
public sealed record ScenarioResult(
    string Scenario,
    string Title,
    ulong Seed,
    long DurationMs,
    bool IsComplete,
    IReadOnlyList<HostTraffic> Hosts,
    IReadOnlyList<HostTraffic> WithoutBartering,
    IReadOnlyList<ScenarioRound> Rounds,
    IReadOnlyList<ScenarioBarter> Barters,
    IReadOnlyList<ScenarioMigration> Migrations,
    IReadOnlyList<RefusalTally> Refusals,
    IReadOnlyList<ScenarioHappening> Events,
    IReadOnlyList<string> Decisions,
    IReadOnlyList<string> Violations)
{
    /// <summary>What crossed the links between hosts; null if no guest talked to another one.</summary>
    public BetweenHosts? BetweenHosts { get; init; }

    /// <summary>The same when no host barters.</summary>
    public BetweenHosts? BetweenHostsWithoutBartering { get; init; }

    /// <summary>How many VMs were moved.</summary>
    public int Moves => Migrations.Count(m => m.Outcome == LegOutcome.Completed);
}

/// <summary>What crossed a host's guests' NICs: not what its agent measured, but what was really there.</summary>
/// <param name="Host">The host.</param>
/// <param name="OverloadBitPerSecond">Its threshold at the start.</param>
/// <param name="MeanBitPerSecond">The mean over the run.</param>
/// <param name="MaxBitPerSecond">The highest value.</param>
/// <param name="OverloadedShare">For how much of the time it was over the threshold: 0 to 1.</param>
/// <param name="SampleMs">The time between two samples.</param>
/// <param name="BitPerSecond">The samples.</param>
public sealed record HostTraffic(
    string Host, double OverloadBitPerSecond, double MeanBitPerSecond, double MaxBitPerSecond, double OverloadedShare, long SampleMs, IReadOnlyList<double> BitPerSecond);

/// <summary>What guests said to guests of other hosts: not what agents measured, but what was really there.</summary>
/// <param name="FirstBitPerSecond">When they began.</param>
/// <param name="LastBitPerSecond">At the end.</param>
/// <param name="MeanBitPerSecond">The mean over the run.</param>
/// <param name="SampleMs">The time between two samples.</param>
/// <param name="BitPerSecond">The samples.</param>
public sealed record BetweenHosts(double FirstBitPerSecond, double LastBitPerSecond, double MeanBitPerSecond, long SampleMs, IReadOnlyList<double> BitPerSecond)
{
    /// <summary>In words.</summary>
    public string InWords => $"{Words.Rate(FirstBitPerSecond)} at first, {Words.Rate(LastBitPerSecond)} at the end";
}

/// <summary>A host's round.</summary>
/// <param name="AtMs">When it measured.</param>
/// <param name="Host">The host.</param>
/// <param name="Round">Its number since the agent's start.</param>
/// <param name="LoadBitPerSecond">The smoothed load.</param>
/// <param name="Vms">Each VM's.</param>
/// <param name="Answer">What was decided, in a word; null if nothing could be.</param>
/// <param name="Peer">The peer that was looked at.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ScenarioRound(
    long AtMs, string Host, long Round, double LoadBitPerSecond, IReadOnlyList<VmLoad> Vms, string? Answer, string? Peer, string? Reason);

/// <summary>A barter, as the one who offered saw it.</summary>
/// <param name="Barter">Its name.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="From">Who offered.</param>
/// <param name="To">To whom.</param>
/// <param name="Vm">The VM that was offered.</param>
/// <param name="OfferedAtMs">When.</param>
/// <param name="OfferReason">Why.</param>
/// <param name="GrantReason">Why it was granted; null if it was not.</param>
/// <param name="EndedAtMs">When it ended; null if it has not.</param>
/// <param name="Outcome">How.</param>
/// <param name="Refusal">The reason from the closed list, where there is one.</param>
/// <param name="Reason">In words.</param>
public sealed record ScenarioBarter(
    string Barter,
    BarterKind Kind,
    string From,
    string To,
    string Vm,
    long OfferedAtMs,
    string OfferReason,
    string? GrantReason,
    long? EndedAtMs,
    BarterOutcome? Outcome,
    Refusal? Refusal,
    string? Reason);

/// <summary>A migration, as its source saw it.</summary>
/// <param name="Migration">Its name.</param>
/// <param name="Vm">The VM.</param>
/// <param name="From">The source.</param>
/// <param name="To">The destination.</param>
/// <param name="BeganAtMs">When its source began to prepare it.</param>
/// <param name="EndedAtMs">When it was settled; null if it has not been.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">In words.</param>
/// <param name="Figures">libvirt's figures.</param>
public sealed record ScenarioMigration(
    string Migration,
    string Vm,
    string From,
    string To,
    long BeganAtMs,
    long? EndedAtMs,
    LegOutcome? Outcome,
    string? Reason,
    MigrationFigures? Figures);

/// <summary>How often a reason was given.</summary>
/// <param name="Refusal">The reason.</param>
/// <param name="Rounds">How many rounds ended with it.</param>
/// <param name="Barters">How many offers were declined, and barters given up, for it.</param>
public sealed record RefusalTally(Refusal Refusal, int Rounds, int Barters);

/// <summary>Something happened from outside.</summary>
/// <param name="AtMs">When.</param>
/// <param name="Text">What.</param>
public sealed record ScenarioHappening(long AtMs, string Text);
