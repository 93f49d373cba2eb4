using System.Globalization;
using ActorMig.Simulation.Charts;

namespace ActorMig.Simulation.Bench;

/// <summary>The benchmark's table, for people and as a page with charts.</summary>
public static class BenchReport
{
    /// <summary>The heads of the table: a column for each world.</summary>
    /// <param name="results">The results.</param>
    public static IReadOnlyList<string> Head(IReadOnlyList<BenchResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return ["", .. results.Select(r => N(r.Hosts) + " hosts")];
    }

    /// <summary>The rows of the table.</summary>
    /// <param name="results">The results.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<BenchResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        IReadOnlyList<string> Row(string name, Func<BenchResult, string> value) => [name, .. results.Select(value)];
        return
        [
            Row("VMs", r => N(r.Vms)),
            Row("load of a host at the start", r => T($"{r.Before.MeanBitPerSecond / 1e6:0} +- {Words.Rate(r.Before.DeviationBitPerSecond)}, max {r.Before.MaxBitPerSecond / 1e6:0}")),
            Row("  at the end", r => T($"{r.After.MeanBitPerSecond / 1e6:0} +- {Words.Rate(r.After.DeviationBitPerSecond)}, max {r.After.MaxBitPerSecond / 1e6:0}")),
            Row("hosts over at the start", r => Share(r.Before.HostsOver, r.Hosts)),
            Row("  at the end", r => Share(r.After.HostsOver, r.Hosts)),
            Row("    of these, could be helped", r => r.CouldBeHelped is { } helped ? N(helped) : "?"),
            Row("rounds until quiet", r => r.End switch
            {
                BenchEnd.Quiet => T($"{r.RoundsUntilQuiet:0.0}"),
                BenchEnd.Stopped => T($"stopped in round {r.Rounds:0}"),
                _ => T($"not quiet after {r.Rounds:0}"),
            }),
            Row("barters agreed on", r => N(r.Barters)),
            Row("VMs moved", r => N(r.Moves)),
            Row("offers declined", r => N(r.Declined)),
            Row("messages", r => N(r.Messages)),
            Row("  per host and round", r => T($"{r.MessagesPerHostAndRound:0.00}")),
            Row("time on the clock", r => T($"{r.ClockSeconds:0.0} s")),
            Row("  of CPU", r => T($"{r.CpuSeconds:0.0} s")),
            Row("memory at most", r => Words.Memory(r.PeakBytes)),
            Row("steps of the engine", r => N(r.Steps)),
            Row("  each", r => T($"{(r.Steps == 0 ? 0 : r.CpuSeconds * 1e9 / r.Steps):0} ns")),
            Row("fingerprint", r => r.Fingerprint),
        ];
    }

    /// <summary>What was measured, in sentences.</summary>
    /// <param name="options">What was played.</param>
    public static IReadOnlyList<string> Notes(BenchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var agent = options.Agent;
        return
        [
            FormattableString.Invariant($"each host: {options.VmsPerHost} VMs of 1 to 4 GiB in {Words.Memory(agent.MemoryTotalBytes)}; each VM talks at a steady rate, four in five 2 to 22 Mbit/s, the fifth 40 to 160; seed {options.Seed}"),
            FormattableString.Invariant($"over: more than {Words.Rate(agent.Threshold.OverloadBitPerSecond)}; could be helped: over at the end, and by the policy's own rules some other host could take or swap a VM now, had they met"),
            options.QuietInWords,
            options.ObjectsFromHosts == int.MaxValue
                ? "messages cross as JSON, as between agents"
                : FormattableString.Invariant($"messages cross as JSON, as between agents; from {options.ObjectsFromHosts:N0} hosts on as objects"),
        ];
    }

    /// <summary>The page.</summary>
    /// <param name="options">What was played.</param>
    /// <param name="results">What came of it.</param>
    public static string Html(BenchOptions options, IReadOnlyList<BenchResult> results)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(results);
        var page = new HtmlPage("ActorMig: how bartering scales").Table(Head(results), Rows(results));
        foreach (var target in SimBench.Targets(results))
        {
            page.Paragraph($"{(target.IsMet ? "PASS" : "MISSED")}: {target.Text}", target.IsMet ? "ok" : "bad");
        }

        foreach (var note in Notes(options))
        {
            page.Paragraph(note, "dim");
        }

        foreach (var result in results.Where(r => r.StillOver.Count > 0))
        {
            page.Folded($"The busiest of {N(result.Hosts)} hosts that are still over", result.StillOver);
        }

        var minutes = options.MeanRoundMs / 60_000;
        page.Heading("By size of the cluster");
        page.Chart(Bars("Messages per host and round", results, r => r.MessagesPerHostAndRound, v => v.ToString("0.00", CultureInfo.InvariantCulture)));
        page.Chart(Bars("Rounds until quiet", results, r => r.RoundsUntilQuiet, v => v.ToString("0.0", CultureInfo.InvariantCulture)));
        page.Chart(Bars("CPU seconds", results, r => r.CpuSeconds, v => v.ToString("0.0", CultureInfo.InvariantCulture)));
        page.Chart(Bars("Memory, GiB", results, r => r.PeakBytes / (double)(1L << 30), v => v.ToString("0.00", CultureInfo.InvariantCulture)));
        page.Heading("Hosts over the threshold, of a hundred");
        page.Chart(Lines("hosts in a hundred", results, minutes, (r, round) => 100.0 * round.HostsOver / r.Hosts));
        page.Heading("VMs that arrive in a round, on a hundred hosts");
        page.Chart(Lines("VMs", results, minutes, (r, round) => 100.0 * round.Moves / r.Hosts));
        page.Heading("Messages that a host sends in a round");
        page.Chart(Lines("messages", results, minutes, (_, round) => round.MessagesPerHost));
        return page.ToString();
    }

    private static BarChart Bars(string label, IReadOnlyList<BenchResult> results, Func<BenchResult, double> value, Func<double, string> text) => new()
    {
        Label = label,
        Bars = [.. results.Select(r => (r.Hosts.ToString("N0", CultureInfo.InvariantCulture) + " hosts", value(r), text(value(r))))],
    };

    private static LineChart Lines(string label, IReadOnlyList<BenchResult> results, double minutesPerRound, Func<BenchResult, BenchRound, double> value)
    {
        const int Colors = 8;
        var lines = results.Select((r, i) => new ChartLine(
            r.Hosts.ToString("N0", CultureInfo.InvariantCulture) + " hosts",
            FormattableString.Invariant($"var(--c{(i % Colors) + 1})"),
            [.. r.Series.Select(round => (round.Round * minutesPerRound, value(r, round)))])).ToArray();
        var points = lines.SelectMany(l => l.Points).ToArray();
        return new LineChart
        {
            Label = label,
            YLabel = label,
            Minutes = points.Select(p => p.Item1).DefaultIfEmpty(1).Max(),
            YMax = Math.Max(points.Select(p => p.Item2).DefaultIfEmpty(1).Max() * 1.05, 0.1),
            Lines = lines,
        };
    }

    private static string N(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string T(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Share(int part, int all) => T($"{N(part)} ({100.0 * part / Math.Max(all, 1):0.0} %)");
}
