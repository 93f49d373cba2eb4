using System.Globalization;
using ActorMig.Simulation.Charts;

namespace ActorMig.Lab;

/// <summary>The report as one page: the chart of both hosts' traffic against the threshold with the moves marked (paper B's figures 5.1-5.3), and tables.</summary>
internal static class ReportHtml
{
    private const double MsPerMinute = 60_000;

    public static string Of(Report report)
    {
        var page = new HtmlPage("ActorMig lab")
            .Paragraph(report.Ok ? "All of it happened." : "Not all of it happened.", report.Ok ? "ok" : "bad")
            .Paragraph(string.Create(CultureInfo.InvariantCulture, $"{report.DurationMs / 1000} s, seed {report.Seed}. Scale {report.Scale}."), "dim");
        foreach (var problem in report.Problems)
        {
            page.Paragraph(problem, "bad");
        }

        return page
            .Heading("Traffic of both hosts")
            .Chart(Chart(report))
            .Heading("The story")
            .Table(["Phase", "Expected", "Seen", ""], report.Phases.Select(p => (string[])[p.Name, p.Expects, p.Saw, p.Ok ? "yes" : "NO"]))
            .Heading("Migrations")
            .Table(
                ["Migration", "VM", "From", "To", "Mode", "Outcome", "#Total", "#Downtime", "#Guest gap", "#Bytes"],
                report.Migrations.Select(m => (string[])
                [
                    m.Id, m.Vm, m.From, m.To, m.Mode, m.Outcome ?? "-", Ms(m.TotalMs), Ms(m.DowntimeMs), Ms(m.GuestGapMs),
                    m.Bytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                ]))
            .Heading("Guests")
            .Table(
                ["Guest", "Host", "Alive", "#Copies", "#Numbers written", "#Missing", "#Double", "#Longest gap"],
                report.Guests.Select(g => (string[])
                [
                    g.Name, g.Host ?? "-", g.Alive ? "yes" : "NO", N(g.Copies), N(g.CountersWritten), N(g.CountersMissing), N(g.CountersDouble), Ms(g.LongestGapMs),
                ]))
            .Heading("Barters, and decisions that there is none")
            .Table(
                ["At", "Kind", "From", "To", "VMs", "Offered because", "Outcome", "Reason"],
                report.Barters.Select(b => (string[])
                [
                    (b.StartMs / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " s", b.Kind, b.From, b.To ?? "-", string.Join(", ", b.Vms), b.OfferReason ?? "-", b.Outcome ?? "-",
                    b.GrantReason is null ? b.Reason : $"{b.Reason} (granted: {b.GrantReason})",
                ]))
            .ToString();
    }

    private static LineChart Chart(Report report)
    {
        var phases = report.Phases.Select(p => new ChartMark(p.StartMs / MsPerMinute, p.Name, p.Expects, "fault"));
        var moves = report.Migrations.Select(m => new ChartMark(
            m.StartMs / MsPerMinute, $"{m.Vm} {m.From}\u2192{m.To}", $"{m.Id}: {m.Vm} from {m.From} to {m.To}", "move"));
        return new LineChart
        {
            Label = "Traffic of both hosts over time, in Mbit/s",
            YLabel = "Mbit/s",
            Minutes = Math.Max(1, report.DurationMs) / MsPerMinute,
            YMax = Math.Max(report.ThresholdBitPerSecond * 1.3, report.Hosts.SelectMany(h => h.Samples).Select(s => s.BitPerSecond).DefaultIfEmpty().Max() * 1.05) / 1e6,
            Threshold = report.ThresholdBitPerSecond / 1e6,
            ThresholdLabel = $"threshold {Words.Rate(report.ThresholdBitPerSecond)}",
            Band = (report.WindowLowBitPerSecond / 1e6, report.WindowHighBitPerSecond / 1e6),
            Lines =
            [
                .. report.Hosts.Select((h, i) => new ChartLine(
                    $"{h.Name}, mean {Words.Rate(h.MeanBitPerSecond ?? 0)}", $"var(--c{(i % 8) + 1})", [.. h.Samples.Select(s => (s.T / MsPerMinute, s.BitPerSecond / 1e6))])),
            ],
            Marks = [.. phases.Concat(moves).OrderBy(m => m.Minutes)],
        };
    }

    private static string Ms(long? ms) => ms is null ? "-" : ms.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms";

    private static string N(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
