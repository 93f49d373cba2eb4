namespace ActorMig.Vms;

/// <summary>By how much the load of a VM, or of all of a host's, is above its own mean of some rounds; below zero where it is under it.</summary>
/// <param name="BitPerSecond">Traffic.</param>
/// <param name="Cpus">CPU time: seconds per second.</param>
/// <param name="MemoryBytes">Memory that is touched.</param>
public readonly record struct LoadDeviation(double BitPerSecond, double Cpus, double MemoryBytes)
{
    /// <summary>Both together.</summary>
    /// <param name="a">The one.</param>
    /// <param name="b">The other.</param>
    public static LoadDeviation operator +(LoadDeviation a, LoadDeviation b) => new(a.BitPerSecond + b.BitPerSecond, a.Cpus + b.Cpus, a.MemoryBytes + b.MemoryBytes);

    /// <summary>Both together.</summary>
    /// <param name="a">The one.</param>
    /// <param name="b">The other.</param>
    public static LoadDeviation Add(LoadDeviation a, LoadDeviation b) => a + b;
}
