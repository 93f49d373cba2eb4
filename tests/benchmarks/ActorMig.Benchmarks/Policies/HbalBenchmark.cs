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
    private const string Usage = """
        Usage: hbal [--quick] [--seed N] [--limit SECONDS]
          --quick          10 hosts with 100 VMs, and 20 with 400, and 60 s for hbal; one to two minutes
          --seed N         other loads (1)
          --limit SECONDS  how long hbal may take for one cluster (300)
        """;

    private static readonly (string Name, Func<ActorMigOptions, IReadOnlyList<PolicySpec>> Of)[] s_policies =
    [
        ("balance", static o => [BalancePolicyActor.Spec(o)]),
        ("threshold + cpu + memory", static o => [ThresholdPolicyActor.Spec(o), LoadPolicyActor.Cpu(o), LoadPolicyActor.Memory(o)]),
    ];

    public static Task<int> RunAsync(string[] arguments)
    {
        var (isQuick, seed, limit) = (false, 1, 0);
        for (var i = 0; i < arguments.Length; i++)
        {
            var isNumber = int.TryParse(i + 1 < arguments.Length ? arguments[i + 1] : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--quick":
                    isQuick = true;
                    continue;
                case "--seed" when isNumber:
                    seed = number;
                    break;
                case "--limit" when isNumber && number > 0:
                    limit = number;
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return Task.FromResult(ExitCodes.BadInput);
            }

            i++;
        }

        if (Hbal.Program is null)
        {
            Console.WriteLine(Hbal.HowToGet);
            return Task.FromResult(ExitCodes.Ok);
        }

        var time = TimeSpan.FromSeconds(limit > 0 ? limit : isQuick ? 60 : 300);
        Print($"knobs: defaults; balance: hosts that differ by less than {BalanceRules.DifferenceMin:0.00} of a level are left alone, price of a move {BalanceRules.Price:0.000}; time is that of all agents, played one after the other on one core");
        var isGood = true;
        foreach (var (hosts, vms) in ((int, int)[])(isQuick ? [(10, 100), (20, 400)] : [(10, 100), (20, 400), (40, 400), (100, 2_000)]))
        {
            isGood &= Play(new LoadedCluster(hosts, vms, level: 0.45, memoryLevel: 0.3, overcommit: 1, seed), time);
        }

        return Task.FromResult(isGood ? ExitCodes.Ok : ExitCodes.Failed);
    }

    private static bool Play(LoadedCluster cluster, TimeSpan limit)
    {
        var theirs = Hbal.Plan(cluster, limit);
        Print($"{cluster.Hosts} hosts, {cluster.Vms} VMs: score {theirs.Before:0.000}");
        Print(theirs.After is { } after
            ? (FormattableString)$"  hbal: -> {after:0.000}, {theirs.Moves} moves, {theirs.Clock.TotalSeconds:0.0} s"
            : $"  hbal: not done after {theirs.Clock.TotalSeconds:0} s");
        var isGood = true;
        foreach (var (name, of) in s_policies)
        {
            var play = ClusterPlay.Of(cluster, of);
            var score = Hbal.Score(cluster, play.HostOf);
            Print($"  {name}: -> {score:0.000}, {play.Moves} moves, {play.Rounds:0} rounds, {play.Clock.TotalSeconds:0.0} s{(play.IsQuiet ? "" : ", NOT QUIET")}");
            if (name != s_policies[0].Name)
            {
                continue;
            }

            if (theirs.After is { } best)
            {
                var share = 100 * (theirs.Before - score) / (theirs.Before - best);
                isGood &= Judge("must", share >= 90, $"at least 90 % of hbal's reduction: {share:0.0} %, at {play.Moves / (double)Math.Max(1, theirs.Moves):0.00} times its moves and {play.Clock / theirs.Clock:0.00} times its time");
            }

            if (cluster.Hosts == 100)
            {
                Judge("target", play.Clock.TotalSeconds < 10, $"100 hosts in under 10 s: {play.Clock.TotalSeconds:0.0} s");
            }
        }

        return isGood;
    }

    private static bool Judge(string kind, bool isMet, FormattableString what)
    {
        Console.WriteLine($"  {kind}: {what.ToString(CultureInfo.InvariantCulture)}: {(isMet ? "met" : "MISSED")}");
        return isMet;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
