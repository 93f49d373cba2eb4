using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>Draws from a seed, in words.</summary>
internal sealed class Dice(ulong seed)
{
    private readonly SplitMix64 _random = new(seed);

    /// <summary>From 0 up to, not including, a bound.</summary>
    public int Below(int bound) => (int)(_random.Next() % (ulong)bound);

    /// <summary>From one number to another, both included.</summary>
    public long Between(long least, long most) => least + (long)(_random.Next() % (ulong)(most - least + 1));

    /// <summary>True this many times in a hundred.</summary>
    public bool Percent(int percent) => Below(100) < percent;

    /// <summary>One of several.</summary>
    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
