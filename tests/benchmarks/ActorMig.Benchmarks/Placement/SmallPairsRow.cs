using System.Globalization;
using ActorMig.Policies.Affinity;
using ActorMig.Tests;

namespace ActorMig.Benchmarks;

/// <summary>How near a search comes to the best exchange that there is, where all can be tried: up to five VMs each way.</summary>
internal static class SmallPairsRow
{
    private const int Pairs = 1_000;

    public static void Print(ExchangeOptions knobs, int seed)
    {
        var random = new Random(seed);
        var (ratios, simple) = (new List<double>(), new List<double>());
        for (var i = 0; i < Pairs; i++)
        {
            var problem = SmallPairs.Draw(random);
            if (problem.Best(knobs) is var best && best > 0)
            {
                ratios.Add((PairExchange.Find(problem, knobs)?.Gain.Net ?? 0) / best);
                simple.Add(problem.Best(knobs, eachWayMax: 1) / best);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"small pairs, all exchanges tried: {ratios.Count} of {Pairs} have one that wins; found {100 * ratios.Average():0.00} % of its gain on average, all of it in {100.0 * ratios.Count(r => r > 1 - 1e-9) / ratios.Count:0.0} % (worst {100 * ratios.Min():0.0} %); the best single move or swap: {100 * simple.Average():0.00} %"));
    }
}
