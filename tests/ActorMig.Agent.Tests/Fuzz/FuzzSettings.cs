using System.Globalization;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>How many inputs, and which: ACTORMIG_FUZZ_INPUTS=1000000 for more of them, and ACTORMIG_FUZZ_SEED for others.</summary>
internal static class FuzzSettings
{
    /// <summary>
    /// Buffers and connections that are kept for the next request make the heap larger in the beginning. What is kept of each input would be seen with a
    /// million of them: 32 bytes each are as much.
    /// </summary>
    public const long GrowthBytesMax = 32 << 20;

    public static int Seed { get; } = int.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);

    public static long Inputs(long unlessSaid) =>
        Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_INPUTS") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : unlessSaid;

    /// <summary>All chance in one input: it comes out alike whatever was drawn for the others.</summary>
    public static Random Dice(long input) => new(unchecked((int)(input * 2_654_435_761) ^ (Seed * 40_503)));

    /// <summary>The managed heap, without what is garbage.</summary>
    public static long HeapBytes() => GC.GetTotalMemory(forceFullCollection: true);
}
