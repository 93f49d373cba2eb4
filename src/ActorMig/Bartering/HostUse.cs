namespace ActorMig.Bartering;

/// <summary>What a host's VMs take of it beside its network, those on their way here too.</summary>
/// <param name="UsedCpus">CPU seconds per second.</param>
/// <param name="Cpus">How many CPUs it has; 0: not known.</param>
/// <param name="UsedMemoryBytes">Memory that they have touched.</param>
/// <param name="MemoryBytes">Memory that it has for them, without any overcommit; 0: not known.</param>
/// <param name="Spread">How all of its load fluctuates; null while that is not known.</param>
public sealed record HostUse(double UsedCpus, int Cpus, long UsedMemoryBytes, long MemoryBytes, LoadSpread? Spread = null);
