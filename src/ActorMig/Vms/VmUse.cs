namespace ActorMig.Vms;

/// <summary>What a VM takes of its host beside its network.</summary>
/// <param name="Cpus">Its smoothed CPU time: seconds per second, so 1.5 is one and a half CPUs.</param>
/// <param name="MemoryBytes">The memory of the host that it has touched; of what it may have, it may not have touched all.</param>
public sealed record VmUse(double Cpus, long MemoryBytes);
