using System.Globalization;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>Which seeds a campaign plays, and how.</summary>
/// <param name="FirstSeed">The first.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Jobs">How many at a time.</param>
public sealed record CampaignOptions(ulong FirstSeed, int Seeds, int Jobs = 1)
{
    /// <summary>Begins no further seed after so many seconds; null: no limit.</summary>
    public double? Seconds { get; init; }

    /// <summary>Only these events of the plan, by number; null: all.</summary>
    public IReadOnlyCollection<int>? OnlyEvents { get; init; }

    /// <summary>Without these hosts and what is on them at the start.</summary>
    public IReadOnlyCollection<string> WithoutHosts { get; init; } = [];

    /// <summary>When one seed is shown, also every journaled event and every message between hosts that contains this: the name of a migration, or a VM's UUID. Null: none.</summary>
    public string? About { get; init; }
}

/// <summary>Plays many seeds: each draws a cluster, its loads and what goes wrong in it, and must keep what always holds.</summary>
public static class Campaign
{
    /// <summary>Plays seeds, several at a time; results come in the order of the seeds, whatever the jobs.</summary>
    /// <param name="options">Which and how.</param>
    /// <param name="result">Called with each result in order; false: no further seed is wanted.</param>
    /// <param name="stop">Stops early: what is being played then is not told.</param>
    public static void Play(CampaignOptions options, Func<SeedResult, bool> result, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(result);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var began = System.Diagnostics.Stopwatch.StartNew();
        var (gate, next, told) = (new object(), 0, 0);
        var done = new SortedDictionary<int, SeedResult>();
        void Work()
        {
            while (true)
            {
                int index;
                lock (gate)
                {
                    if (next >= options.Seeds || enough.IsCancellationRequested || began.Elapsed.TotalSeconds >= options.Seconds)
                    {
                        return;
                    }

                    index = next++;
                }

                var played = CampaignRun.Play(PlanOf(options, options.FirstSeed + (ulong)index), null, enough.Token);
                lock (gate)
                {
                    done.Add(index, played);
                    while (done.Remove(told, out var first) && !enough.IsCancellationRequested)
                    {
                        told++;
                        if (!result(first))
                        {
                            enough.Cancel();
                        }
                    }
                }
            }
        }

        var workers = Enumerable.Range(1, Math.Max(0, options.Jobs - 1)).Select(_ => new Thread(Work)).ToArray();
        foreach (var worker in workers)
        {
            worker.Start();
        }

        Work();
        foreach (var worker in workers)
        {
            worker.Join();
        }
    }

    /// <summary>What a seed draws, a line each.</summary>
    /// <param name="options">Which events and hosts.</param>
    /// <param name="seed">The seed.</param>
    public static IEnumerable<string> Describe(CampaignOptions options, ulong seed) => PlanOf(options, seed).Lines();

    /// <summary>Plays one seed and shows what was decided in it.</summary>
    /// <param name="options">Which events and hosts.</param>
    /// <param name="stop">Stops early.</param>
    public static (SeedResult Result, IReadOnlyList<string> Log) PlayOne(CampaignOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        var lines = new List<string>();
        var logged = 0;
        void Happened(SimWorld world, string host, object what)
        {
            if (options.About is { } about && what.ToString() is { } text && text.Contains(about, StringComparison.Ordinal))
            {
                lines.AddRange(world.Log.Skip(logged));
                logged = world.Log.Count;
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{world.Time.NowMs / 1000.0,8:0.0} {host} {(what is SendToPeer ? "sends" : "journals")} {text}"));
            }
        }

        var result = CampaignRun.Play(PlanOf(options, options.FirstSeed), out var world, null, Happened, stop);
        return (result, [.. lines, .. world.Log.Skip(logged)]);
    }

    /// <summary>Makes a failing seed smaller.</summary>
    /// <param name="options">Which events and hosts it failed with.</param>
    /// <param name="failed">What came of it.</param>
    /// <param name="stop">Stops early, with what has been reached.</param>
    /// <returns>What is left to play, and how many plans were tried.</returns>
    public static (CampaignOptions Options, int Tries) Shrink(CampaignOptions options, SeedResult failed, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(failed);
        var plan = PlanOf(options, failed.Seed);
        var shrinker = new CampaignShrinker(plan, failed.Rule!, (events, hosts) => CampaignRun.Play(plan.Only(events, hosts), null, stop).Rule, stop);
        var (events, without) = shrinker.Shrink();
        return (new CampaignOptions(failed.Seed, 1) { OnlyEvents = events, WithoutHosts = [.. options.WithoutHosts, .. without] }, shrinker.Tries);
    }

    private static CampaignPlan PlanOf(CampaignOptions options, ulong seed)
    {
        var plan = CampaignDraw.Of(seed);
        return options.OnlyEvents is null && options.WithoutHosts.Count == 0 ? plan : plan.Only(options.OnlyEvents, options.WithoutHosts);
    }
}
