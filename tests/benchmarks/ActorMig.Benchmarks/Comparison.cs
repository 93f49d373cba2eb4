using System.Diagnostics;
using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>Measures two sides in turns, so that what else the machine does meets both, and prints both medians and their ratio.</summary>
internal static class Comparison
{
    private const int Rounds = 9;

    /// <summary>Each side does the same number of operations; the first round warms up and does not count.</summary>
    public static async Task PrintAsync(string title, int operations, (string Name, Func<Task> Run) ours, (string Name, Func<Task> Run) theirs)
    {
        var (our, their) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var isOursFirst = round % 2 == 0;
            var first = await PerSecondAsync(isOursFirst ? ours.Run : theirs.Run, operations);
            var second = await PerSecondAsync(isOursFirst ? theirs.Run : ours.Run, operations);
            if (round > 0)
            {
                our.Add(isOursFirst ? first : second);
                their.Add(isOursFirst ? second : first);
            }
        }

        var ratios = our.Zip(their, (a, b) => a / b);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{title}: {ours.Name} {Median(our):N0}/s, {theirs.Name} {Median(their):N0}/s, ratio {Median(ratios):0.00} (median of {Rounds} rounds of {operations:N0}; {ratios.Min():0.00} to {ratios.Max():0.00})"));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<double> PerSecondAsync(Func<Task> run, int operations)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        await run();
        return operations / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
