using System.Globalization;
using ActorMig.Agent.Commands;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>A run for people: a line for each round, and a summary.</summary>
internal static class ScenarioText
{
    private const int HostsInColumnsMax = 6;

    public static void WriteRounds(ScenarioResult result, long roundMs, TextWriter output)
    {
        var hosts = result.Hosts.Select(h => h.Host).ToArray();
        var isWide = hosts.Length > HostsInColumnsMax;
        string[] loads = isWide ? ["MEAN", "BUSIEST"] : [.. hosts];
        var rows = new List<IReadOnlyList<string>>();
        foreach (var minute in result.Rounds.GroupBy(r => r.AtMs / roundMs).OrderBy(g => g.Key))
        {
            var last = minute.GroupBy(r => r.Host).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
            string[] cells = isWide
                ? [Rate(last.Values.Average(r => r.LoadBitPerSecond)), Rate(last.Values.Max(r => r.LoadBitPerSecond))]
                : [.. hosts.Select(h => last.TryGetValue(h, out var r) ? Rate(r.LoadBitPerSecond) : "-")];
            rows.Add([Clock(minute.Key * roundMs), .. cells, Decided(result, minute, minute.Key * roundMs, roundMs)]);
        }

        Table.Write(output, ["TIME", .. loads, "DECIDED (Mbit/s measured and smoothed)"], rows);
    }

    public static void WriteSummary(ScenarioResult result, TextWriter output)
    {
        output.WriteLine();
        Table.Write(
            output,
            ["HOST", "THRESHOLD", "MEAN", "WITHOUT BARTERING", "HIGHEST", "WITHOUT", "TIME OVER IT", "WITHOUT"],
            result.Hosts.Select(h => (IReadOnlyList<string>)Row(h, result.WithoutBartering.FirstOrDefault(w => w.Host == h.Host))));
        output.WriteLine();
        if (result.BetweenHosts is { } between)
        {
            output.WriteLine($"between     hosts: {between.InWords}{(result.BetweenHostsWithoutBartering is { } without ? $"; without bartering {Words.Rate(without.LastBitPerSecond)}" : "")}");
        }

        output.WriteLine($"moves       {Number(result.Moves)}");
        output.WriteLine($"migrations  {Tally(result.Migrations.Select(m => m.Outcome is { } o ? Words.Of(o) : "open"))}");
        output.WriteLine($"barters     {Tally(result.Barters.Select(b => b.Outcome is { } o ? Words.Of(o) : "open"))}");
        output.WriteLine($"refusals    {Refusals(result, r => r.Barters)}");
        output.WriteLine($"rounds      {Refusals(result, r => r.Rounds)}");
        foreach (var violation in result.Violations)
        {
            output.WriteLine($"VIOLATION   {violation}");
        }
    }

    private static string[] Row(HostTraffic with, HostTraffic? without) =>
    [
        with.Host, Words.Rate(with.OverloadBitPerSecond), Words.Rate(with.MeanBitPerSecond), without is null ? "-" : Words.Rate(without.MeanBitPerSecond),
        Words.Rate(with.MaxBitPerSecond), without is null ? "-" : Words.Rate(without.MaxBitPerSecond), Share(with.OverloadedShare), without is null ? "-" : Share(without.OverloadedShare),
    ];

    /// <summary>What each host decided, but for calm, and what came of the barters that ended and what happened from outside.</summary>
    private static string Decided(ScenarioResult result, IEnumerable<ScenarioRound> minute, long fromMs, long roundMs)
    {
        bool IsNow(long atMs) => atMs >= fromMs && atMs < fromMs + roundMs;
        var parts = result.Events.Where(e => IsNow(e.AtMs)).Select(e => e.Text)
            .Concat(minute.Where(r => r.Answer is not null and not "calm").Select(r => $"{r.Host} {r.Answer}{(r.Peer is null ? "" : $" ({r.Peer})")}"))
            .Concat(result.Barters.Where(b => b.EndedAtMs is { } end && IsNow(end)).Select(b => $"{b.Barter} {Words.Of(b.Outcome!.Value)}{(b.Refusal is { } r ? $" ({Words.Of(r)})" : "")}"))
            .Concat(result.Migrations.Where(m => m.EndedAtMs is { } end && IsNow(end)).Select(m => $"{m.Vm} to {m.To} {Words.Of(m.Outcome!.Value)}"));
        return string.Join("; ", parts);
    }

    private static string Tally(IEnumerable<string> words)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        return counts.Count == 0 ? "none" : string.Join(", ", counts.Select(c => $"{c.Key} {Number(c.Value)}"));
    }

    private static string Refusals(ScenarioResult result, Func<RefusalTally, int> count)
    {
        var some = result.Refusals.Where(r => count(r) > 0).Select(r => $"{Words.Of(r.Refusal)} {Number(count(r))}").ToArray();
        return some.Length == 0 ? "none" : string.Join(", ", some);
    }

    private static string Clock(long atMs) => string.Create(CultureInfo.InvariantCulture, $"{atMs / 60_000,3}:{atMs / 1_000 % 60:00}");

    private static string Rate(double bitPerSecond) => (bitPerSecond / 1e6).ToString("0", CultureInfo.InvariantCulture);

    private static string Share(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
}
