namespace ActorMig.Policies.Affinity;

/// <summary>What a VM takes of its host, or what a host has of it.</summary>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Cpus">CPUs: virtual ones where they are counted, cores in use where they are measured; the same on both hosts of a pair.</param>
/// <param name="LoadBitPerSecond">Load: rx + tx over the NICs, in bit/s.</param>
public readonly record struct Resources(long MemoryBytes, double Cpus = 0, double LoadBitPerSecond = 0)
{
    /// <summary>As much as nobody asks for: a host whose CPUs or NICs are not looked at.</summary>
    /// <param name="memoryBytes">Memory in bytes, which always is.</param>
    public static Resources OfMemory(long memoryBytes) => new(memoryBytes, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>Both together.</summary>
    public static Resources operator +(Resources a, Resources b) => new(a.MemoryBytes + b.MemoryBytes, a.Cpus + b.Cpus, a.LoadBitPerSecond + b.LoadBitPerSecond);

    /// <summary>The one without the other.</summary>
    public static Resources operator -(Resources a, Resources b) => new(a.MemoryBytes - b.MemoryBytes, a.Cpus - b.Cpus, a.LoadBitPerSecond - b.LoadBitPerSecond);

    /// <summary>Both together.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static Resources Add(Resources left, Resources right) => left + right;

    /// <summary>The one without the other.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static Resources Subtract(Resources left, Resources right) => left - right;
}
