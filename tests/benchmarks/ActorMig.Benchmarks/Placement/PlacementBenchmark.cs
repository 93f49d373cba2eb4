using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent;
using ActorMig.Policies.Affinity;

namespace ActorMig.Benchmarks;

/// <summary>
/// How good pairwise bartering by affinity becomes, from a random placement, beside a central planner that knows everything. What is promised of that is
/// printed as met or MISSED.
/// </summary>
internal static class PlacementBenchmark
{
    public static Task<int> RunAsync(string[] arguments)
    {
        if (PlacementOptions.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(PlacementOptions.Usage);
            return Task.FromResult(ExitCodes.BadInput);
        }

        var knobs = new ExchangeOptions { NeedsOrder = options.NeedsOrder };
        knobs = knobs with { PriceShare = options.PricePercent / 100 ?? knobs.PriceShare, MovesMax = options.MovesMax ?? knobs.MovesMax, RoomShare = options.GathersRoom ? knobs.RoomShare : 0 };
        Print($"knobs: {knobs}");
        SmallPairsRow.Print(knobs, options.Seed);
        if (Metis.Program is null)
        {
            Console.WriteLine(Metis.HowToGet);
        }

        var rows = new List<Row>();
        foreach (var hosts in options.Hosts)
        {
            foreach (var perHost in options.PerHost.Where(p => p <= 10 || hosts <= 100 || options.IsSingle))
            {
                foreach (var graph in options.Graphs)
                {
                    foreach (var full in options.FullPercent)
                    {
                        for (var seed = options.Seed; seed < options.Seed + options.Seeds; seed++)
                        {
                            rows.Add(Play(new PlacementInstance(graph, hosts, perHost, full, seed), knobs, options.HasBound));
                        }
                    }
                }
            }
        }

        return Task.FromResult(Summary(rows) ? ExitCodes.Ok : ExitCodes.Failed);
    }

    private static Row Play(PlacementInstance instance, ExchangeOptions knobs, bool hasBound)
    {
        var before = instance.Graph.Between(instance.Start);
        var barter = new LocalBarter(instance, knobs);
        barter.Run();
        var after = instance.Graph.Between(barter.HostOf);
        var row = new Row(instance.FullPercent, instance.PerHost, 1 - (after / before), null, null, barter.Rounds, (double)barter.Moves / instance.Graph.Vms);
        var ours = string.Create(CultureInfo.InvariantCulture,
            $"{instance.Name}: {before / 1e9,8:0.000} -> {after / 1e9,7:0.000} Gbit/s, {100 * row.Reduction:0.0} % less; {row.Rounds} rounds, {row.MovesPerVm:0.00} moves/VM, {(double)barter.Moves / Math.Max(1, barter.Exchanges):0.0} moves/exchange, {(double)barter.Asks / instance.Hosts / Math.Max(1, row.Rounds):0.00} asks/host and round, {barter.Searching.TotalMilliseconds / Math.Max(1, barter.Asks):0.000} ms a search");
        if (hasBound)
        {
            ours += string.Create(CultureInfo.InvariantCulture, $"; one VM at a time, without end {100 * (1 - (OrderedAnnealing.Best(instance) / before)):0.0} % less");
        }

        if (Metis.Program is null)
        {
            Console.WriteLine(ours);
            return row;
        }

        var began = Stopwatch.GetTimestamp();
        var best = Metis.Best(instance);
        if (double.IsInfinity(best.Default.Between))
        {
            Print($"{ours}; gpmetis found nothing that fits ({best.Default.InWords}; with bisection {best.Bisecting.InWords})");
            return row;
        }

        row = row with { Theirs = 1 - (best.Default.Between / before), Hardest = 1 - (Math.Min(best.Default.Between, best.Bisecting.Between) / before) };
        Print($"{ours}; gpmetis {100 * row.Theirs.Value:0.0} % less ({best.Default.InWords}): {100 * row.Ratio!.Value:0.0} % of it; with bisection {100 * row.Hardest.Value:0.0} % less ({best.Bisecting.InWords}): {100 * row.RatioToHardest!.Value:0.0} %; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return row;
    }

    private static bool Summary(IReadOnlyList<Row> rows)
    {
        Row[] compared = [.. rows.Where(r => r.Ratio is not null)];
        Print($"{rows.Count} instances: {rows.Average(r => r.MovesPerVm):0.00} moves per VM (most {rows.Max(r => r.MovesPerVm):0.00}), {rows.Average(r => r.Rounds):0.0} rounds (most {rows.Max(r => r.Rounds)})");
        if (compared.Length == 0)
        {
            return true;
        }

        foreach (var group in compared.GroupBy(r => (r.FullPercent, r.PerHost)).OrderBy(g => g.Key))
        {
            Print($"  {group.Key.FullPercent} % full, {group.Key.PerHost} VMs per host: {100 * group.Average(r => r.Ratio!.Value):0.0} % of gpmetis's reduction (worst {100 * group.Min(r => r.Ratio!.Value):0.0}), with bisection {100 * group.Average(r => r.RatioToHardest!.Value):0.0} % (worst {100 * group.Min(r => r.RatioToHardest!.Value):0.0}), {group.Average(r => r.MovesPerVm):0.00} moves per VM");
        }

        var mean = 100 * compared.Average(r => r.Ratio!.Value);
        var worst = 100 * compared.Min(r => r.Ratio!.Value);
        var worstWithRoom = 100 * compared.Where(r => r.FullPercent < 95).Select(r => r.Ratio!.Value).DefaultIfEmpty(1).Min();
        var moves = rows.Average(r => r.MovesPerVm);
        Print($"all: {100 * compared.Average(r => r.Reduction):0.0} % less traffic between hosts, gpmetis {100 * compared.Average(r => r.Theirs!.Value):0.0} %; ratio mean {mean:0.0} %, worst {worst:0.0} %");
        Print($"     beside the better of its k-way partitioning, which is its default, and recursive bisection: mean {100 * compared.Average(r => r.RatioToHardest!.Value):0.0} %, worst {100 * compared.Min(r => r.RatioToHardest!.Value):0.0} %, under 95 % full {100 * compared.Where(r => r.FullPercent < 95).Select(r => r.RatioToHardest!.Value).DefaultIfEmpty(1).Min():0.0} %");
        var isGood = Judge("must", mean >= 97, $"on average at least 97 % of gpmetis's reduction: {mean:0.0}");
        isGood &= Judge("must", worstWithRoom >= 85, $"none under 85 %, where hosts are less than 95 % full: {worstWithRoom:0.0}");
        isGood &= Judge("must", worst >= 75, $"none under 75 %: {worst:0.0}");
        Judge("target", mean >= 102, $"on average 102 %: {mean:0.0}");
        Judge("target", worst >= 92, $"none under 92 %: {worst:0.0}");
        Judge("target", moves <= 1.6, $"at most 1.6 moves per VM: {moves:0.00}");
        return isGood;
    }

    private static bool Judge(string kind, bool isMet, FormattableString what)
    {
        Console.WriteLine($"{kind}: {what.ToString(CultureInfo.InvariantCulture)}: {(isMet ? "met" : "MISSED")}");
        return isMet;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record Row(int FullPercent, int PerHost, double Reduction, double? Theirs, double? Hardest, int Rounds, double MovesPerVm)
    {
        public double? Ratio => Reduction / Theirs;

        public double? RatioToHardest => Reduction / Hardest;
    }
}
