using System.Diagnostics;
using System.Globalization;
using ActorMig.Policies;
using ActorMig.Simulation.Bench;

namespace ActorMig.Benchmarks;

/// <summary>A cluster played in the simulator, by the real actors, until it was quiet.</summary>
/// <param name="HostOf">The host of each VM at the end.</param>
/// <param name="IsQuiet">False if it did not become quiet.</param>
/// <param name="Rounds">Rounds until the last barter ended.</param>
/// <param name="Moves">How many VMs have arrived, those that moved twice twice.</param>
/// <param name="Clock">How long it took to play all of it until then, with all agents, on one core. That it was quiet after it only shows that it was over.</param>
/// <param name="Declined">Offers that were declined.</param>
internal sealed record ClusterPlay(int[] HostOf, bool IsQuiet, double Rounds, long Moves, TimeSpan Clock, long Declined = 0)
{
    private const int RoundsMax = 500;
    private const long SliceMs = 1_000;

    public static ClusterPlay Of(LoadedCluster cluster, Func<ActorMigOptions, IReadOnlyList<PolicySpec>> policies)
    {
        var clock = Stopwatch.StartNew();
        var world = cluster.World(policies);
        var meter = new BenchMeter(world);
        var options = new BenchOptions { Agent = cluster.Options };

        // Before loads have been seen for so long, the policy balance does nothing.
        var quietMs = (options.QuietRounds + cluster.Options.Balance.SpreadRounds) * options.MeanRoundMs;
        var (isQuiet, took, lastMs) = (false, TimeSpan.Zero, 0L);
        while (!isQuiet && world.Time.NowMs < RoundsMax * options.MeanRoundMs)
        {
            world.Run(SliceMs);
            if (meter.LastMs > lastMs)
            {
                (lastMs, took) = (meter.LastMs, clock.Elapsed);
            }

            isQuiet = !meter.IsAnyOpen && world.Time.NowMs - meter.LastMs >= quietMs;
        }

        world.Look();
        if (world.Violations.Count > 0)
        {
            throw new InvalidOperationException($"What must always hold did not: {world.Violations[0]}");
        }

        var hostOf = new int[cluster.Vms];
        foreach (var (name, host) in world.Hosts)
        {
            foreach (var domain in host.Hypervisor.Domains.Where(d => d.Runs))
            {
                hostOf[int.Parse(domain.Guest.Name.AsSpan(2), CultureInfo.InvariantCulture)] = int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture);
            }
        }

        return new ClusterPlay(hostOf, isQuiet, meter.LastMs / options.MeanRoundMs, meter.Moves, took, meter.Declined);
    }
}
