using System.Globalization;

namespace ActorMig.Simulation.Charts;

/// <summary>Round numbers along an axis.</summary>
internal static class Axis
{
    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>From zero up: about as many ticks as asked for, at round numbers.</summary>
    /// <param name="max">The largest value.</param>
    /// <param name="about">How many ticks.</param>
    public static IReadOnlyList<double> Ticks(double max, int about)
    {
        if (max <= 0)
        {
            return [0];
        }

        var raw = max / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return Every(power * Steps.First(s => s * power >= raw * 0.999), max);
    }

    /// <summary>As <see cref="Ticks"/>, for minutes: quarters, tens and hours rather than powers of ten.</summary>
    /// <param name="maxMinutes">The largest value.</param>
    /// <param name="about">How many ticks.</param>
    public static IReadOnlyList<double> Minutes(double maxMinutes, int about)
    {
        double[] steps = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1_440, 10_080, 43_200];
        return Every(steps.FirstOrDefault(s => s >= maxMinutes / about * 0.999, 86_400), maxMinutes);
    }

    /// <summary>A number without digits that say nothing.</summary>
    /// <param name="value">The number.</param>
    public static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static List<double> Every(double step, double max)
    {
        var ticks = new List<double>();
        for (var i = 0; i * step <= max * 1.0001; i++)
        {
            ticks.Add(i * step);
        }

        return ticks;
    }
}
