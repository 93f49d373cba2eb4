using System.Diagnostics;
using System.Globalization;
using ActorMig.Actors;

namespace ActorMig.Simulation.Bench;

/// <summary>How far a benchmark is.</summary>
/// <param name="Hosts">The world that is played.</param>
/// <param name="Round">Its round.</param>
/// <param name="HostsOver">Hosts over the threshold in the round before.</param>
/// <param name="Moves">VMs that have arrived.</param>
/// <param name="PeakBytes">The most memory so far.</param>
public sealed record BenchProgress(int Hosts, int Round, int HostsOver, long Moves, long PeakBytes);

/// <summary>The scale benchmark: plays worlds of different sizes until they are quiet.</summary>
public static class SimBench
{
    private const long SliceMs = 1_000;

    /// <summary>Plays one world until it is quiet.</summary>
    /// <param name="options">What to play.</param>
    /// <param name="hosts">How many hosts it has.</param>
    /// <param name="progress">Hears how far it is, some times a second.</param>
    /// <param name="stop">Stops it; the result says how far it came.</param>
    public static BenchResult Play(BenchOptions options, int hosts, Action<BenchProgress> progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        using var process = Process.GetCurrentProcess();
        var (clock, cpu) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        progress(new BenchProgress(hosts, 0, 0, 0, Environment.WorkingSet));
        var world = BenchWorld.Make(options, hosts);
        var meter = new BenchMeter(world);
        var before = BenchHelp.Loads(world, options);
        var (series, peakBytes, end) = (new List<BenchRound>(), 0L, BenchEnd.Stopped);
        while (!stop.IsCancellationRequested)
        {
            PlayRound(world, meter, options, series, ref peakBytes, progress, stop);
            if (!meter.IsAnyOpen && world.Time.NowMs - meter.LastMs >= options.QuietRounds * options.MeanRoundMs)
            {
                end = BenchEnd.Quiet;
                break;
            }

            if (series.Count >= options.RoundsMax)
            {
                end = BenchEnd.Restless;
                break;
            }
        }

        process.Refresh();
        var (clockSeconds, cpuSeconds) = (clock.Elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
        world.Look();
        return new BenchResult
        {
            Hosts = hosts,
            Vms = world.Guests.Count,
            Seed = options.Seed,
            CrossesAsJson = world.Network.CrossesAsJson,
            End = end,
            Before = before,
            After = BenchHelp.Loads(world, options),
            CouldBeHelped = end == BenchEnd.Stopped ? null : BenchHelp.CouldBeHelped(world, options, stop),
            StillOver = BenchHelp.StillOver(world, meter, options),
            RoundsUntilQuiet = meter.LastMs / options.MeanRoundMs,
            Rounds = world.Time.NowMs / options.MeanRoundMs,
            Barters = meter.Barters,
            Moves = meter.Moves,
            Declined = meter.Declined,
            Messages = world.Network.Sent,
            MessagesPerHostAndRound = meter.HostRounds == 0 ? 0 : (double)world.Network.Sent / meter.HostRounds,
            ClockSeconds = clockSeconds,
            CpuSeconds = cpuSeconds,
            PeakBytes = peakBytes,
            Steps = world.Time.Steps,
            Fingerprint = Fingerprint(world),
            Violations = [.. world.Violations],
            Series = series,
        };
    }

    /// <summary>What was to be reached, and whether it was; only what these results can tell.</summary>
    /// <param name="results">The results, in the order of their sizes.</param>
    public static IReadOnlyList<BenchTarget> Targets(IReadOnlyList<BenchResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        const double MessagesGrowthMax = 1.3;
        const long GiB = 1L << 30;
        var targets = new List<BenchTarget>();
        void Add(bool isMet, FormattableString text) => targets.Add(new BenchTarget(text.ToString(CultureInfo.InvariantCulture), isMet));
        var ended = results.Where(r => r.End != BenchEnd.Stopped).ToArray();
        if (ended.Length > 1 && ended[0].MessagesPerHostAndRound > 0)
        {
            var (first, last) = (ended[0], ended[^1]);
            var growth = last.MessagesPerHostAndRound / first.MessagesPerHostAndRound;
            Add(growth <= MessagesGrowthMax,
                $"messages per host and round from {first.Hosts:N0} to {last.Hosts:N0} hosts: {growth:0.00} times, at most {MessagesGrowthMax:0.0}");
        }

        foreach (var (hosts, seconds, bytes) in new[] { (1_000, 60, long.MaxValue), (10_000, 900, 8 * GiB) })
        {
            if (ended.FirstOrDefault(r => r.Hosts == hosts) is { } result)
            {
                Add(result.End == BenchEnd.Quiet && result.ClockSeconds <= seconds,
                    $"{hosts:N0} hosts until quiet: {result.ClockSeconds:0.0} s on the clock ({result.CpuSeconds:0.0} s of CPU), at most {seconds} s");
                if (bytes < long.MaxValue)
                {
                    Add(result.PeakBytes <= bytes, $"{hosts:N0} hosts: {Words.Memory(result.PeakBytes)}, at most {Words.Memory(bytes)}");
                }
            }
        }

        return targets;
    }

    private static void PlayRound(
        SimWorld world, BenchMeter meter, BenchOptions options, List<BenchRound> series, ref long peakBytes, Action<BenchProgress> progress, CancellationToken stop)
    {
        var (sent, moves, untilMs) = (world.Network.Sent, meter.Moves, (long)((series.Count + 1) * options.MeanRoundMs));
        while (world.Time.NowMs < untilMs && !stop.IsCancellationRequested)
        {
            world.Run(Math.Min(SliceMs, untilMs - world.Time.NowMs));
            peakBytes = Math.Max(peakBytes, Environment.WorkingSet);
            progress(new BenchProgress(world.Hosts.Count, series.Count + 1, series.Count == 0 ? 0 : series[^1].HostsOver, meter.Moves, peakBytes));
        }

        if (world.Time.NowMs >= untilMs)
        {
            series.Add(new BenchRound(
                series.Count + 1, BenchHelp.Loads(world, options).HostsOver, meter.Moves - moves, (double)(world.Network.Sent - sent) / world.Hosts.Count));
        }
    }

    /// <summary>A number made of all chance that was drawn, all steps, and where every guest is.</summary>
    private static string Fingerprint(SimWorld world)
    {
        var mixed = new SplitMix64((ulong)world.Time.Steps ^ ((ulong)world.Network.Sent << 32)).Next() ^ world.Time.Random.Next();
        foreach (var (name, host) in world.Hosts)
        {
            foreach (var letter in host.Hypervisor.Domains.Where(d => d.Runs).Aggregate(name, (all, d) => all + " " + d.Guest.Name))
            {
                mixed = new SplitMix64(mixed ^ letter).Next();
            }
        }

        return mixed.ToString("x16", CultureInfo.InvariantCulture);
    }
}
