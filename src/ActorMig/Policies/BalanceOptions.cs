namespace ActorMig.Policies;

/// <summary>The numbers of the policy <c>balance</c>.</summary>
public sealed record BalanceOptions
{
    /// <summary>Over how many rounds it is measured how far loads fluctuate.</summary>
    public int SpreadRounds { get; init; } = 20;

    /// <summary>What a barter wins must be more than so many times what it may win or lose by the fluctuation of loads alone.</summary>
    public double Doubt { get; init; } = 4;

    /// <summary>Within which time a barter must win more than its copying costs; 0: that is not looked at.</summary>
    public long PaybackMs { get; init; } = 86_400_000;
}
