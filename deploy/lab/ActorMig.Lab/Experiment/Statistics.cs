namespace ActorMig.Lab.Experiment;

/// <summary>A number with the interval in which it lies 95 times of 100.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal sealed record Interval(double Value, double Low, double High);

/// <summary>Medians, quantiles, and how sure a ratio of medians is. What is drawn is drawn from a fixed seed: the same figures give the same report.</summary>
internal static class Statistics
{
    private const int Draws = 4_000;
    private const int Seed = 20_140_101;
    private const double Tail = 0.025;

    public static double Median(IReadOnlyList<double> values) => Quantile(values, 0.5);

    /// <summary>Between the two values next to it, as most programs have it (type 7 of Hyndman and Fan).</summary>
    /// <param name="values">At least one value.</param>
    /// <param name="share">Which, from 0 to 1.</param>
    public static double Quantile(IReadOnlyList<double> values, double share)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("There is no quantile of nothing.", nameof(values));
        }

        var sorted = values.Order().ToArray();
        var at = share * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        return below + 1 < sorted.Length ? sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    /// <summary>The ratio of two medians, with its interval by the bootstrap: both samples are drawn anew from themselves, again and again.</summary>
    public static Interval? RatioOfMedians(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        if (values.Count == 0 || reference.Count == 0 || Median(reference) <= 0)
        {
            return null;
        }

        var ratios = Draw(draw => (Resample(values, draw), Resample(reference, draw)));
        return new Interval(Median(values) / Median(reference), Quantile(ratios, Tail), Quantile(ratios, 1 - Tail));
    }

    /// <summary>
    /// What noise alone does to a ratio of medians, from two samples of the same thing (A/A): the ratio that they had, and the interval in which it lies if
    /// both are drawn from all their values together.
    /// </summary>
    public static Interval? NoiseAlone(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] all = [.. first, .. second];
        if (first.Count == 0 || second.Count == 0 || Median(all) <= 0 || Median(first) <= 0)
        {
            return null;
        }

        var ratios = Draw(draw => (Resample(all, draw, second.Count), Resample(all, draw, first.Count)));
        return new Interval(Median(second) / Median(first), Quantile(ratios, Tail), Quantile(ratios, 1 - Tail));
    }

    private static List<double> Draw(Func<Random, (double[] Values, double[] Reference)> draw)
    {
        var random = new Random(Seed);
        var ratios = new List<double>(Draws);
        for (var i = 0; i < Draws; i++)
        {
            var (values, reference) = draw(random);
            var median = Median(reference);

            // Noughts among the values: such a draw says nothing of a ratio.
            if (median > 0)
            {
                ratios.Add(Median(values) / median);
            }
        }

        return ratios;
    }

    private static double[] Resample(IReadOnlyList<double> values, Random random, int? count = null)
    {
        var drawn = new double[count ?? values.Count];
        for (var i = 0; i < drawn.Length; i++)
        {
            drawn[i] = values[random.Next(values.Count)];
        }

        return drawn;
    }
}
