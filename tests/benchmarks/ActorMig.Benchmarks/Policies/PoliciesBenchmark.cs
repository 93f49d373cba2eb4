using System.Globalization;
using ActorMig.Agent;
using ActorMig.Policies;

namespace ActorMig.Benchmarks;

/// <summary>What paper B asks for: the policies of network, CPU and memory on the same clusters and loads, side by side; each cluster once for each policy.</summary>
internal static class PoliciesBenchmark
{
    private const string Usage = """
        Usage: policies [--quick] [--seed N]
          --quick   the smaller cluster only; less than a minute
          --seed N  other loads (1)
        """;

    private static readonly string[] s_kinds = ["CPU time", "memory", "traffic"];

    /// <summary>One run each; another policy has its line here.</summary>
    private static readonly (string Name, Func<ActorMigOptions, IReadOnlyList<PolicySpec>> Of)[] s_policies =
    [
        ("none", static _ => []),
        ("threshold", static o => [ThresholdPolicyActor.Spec(o)]),
        ("cpu", static o => [LoadPolicyActor.Cpu(o)]),
        ("memory", static o => [LoadPolicyActor.Memory(o)]),
        ("all three", static o => [ThresholdPolicyActor.Spec(o), LoadPolicyActor.Cpu(o), LoadPolicyActor.Memory(o)]),
        ("balance", static o => [BalancePolicyActor.Spec(o)]),
    ];

    public static Task<int> RunAsync(string[] arguments)
    {
        var (isQuick, seed) = (false, 1);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                isQuick = true;
            }
            else if (arguments[i] != "--seed" || ++i == arguments.Length || !int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out seed))
            {
                Console.Error.WriteLine(Usage);
                return Task.FromResult(ExitCodes.BadInput);
            }
        }

        foreach (var (hosts, vms) in ((int, int)[])(isQuick ? [(20, 200)] : [(20, 200), (100, 1_000)]))
        {
            // Overcommitted: the paper's hosts are, and else no memory could run short.
            var cluster = new LoadedCluster(hosts, vms, level: 0.62, memoryLevel: 0.62, overcommit: 2, seed);
            Print($"{hosts} hosts, {vms} VMs, seven in ten crowded on half of the hosts. knobs: cpu over {cluster.Options.Cpu.Overload:0.00}, memory over {cluster.Options.Memory.Overload:0.00}, traffic over {cluster.Options.Threshold.OverloadBitPerSecond / 1e6:0} Mbit/s; hold {cluster.Options.HoldRounds} rounds, margin {cluster.Options.Margin:0.00}, rest {cluster.Options.CoolDownRounds} rounds");
            Print($"{"policy",-10}{"hosts over: " + s_kinds[0],22}{s_kinds[1],10}{s_kinds[2],10}   {"spread: " + s_kinds[0],16}{s_kinds[1],10}{s_kinds[2],10}   {"moves",6} {"of VMs",7} {"rounds",7}   {"between hosts",15}");
            foreach (var (name, of) in s_policies)
            {
                // Nobody moves anything without a policy: that is how it stands before.
                var play = name == "none" ? new ClusterPlay(cluster.Start, true, 0, 0, default) : ClusterPlay.Of(cluster, of);
                var levels = cluster.Levels(play.HostOf);
                Print($"{name,-10}{Over(levels[0]),22}{Over(levels[1]),10}{Over(levels[2]),10}   {Spread(levels[0]),16:0.000}{Spread(levels[1]),10:0.000}{Spread(levels[2]),10:0.000}   {play.Moves,6} {(double)play.Moves / vms,7:0.00} {play.Rounds,7:0}   {cluster.Between(play.HostOf) / 1e9,8:0.00} Gbit/s{(play.IsQuiet ? "" : "  NOT QUIET")}");
            }
        }

        return Task.FromResult(ExitCodes.Ok);
    }

    private static int Over(double[] levels) => levels.Count(l => l > 1);

    private static double Spread(double[] levels) => Math.Sqrt(levels.Average(l => Math.Pow(l - levels.Average(), 2)));

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
