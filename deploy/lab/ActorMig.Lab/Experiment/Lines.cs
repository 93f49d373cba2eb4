using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMig.Lab.Experiment;

/// <summary>A line of <c>trials.jsonl</c>: it is written as soon as it is known, so that a run that was interrupted has its report, too.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunLine), "run")]
[JsonDerivedType(typeof(LinkLine), "link")]
[JsonDerivedType(typeof(CellLine), "cell")]
[JsonDerivedType(typeof(Trial), "trial")]
internal abstract record Line
{
    public string ToJson() => JsonSerializer.Serialize(this, LinesJson.Default.Line);

    public static Line Parse(string json) => JsonSerializer.Deserialize(json, LinesJson.Default.Line)!;
}

/// <summary>A run's beginning.</summary>
/// <param name="BeganMs">When: milliseconds since 1970.</param>
/// <param name="Machine">What guests run on.</param>
/// <param name="Cores">The machine's cores.</param>
/// <param name="MemoryMiB">The machine's memory.</param>
/// <param name="Versions">Of the kernel, libvirt and QEMU.</param>
/// <param name="Seed">What seeds the order.</param>
/// <param name="IsSmall">True for the version for CI.</param>
/// <param name="ChosenCell">The cell with the musts.</param>
internal sealed record RunLine(
    long BeganMs, string Machine, int Cores, long MemoryMiB, string Versions, int Seed, bool IsSmall, string ChosenCell) : Line;

/// <summary>What the link between the hosts carried when it was shaped so.</summary>
/// <param name="GbitPerSecond">How it was shaped.</param>
/// <param name="ThereGbitPerSecond">What one TCP connection carried from h1 to h2.</param>
/// <param name="BackGbitPerSecond">And from h2 to h1.</param>
internal sealed record LinkLine(double GbitPerSecond, double ThereGbitPerSecond, double BackGbitPerSecond) : Line;

/// <summary>A cell's beginning, or its end.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="PassMs">How long a pass of pre-copy took in the migration that was made first, and counts nowhere else.</param>
/// <param name="TookMs">How long the cell took; null at its beginning.</param>
/// <param name="Problem">Why it ended early.</param>
internal sealed record CellLine(string Cell, long PassMs, long? TookMs = null, string? Problem = null) : Line;

/// <summary>One migration and what was measured of it. What could not be had is null.</summary>
internal sealed record Trial : Line
{
    public required string Cell { get; init; }

    public required string Mode { get; init; }

    public required int Block { get; init; }

    public required string From { get; init; }

    /// <summary>When it was called: milliseconds since 1970. The other times count from it.</summary>
    public required long BeganMs { get; init; }

    /// <summary>From the call to its return.</summary>
    public required long WallMs { get; init; }

    /// <summary>libvirt's figures, from its event on the source.</summary>
    public long? TotalMs { get; init; }

    public long? DowntimeMs { get; init; }

    public long? Bytes { get; init; }

    public long? Passes { get; init; }

    public long? PostCopyRequests { get; init; }

    /// <summary>The guest's memory in use before, as its kernel says.</summary>
    public long InUseBytes { get; init; }

    /// <summary>The longest time without a beat of the guest.</summary>
    public long? GapMs { get; init; }

    /// <summary>When it began: at a migration's beginning, when memory is first looked through, or at its end, when the guest changes hosts.</summary>
    public long? GapAtMs { get; init; }

    /// <summary>The longest of those from the stop on the source until a second after the guest runs on the destination; null if a moment was not heard.</summary>
    public long? SwitchGapMs { get; init; }

    /// <summary>The same right before, in a guest that was not migrated, and for how long that was looked at.</summary>
    public long? CalmGapMs { get; init; }

    public long CalmSpanMs { get; init; }

    /// <summary>What the guest really wrote, and did of its workload, in that time.</summary>
    public double DirtyMiBPerSecond { get; init; }

    public double WorkPerSecond { get; init; }

    /// <summary>When the migration began at libvirt, the first pass was done, ActorMig had decided to switch, the source stood still, the destination ran.</summary>
    public long? JobBeganMs { get; init; }

    public long? PassDoneMs { get; init; }

    public long? SwitchDecidedMs { get; init; }

    public long? StoppedMs { get; init; }

    public long? ResumedMs { get; init; }

    /// <summary>How much of the processors both agents had meanwhile, and the experiment itself: they share them with the guest.</summary>
    public double AgentsCpuMs { get; init; }

    public double OwnCpuMs { get; init; }

    /// <summary>True if virsh suspended the guest because pre-copy did not end.</summary>
    public bool WasSuspended { get; init; }

    /// <summary>Why it does not count: it failed, or the guest was not there once and only once afterwards.</summary>
    public string? Problem { get; init; }

    /// <summary>True if the guest was lost, or ran twice.</summary>
    public bool IsLost { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Line))]
internal sealed partial class LinesJson : JsonSerializerContext;
