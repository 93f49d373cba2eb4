namespace ActorMig.PreFlight;

/// <summary>What an edge sees of its host when it is asked for what a VM needs.</summary>
public sealed record ArrivalTraits
{
    /// <summary>libvirt's version as it counts: 9.0.0 is 9000000; 0 if it is not known.</summary>
    public long LibvirtVersion { get; init; }

    /// <summary>QEMU's, likewise.</summary>
    public long HypervisorVersion { get; init; }

    /// <summary>The model of its CPU.</summary>
    public string? CpuModel { get; init; }

    /// <summary>False if its QEMU does not know the VM's machine type.</summary>
    public bool KnowsMachine { get; init; } = true;

    /// <summary>False if its CPU cannot give the VM's; null if nobody could tell.</summary>
    public bool? IsCpuFit { get; init; }

    /// <summary>What of the VM's networks it does not have, or not active.</summary>
    public IReadOnlyList<NicNeed> MissingNics { get; init; } = [];

    /// <summary>What of the VM's files it does not see.</summary>
    public IReadOnlyList<string> MissingFiles { get; init; } = [];

    /// <summary>Its free huge pages.</summary>
    public IReadOnlyList<HugePages> HugePages { get; init; } = [];

    /// <summary>Memory that nobody uses now; null if it is not known.</summary>
    public long? FreeMemoryBytes { get; init; }
}

/// <summary>Free huge pages of a size.</summary>
/// <param name="SizeBytes">The size.</param>
/// <param name="FreeBytes">All of them together.</param>
public sealed record HugePages(long SizeBytes, long FreeBytes);
