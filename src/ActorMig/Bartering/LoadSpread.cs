namespace ActorMig.Bartering;

/// <summary>
/// By how much a host's load has been off its own mean of late, as the root of the mean square: what is smaller than some times that may be chance. VMs
/// that came or went are no part of it.
/// </summary>
/// <param name="BitPerSecond">Traffic.</param>
/// <param name="Cpus">CPU time: seconds per second.</param>
/// <param name="MemoryBytes">Memory that is touched.</param>
public sealed record LoadSpread(double BitPerSecond, double Cpus, double MemoryBytes);
