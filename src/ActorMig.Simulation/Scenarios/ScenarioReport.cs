using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Simulation.Charts;

namespace ActorMig.Simulation.Scenarios;

/// <summary>A run as one page: the traffic of the hosts with bartering and without, the moves, and why each was made.</summary>
public static class ScenarioReport
{
    private const int LinesMax = 8;

    /// <summary>Writes the page.</summary>
    /// <param name="scenario">What was played.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="readme">What it shows, in prose.</param>
    public static string Of(Scenario scenario, ScenarioResult result, string readme)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(readme);
        var page = new HtmlPage(result.Title)
            .Paragraph(string.Create(CultureInfo.InvariantCulture, $"Scenario {result.Scenario}, {Minutes(result.DurationMs)} of virtual time, seed {result.Seed}. {SetUp(scenario)}"), "dim");
        foreach (var paragraph in readme.Split("\n\n").Select(p => p.Trim()).Where(p => p.Length > 0 && !p.StartsWith('#')))
        {
            page.Paragraph(paragraph.Replace('\n', ' ').Replace("`", "", StringComparison.Ordinal));
        }

        if (!result.IsComplete)
        {
            page.Paragraph("It was stopped before its end.", "bad");
        }

        foreach (var violation in result.Violations)
        {
            page.Paragraph(violation, "bad");
        }

        var max = result.Hosts.Concat(result.WithoutBartering).SelectMany(h => h.BitPerSecond.Append(h.OverloadBitPerSecond * 1.1)).DefaultIfEmpty(1).Max() / 1e6 * 1.03;
        if (result.WithoutBartering.Count > 0)
        {
            page.Heading("Traffic of the hosts without bartering").Chart(Chart(scenario, result, result.WithoutBartering, max, []));
        }

        page.Heading("The same load with bartering").Chart(Chart(scenario, result, result.Hosts, max, Marks(result)));
        page.Heading("Traffic").Table(
            ["Host", "#Threshold", "#Mean", "#Mean without", "#Highest", "#Highest without", "#Over the threshold", "#Over it without"],
            result.Hosts.Select(h => Row(h, result.WithoutBartering.FirstOrDefault(w => w.Host == h.Host))));
        if (result.BetweenHosts is { } between)
        {
            page.Heading("Between hosts").Paragraph($"What VMs say to VMs of other hosts: {between.InWords}"
                + (result.BetweenHostsWithoutBartering is { } without ? $"; without bartering {Words.Rate(without.LastBitPerSecond)} at the end." : "."));
        }

        Tables(page, result);
        return page.Folded("The decision log", result.Decisions).ToString();
    }

    private static void Tables(HtmlPage page, ScenarioResult result)
    {
        page.Heading("Migrations").Table(["Migration", "#At", "VM", "From", "To", "Outcome", "#Took", "#Downtime", "In words"], result.Migrations.Select(m => (IReadOnlyList<string>)
        [
            m.Migration, DecisionLog.Clock(m.BeganAtMs), m.Vm, m.From, m.To, m.Outcome is { } o ? Words.Of(o) : "-",
            m.EndedAtMs is { } end ? Words.Duration(end - m.BeganAtMs) : "-", m.Figures?.DowntimeMs is { } downtime ? Words.Duration(downtime) : "-", m.Reason ?? "",
        ]));
        page.Heading("Barters").Table(["Barter", "#At", "Kind", "From", "To", "VM", "Offered because", "Outcome", "In words"], result.Barters.Select(b => (IReadOnlyList<string>)
        [
            b.Barter, DecisionLog.Clock(b.OfferedAtMs), Words.Of(b.Kind), b.From, b.To, b.Vm, b.OfferReason, b.Outcome is { } o ? Words.Of(o) : "-",
            b.GrantReason is null ? b.Reason ?? "" : $"{b.Reason} (granted: {b.GrantReason})",
        ]));
        page.Heading("Reasons why nothing was moved").Table(["Reason", "#Rounds", "#Barters"], result.Refusals.Select(r => (IReadOnlyList<string>)
        [
            Words.Of(r.Refusal), Number(r.Rounds), Number(r.Barters),
        ]));
        if (result.Events.Count > 0)
        {
            page.Heading("What happened from outside, beside traffic").Table(["At", "What"], result.Events.Select(e => (IReadOnlyList<string>)[DecisionLog.Clock(e.AtMs), e.Text]));
        }
    }

    private static string SetUp(Scenario scenario)
    {
        var first = scenario.Hosts[0].Options;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Hosts.Count} hosts, {scenario.Vms.Count} VMs; {first.HostName} has {Words.Memory(first.MemoryTotalBytes)}, reserve {Words.Memory(first.MemoryReserveBytes)}, overcommit {first.MemoryOvercommit}.");
    }

    private static IReadOnlyList<string> Row(HostTraffic with, HostTraffic? without) =>
    [
        with.Host, Words.Rate(with.OverloadBitPerSecond), Words.Rate(with.MeanBitPerSecond), without is null ? "-" : Words.Rate(without.MeanBitPerSecond),
        Words.Rate(with.MaxBitPerSecond), without is null ? "-" : Words.Rate(without.MaxBitPerSecond), Share(with.OverloadedShare), without is null ? "-" : Share(without.OverloadedShare),
    ];

    private static LineChart Chart(Scenario scenario, ScenarioResult result, IReadOnlyList<HostTraffic> hosts, double max, IReadOnlyList<ChartMark> marks)
    {
        var threshold = scenario.Hosts[0].Options.Threshold;
        return new LineChart
        {
            Label = $"Traffic of {hosts.Count} hosts over time in Mbit/s",
            YLabel = "Mbit/s",
            Minutes = result.DurationMs / 60e3,
            YMax = max,
            Threshold = threshold.OverloadBitPerSecond / 1e6,
            ThresholdLabel = $"threshold {Axis.Text(threshold.OverloadBitPerSecond / 1e6)}",
            Band = (threshold.WindowLowBitPerSecond / 1e6, threshold.WindowHighBitPerSecond / 1e6),
            Lines = hosts.Count <= LinesMax ? [.. hosts.Select((h, i) => Line($"{h.Host}, mean {Mbit(h.MeanBitPerSecond)}", i, h.SampleMs, h.BitPerSecond))] : Extremes(hosts),
            Marks = marks,
        };
    }

    /// <summary>Too many hosts for a line each.</summary>
    private static IReadOnlyList<ChartLine> Extremes(IReadOnlyList<HostTraffic> hosts)
    {
        var samples = Enumerable.Range(0, hosts.Min(h => h.BitPerSecond.Count)).Select(i => hosts.Select(h => h.BitPerSecond[i]).ToArray()).ToArray();
        var sampleMs = hosts[0].SampleMs;
        return
        [
            Line("busiest host", 1, sampleMs, [.. samples.Select(s => s.Max())]),
            Line("mean", 0, sampleMs, [.. samples.Select(s => s.Average())]),
            Line("least busy host", 2, sampleMs, [.. samples.Select(s => s.Min())]),
        ];
    }

    private static ChartLine Line(string name, int color, long sampleMs, IReadOnlyList<double> bitPerSecond) => new(
        name, string.Create(CultureInfo.InvariantCulture, $"var(--c{color + 1})"), [.. bitPerSecond.Select((b, i) => (i * sampleMs / 60e3, b / 1e6))]);

    private static List<ChartMark> Marks(ScenarioResult result)
    {
        const int MarksMax = 60;
        var moves = result.Migrations.Select(m => new ChartMark(
            m.BeganAtMs / 60e3,
            m.Outcome == LegOutcome.Completed ? $"{m.Vm} to {m.To}" : $"{m.Vm} to {m.To}: {(m.Outcome is { } o ? Words.Of(o) : "open")}",
            $"{m.Migration}: {m.Reason}", "move"));
        var faults = result.Events.Select(e => new ChartMark(e.AtMs / 60e3, e.Text, e.Text, "fault"));
        return [.. moves.Concat(faults).OrderBy(m => m.Minutes).Take(MarksMax)];
    }

    private static string Minutes(long ms) => (ms / 60e3).ToString("0.#", CultureInfo.InvariantCulture) + " minutes";

    private static string Mbit(double bitPerSecond) => (bitPerSecond / 1e6).ToString("0", CultureInfo.InvariantCulture);

    private static string Share(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
}
