namespace ActorMig.Actors;

/// <summary>A small seeded generator of 64-bit numbers (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Not thread-safe.</summary>
/// <param name="seed">The seed; equal seeds give equal numbers.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
