using System.Globalization;
using ActorMig.Agent;
using ActorMig.Policies;

namespace ActorMig.Benchmarks;

/// <summary>
/// Balance beside Ganeti's hbal, on the same clusters and loads, by hbal's own score, which hbal itself computes of both results: agents that each ask a few
/// others, against a planner that sees everything.
/// </summary>
internal static class HbalBenchmark
{
    private const int MustPercent = 90;
    private const int TargetHosts = 100;
    private const int TargetSeconds = 10;

    private const string Usage = """
        Usage: hbal [--quick] [--sizes HOSTS/VMS,...] [--seeds N] [--first-seed N] [--limit SECONDS]
          --quick           10 hosts with 100 VMs, and 20 with 400, and 60 s for hbal; one to two minutes
          --sizes H/V,...   these clusters (10/100,20/400,40/400,100/2000)
          --seeds N         so many loads and starts of each (1)
          --first-seed N    from this one on (1)
          --limit SECONDS   how long hbal may take for one cluster (300)
        """;

    /// <summary>The first is what is judged, the second what moves only what is overloaded.</summary>
    private static readonly (string Name, Func<ActorMigOptions, IReadOnlyList<PolicySpec>> Of)[] s_policies =
    [
        ("balance", static o => [BalancePolicyActor.Spec(o)]),
        ("threshold + cpu + memory", static o => [ThresholdPolicyActor.Spec(o), LoadPolicyActor.Cpu(o), LoadPolicyActor.Memory(o)]),
    ];

    public static Task<int> RunAsync(string[] arguments)
    {
        if (Wish.Read(arguments) is not { } wish)
        {
            Console.Error.WriteLine(Usage);
            return Task.FromResult(ExitCodes.BadInput);
        }

        if (Hbal.Program is null)
        {
            Console.WriteLine(Hbal.HowToGet);
            return Task.FromResult(ExitCodes.Ok);
        }

        var isGood = true;
        foreach (var (hosts, vms) in wish.Sizes)
        {
            var shares = new List<double>();
            for (var seed = wish.FirstSeed; seed < wish.FirstSeed + wish.Seeds; seed++)
            {
                var cluster = new LoadedCluster(hosts, vms, level: 0.45, memoryLevel: 0.3, overcommit: 1, seed);
                if (seed == wish.FirstSeed)
                {
                    Print($"{hosts} hosts, {vms} VMs, seven in ten crowded on half of the hosts. {Knobs(cluster.Options)}");
                }

                isGood &= Play(cluster, seed, wish.Limit, shares);
            }

            if (shares.Count > 1)
            {
                Print($"  of {shares.Count} seeds: {shares.Average():0.0} % of hbal's reduction in the mean, {shares.Min():0.0} % at least");
            }
        }

        return Task.FromResult(isGood ? ExitCodes.Ok : ExitCodes.Failed);
    }

    private static FormattableString Knobs(ActorMigOptions o) =>
        $"knobs (defaults): rounds of {o.RoundMs / 1_000} s, hold {o.HoldRounds} rounds, margin {o.Margin:0.00}, rest {o.CoolDownRounds} rounds, {o.DigestPeers} peers asked; balance: spread of {o.Balance.SpreadRounds} rounds, doubt {o.Balance.Doubt:0.##}, payback {Words.Span(o.Balance.PaybackMs)}; overload: cpu {o.Cpu.Overload:0.00}, memory {o.Memory.Overload:0.00}, traffic {o.Threshold.OverloadBitPerSecond / 1e6:0} Mbit/s";

    private static bool Play(LoadedCluster cluster, int seed, TimeSpan limit, List<double> shares)
    {
        var plays = s_policies.Select(p => (p.Name, Play: ClusterPlay.Of(cluster, p.Of))).ToArray();
        var theirs = Hbal.Plan(cluster, limit);
        Print($" seed {seed}: score {theirs.Before:0.000}");
        Print(theirs.After is { } after
            ? (FormattableString)$"  hbal: -> {after:0.000}, {theirs.Moves} moves, {theirs.Clock.TotalSeconds:0.0} s"
            : $"  hbal: not done after {theirs.Clock.TotalSeconds:0} s");
        var scores = new double[plays.Length];
        for (var i = 0; i < plays.Length; i++)
        {
            var play = plays[i].Play;
            scores[i] = Hbal.Score(cluster, play.HostOf);
            Print($"  {plays[i].Name}: -> {scores[i]:0.000}, {play.Moves} moves, {play.Declined} offers declined, {play.Rounds:0} rounds, {play.Clock.TotalSeconds:0.0} s until then for all agents together{(play.IsQuiet ? "" : ", NOT QUIET")}");
        }

        var (isGood, ours) = (plays[0].Play.IsQuiet, plays[0].Play);
        if (theirs.After is { } best)
        {
            var share = 100 * (theirs.Before - scores[0]) / (theirs.Before - best);
            shares.Add(share);
            isGood &= Judge("must", share >= MustPercent, $"at least {MustPercent} % of hbal's reduction: {share:0.0} %, at {ours.Moves / (double)Math.Max(1, theirs.Moves):0.00} times its moves and {ours.Clock / theirs.Clock:0.00} times its time");
        }

        if (cluster.Hosts == TargetHosts)
        {
            Judge("target", ours.Clock.TotalSeconds < TargetSeconds, $"{TargetHosts} hosts in under {TargetSeconds} s: {ours.Clock.TotalSeconds:0.0} s");
        }

        return isGood;
    }

    private static bool Judge(string kind, bool isMet, FormattableString what)
    {
        Console.WriteLine($"  {kind}: {what.ToString(CultureInfo.InvariantCulture)}: {(isMet ? "met" : "MISSED")}");
        return isMet;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>What is to be played.</summary>
    private sealed record Wish((int Hosts, int Vms)[] Sizes, int Seeds, int FirstSeed, TimeSpan Limit)
    {
        /// <summary>Reads the command's options; null if they make no sense.</summary>
        public static Wish? Read(string[] arguments)
        {
            (int, int)[] sizes = [(10, 100), (20, 400), (40, 400), (100, 2_000)];
            var (seeds, first, seconds) = (1, 1, 300);
            for (var i = 0; i < arguments.Length; i++)
            {
                var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
                var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                switch (arguments[i])
                {
                    case "--quick":
                        (sizes, seconds) = ([(10, 100), (20, 400)], 60);
                        continue;
                    case "--sizes" when Read(value) is { } read:
                        sizes = read;
                        break;
                    case "--seeds" when isNumber && number > 0:
                        seeds = number;
                        break;
                    case "--first-seed" when isNumber:
                        first = number;
                        break;
                    case "--limit" when isNumber && number > 0:
                        seconds = number;
                        break;
                    default:
                        return null;
                }

                i++;
            }

            return new Wish(sizes, seeds, first, TimeSpan.FromSeconds(seconds));
        }

        private static (int, int)[]? Read(string text)
        {
            var sizes = text.Split(',').Select(s => s.Split('/')).Select(s =>
                s.Length == 2 && int.TryParse(s[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hosts) && int.TryParse(s[1], NumberStyles.None, CultureInfo.InvariantCulture, out var vms)
                    && hosts is >= 2 and <= 1_000 && vms >= hosts ? (hosts, vms) : default).ToArray();
            return sizes.Contains(default) ? null : sizes;
        }
    }
}
