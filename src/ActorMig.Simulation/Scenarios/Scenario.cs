using ActorMig.Policies;
using ActorMig.Rules;

namespace ActorMig.Simulation.Scenarios;

/// <summary>A small world, what happens to it and when: all that a run needs beside its seed.</summary>
public sealed record Scenario
{
    /// <summary>Its name: that of its directory.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>How long it is, in virtual milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>The seed of all chance in it, unless a run has another one.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The hosts, sorted by name.</summary>
    public required IReadOnlyList<ScenarioHost> Hosts { get; init; }

    /// <summary>The VMs, sorted by name.</summary>
    public required IReadOnlyList<ScenarioVm> Vms { get; init; }

    /// <summary>Who talks to whom from the beginning on.</summary>
    public IReadOnlyList<TalkSet> Talks { get; init; } = [];

    /// <summary>What happens besides, in the order in which it was written.</summary>
    public IReadOnlyList<ScenarioEvent> Events { get; init; } = [];
}

/// <summary>A host.</summary>
/// <param name="Options">Its agent's numbers; the memory in them is what the machine has.</param>
public sealed record ScenarioHost(ActorMigOptions Options)
{
    /// <summary>Its name.</summary>
    public string Name => Options.HostName;

    /// <summary>Its policies with an agent's numbers; null: the threshold policy.</summary>
    public Func<ActorMigOptions, IReadOnlyList<PolicySpec>>? Policies { get; init; }

    /// <summary>How many CPUs it has.</summary>
    public int Cpus { get; init; } = 4;

    /// <summary>How fast memory streams leave it, in bytes per second; null: as fast as a simulated host's do.</summary>
    public double? BandwidthBytePerSecond { get; init; }

    /// <summary>Why post-copy cannot arrive there; null if it can.</summary>
    public string? CannotReceivePostCopy { get; init; }
}

/// <summary>A VM.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Host">Where it runs at first.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Load">Its traffic over time, by growing times; nothing before the first.</param>
public sealed record ScenarioVm(string Name, string Host, long MemoryBytes, IReadOnlyList<LoadStep> Load)
{
    /// <summary>How far its traffic strays from that, up and down: a fraction, 0 to 1. Drawn anew each time that <see cref="NoiseEveryMs"/> is over.</summary>
    public double Noise { get; init; }

    /// <summary>How long one draw of the noise lasts, in milliseconds.</summary>
    public long NoiseEveryMs { get; init; } = 60_000;

    /// <summary>How much CPU time it takes at first: seconds per second.</summary>
    public double Cpus { get; init; }

    /// <summary>How much of its memory it has touched at first; null: all.</summary>
    public long? UsedMemoryBytes { get; init; }

    /// <summary>How much memory it writes: bytes of distinct pages per second.</summary>
    public double DirtyBytePerSecond { get; init; }

    /// <summary>True if its metadata asks to be managed.</summary>
    public bool IsTagged { get; init; }

    /// <summary>How its metadata wants it migrated; null if it says nothing of it.</summary>
    public MigrationMode? Migration { get; init; }

    /// <summary>What its metadata says of where and when it runs; null for nothing.</summary>
    public VmWish? Wish { get; init; }

    /// <summary>The bridge to which its NIC is connected; null: one that all hosts have.</summary>
    public string? Bridge { get; init; }

    /// <summary>True if it has a definition.</summary>
    public bool IsPersistent { get; init; } = true;

    /// <summary>True if it starts with its host.</summary>
    public bool IsAutostart { get; init; }
}

/// <summary>From a time on a VM sends and receives this much.</summary>
/// <param name="AtMs">From when on, in milliseconds.</param>
/// <param name="BitPerSecond">Both directions together.</param>
public sealed record LoadStep(long AtMs, double BitPerSecond);

/// <summary>Something happens, at a time or after something that an agent has written down.</summary>
/// <param name="AtMs">When; with <paramref name="When"/>: from when on that is looked for.</param>
/// <param name="Happens">What, in order.</param>
/// <param name="When">What it follows; null if it only has a time.</param>
public sealed record ScenarioEvent(long AtMs, IReadOnlyList<WorldEvent> Happens, ScenarioTrigger? When = null);

/// <summary>An event in a host's journal, as soon as it is durable and before anything follows from it.</summary>
/// <param name="Host">The host.</param>
/// <param name="Event">The event's registered name without its version: <c>barter-granted</c>.</param>
/// <param name="Count">Which one of those that come: 1 is the first.</param>
/// <param name="AfterMs">How long after it.</param>
public sealed record ScenarioTrigger(string Host, string Event, int Count = 1, long AfterMs = 0);
