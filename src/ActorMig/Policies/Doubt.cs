namespace ActorMig.Policies;

/// <summary>
/// How much a policy doubts what it predicts: while its last predictions were off, moves must win more than the margin, so that those that chance would make
/// in vain are not made. It fades: whoever moves nothing any more would not learn that its predictions are good again.
/// </summary>
/// <param name="timesMax">At most so many times the margin is asked for; 1: never more.</param>
public sealed class Doubt(double timesMax)
{
    /// <summary>With so many rounds since it was told, half of what is asked for beyond the margin is left.</summary>
    public const int FadeRounds = 60;

    /// <summary>Under so little it is as if there were none.</summary>
    private const double TimesMin = 1.05;
    private PredictionsOff? _off;
    private long? _sinceRound;

    /// <summary>The policy was told how its predictions stand.</summary>
    /// <param name="off">By how much they were off; null: they are good.</param>
    public void Told(PredictionsOff? off) => (_off, _sinceRound) = (off, null);

    /// <summary>How many times the margin is asked for.</summary>
    /// <param name="round">The round.</param>
    public double Times(long round)
    {
        if (_off is not { Tolerance: var tolerance } off)
        {
            return 1;
        }

        // As many times as they are farther off than is good.
        _sinceRound ??= round - off.AgeRounds;
        var most = Math.Clamp(tolerance > 0 ? off.Off / tolerance : timesMax, 1, timesMax);
        var times = 1 + ((most - 1) * Math.Pow(0.5, Math.Max(0, round - _sinceRound.Value) / (double)FadeRounds));
        return times < TimesMin ? 1 : times;
    }

    /// <summary>A policy's rules as they are with that doubt.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="round">The round.</param>
    public ThresholdRules Over(ThresholdRules rules, long round)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return Times(round) is > 1 and var times ? rules.Doubting(times, _off!) : rules;
    }
}
