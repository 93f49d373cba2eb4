using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>A scenario before it is written: what an import or an export makes.</summary>
public sealed record ScenarioDraft
{
    /// <summary>What it shows, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>How long it is, in milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>Which VMs are moved: all, or those that are tagged.</summary>
    public Manage Manage { get; init; } = Manage.All;

    /// <summary>What all hosts' agents have: lines for the block <c>actormig</c>.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>The hosts.</summary>
    public required IReadOnlyList<DraftHost> Hosts { get; init; }

    /// <summary>The VMs.</summary>
    public required IReadOnlyList<ScenarioVm> Vms { get; init; }

    /// <summary>What VMs say to each other, one direction each.</summary>
    public IReadOnlyList<TalkSet> Talks { get; init; } = [];

    /// <summary>What happens at the very beginning: lines such as <c>{ at = 0s, drain = h1 }</c>.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>What was not known, what was left out and what was assumed: sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A host of a draft.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MemoryBytes">Its memory.</param>
public sealed record DraftHost(string Name, long MemoryBytes)
{
    /// <summary>How many CPUs it has; 0: what a simulated host has.</summary>
    public int Cpus { get; init; }

    /// <summary>How much of it guests may not have; 0: what all hosts' agents have says.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>What its own agent has: lines for its block <c>actormig</c>.</summary>
    public IReadOnlyList<string> Agent { get; init; } = [];
}
