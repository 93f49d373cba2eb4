namespace ActorMig.Benchmarks;

/// <summary>
/// A central planner that knows everything and is in no hurry, but bound as every real one is: a VM moves only to where there is room for it at that moment.
/// What it reaches bounds what any bartering could.
/// </summary>
internal static class OrderedAnnealing
{
    private const int Runs = 3;
    private const int StepsPerVm = 30_000;

    /// <summary>How cold it is at the end, as a share of how hot at the start: then hardly anything that loses is done.</summary>
    private const double Cold = 1e-3;

    /// <summary>The least traffic between hosts that it has seen on its way.</summary>
    public static double Best(PlacementInstance instance) => Enumerable.Range(1, Runs).Min(run => Run(instance, StepsPerVm * instance.Graph.Vms, new Random(run)));

    private static double Run(PlacementInstance instance, int steps, Random random)
    {
        var graph = instance.Graph;
        var hostOf = instance.Start.ToArray();
        var used = instance.Used(hostOf);
        (int Other, double Weight)[][] ties = [.. Enumerable.Range(0, graph.Vms).Select(v => graph.TiesOf(v).Select(t => (t.Key, t.Value)).ToArray())];
        var now = graph.Between(hostOf);
        var best = now;
        var hot = now / graph.Vms;
        for (var step = 0; step < steps; step++)
        {
            var vm = random.Next(hostOf.Length);

            // To a partner's host as often as anywhere.
            var to = ties[vm].Length > 0 && random.Next(2) == 0 ? hostOf[ties[vm][random.Next(ties[vm].Length)].Other] : random.Next(instance.Hosts);
            if (to == hostOf[vm] || used[to] + graph.MemoryBytes[vm] > instance.HostBytes)
            {
                continue;
            }

            var worse = 0.0;
            foreach (var (other, weight) in ties[vm])
            {
                worse += hostOf[other] == hostOf[vm] ? weight : hostOf[other] == to ? -weight : 0;
            }

            var temperature = hot * Math.Pow(Cold, (double)step / steps);
            if (worse <= 0 || random.NextDouble() < Math.Exp(-worse / temperature))
            {
                used[hostOf[vm]] -= graph.MemoryBytes[vm];
                used[to] += graph.MemoryBytes[vm];
                hostOf[vm] = to;
                now += worse;
                best = Math.Min(best, now);
            }
        }

        return best;
    }
}
