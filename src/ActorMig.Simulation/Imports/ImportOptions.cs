namespace ActorMig.Simulation.Imports;

/// <summary>What the files do not say. Null: not said here either, and then each format has its own default.</summary>
public sealed record ImportOptions
{
    /// <summary>How many hosts traces are dealt out to, if nothing is said.</summary>
    public const int HostsDefault = 10;

    /// <summary>The memory of a VM whose trace does not tell it, if nothing is said.</summary>
    public const long VmMemoryDefaultBytes = 1L << 30;

    /// <summary>The traffic that stands for 1 of hbal's net_util, if nothing is said.</summary>
    public const double UtilRateDefault = 1e6;

    /// <summary>The traffic that stands for a VM that uses all of its CPU, if nothing is said.</summary>
    public const double CpuRateDefault = 100e6;

    /// <summary>How long what stands still is looked at, if nothing is said.</summary>
    public const long StillDurationDefaultMs = 3_600_000;

    /// <summary>How many hosts the VMs of traces are dealt out to, in turn.</summary>
    public int? Hosts { get; init; }

    /// <summary>The memory of each of these hosts; null: half as much again as the VMs of the fullest have.</summary>
    public long? HostMemoryBytes { get; init; }

    /// <summary>The memory of a VM whose trace does not tell it.</summary>
    public long? VmMemoryBytes { get; init; }

    /// <summary>The traffic that stands for 1 of hbal's net_util, or for all of a VM's CPU.</summary>
    public double? RateBitPerSecond { get; init; }

    /// <summary>How long the scenario is; null: as long as the traces are.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The most traces: the first by name; null: all.</summary>
    public int? Vms { get; init; }

    /// <summary>hbal's file with the dynamic utilisation of each instance (its <c>-U</c>).</summary>
    public string? UtilFile { get; init; }

    /// <summary>The node group, by name or UUID: one at a time, as hbal.</summary>
    public string? Group { get; init; }
}
