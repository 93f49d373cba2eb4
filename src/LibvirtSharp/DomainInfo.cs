namespace LibvirtSharp;

/// <summary>The few figures that each driver has of a domain (<c>virDomainGetInfo</c>).</summary>
/// <param name="State">What it does.</param>
/// <param name="MaxMemoryBytes">The most memory that it may have, in bytes.</param>
/// <param name="MemoryBytes">The memory that it has, in bytes.</param>
/// <param name="Vcpus">Its virtual CPUs.</param>
/// <param name="CpuTimeNs">The CPU time that it has used, in nanoseconds.</param>
public readonly record struct DomainInfo(DomainState State, long MaxMemoryBytes, long MemoryBytes, int Vcpus, long CpuTimeNs);
