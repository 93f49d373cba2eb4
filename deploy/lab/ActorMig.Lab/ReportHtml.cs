using System.Globalization;
using System.Net;
using System.Text;

namespace ActorMig.Lab;

/// <summary>The report as one page: the chart of both hosts' traffic against the threshold with the moves marked (paper B's figures 5.1-5.3), and tables.</summary>
internal static class ReportHtml
{
    private const int Width = 1100;
    private const int Height = 380;
    private const int Left = 60;
    private const int Top = 56;
    private const int Bottom = 36;
    private static readonly string[] HostColors = ["#1f6feb", "#d4572a"];

    public static string Of(Report report)
    {
        var html = new StringBuilder();
        html.Append(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>ActorMig lab</title>
            <style>
            body{font:15px/1.5 system-ui,sans-serif;max-width:1140px;margin:2em auto;padding:0 1em;color:#1c2128}
            h1{font-size:1.5em;margin:0} h2{font-size:1.1em;margin:1.8em 0 .4em}
            table{border-collapse:collapse;width:100%;font-size:14px} th,td{text-align:left;padding:.3em .7em .3em 0;border-bottom:1px solid #d8dee4;vertical-align:top}
            td:first-child{white-space:nowrap} td.n,th.n{text-align:right;font-variant-numeric:tabular-nums} .ok{color:#1a7f37} .bad{color:#cf222e} .dim{color:#656d76}
            svg text{font:12px system-ui,sans-serif;fill:#444} svg{width:100%;height:auto}
            </style>
            """);
        html.Append(CultureInfo.InvariantCulture, $"<h1>ActorMig lab: <span class=\"{(report.Ok ? "ok" : "bad")}\">{(report.Ok ? "all of it happened" : "not all of it happened")}</span></h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"dim\">{report.DurationMs / 1000} s, seed {report.Seed}. Scale {E(report.Scale)}.</p>");
        foreach (var problem in report.Problems)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\">{E(problem)}</p>");
        }

        html.Append("<h2>Traffic of both hosts</h2>").Append(Chart(report));
        Section(html, "The story", ["Phase", "Expected", "Seen", ""], report.Phases.Select(p => new[]
        {
            E(p.Name), E(p.Expects), E(p.Saw), p.Ok ? "<span class=ok>yes</span>" : "<span class=bad>no</span>",
        }));
        Section(html, "Migrations", ["Migration", "VM", "From", "To", "Mode", "Outcome", "#Total", "#Downtime", "#Guest gap", "#Bytes"], report.Migrations.Select(m => new[]
        {
            E(m.Id), E(m.Vm), E(m.From), E(m.To), E(m.Mode), E(m.Outcome ?? "-"), Ms(m.TotalMs), Ms(m.DowntimeMs), Ms(m.GuestGapMs),
            m.Bytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        }));
        Section(html, "Guests", ["Guest", "Host", "Alive", "#Copies", "#Numbers written", "#Missing", "#Double", "#Longest gap"], report.Guests.Select(g => new[]
        {
            E(g.Name), E(g.Host ?? "-"), g.Alive ? "yes" : "<span class=bad>no</span>", N(g.Copies), N(g.CountersWritten), N(g.CountersMissing), N(g.CountersDouble), Ms(g.LongestGapMs),
        }));
        Section(html, "Barters, and decisions that there is none", ["At", "Kind", "From", "To", "VMs", "Offered because", "Outcome", "Reason"], report.Barters.Select(b => new[]
        {
            (b.StartMs / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " s", E(b.Kind), E(b.From), E(b.To ?? "-"), E(string.Join(", ", b.Vms)), E(b.OfferReason ?? "-"), E(b.Outcome ?? "-"),
            E(b.GrantReason is null ? b.Reason : $"{b.Reason} (granted: {b.GrantReason})"),
        }));
        return html.Append("</html>").ToString();
    }

    private static string Chart(Report report)
    {
        var maxT = Math.Max(1, report.DurationMs);
        var maxY = Math.Max(report.ThresholdBitPerSecond * 1.3, report.Hosts.SelectMany(h => h.Samples).Select(s => s.BitPerSecond).DefaultIfEmpty().Max() * 1.05);
        double X(double t) => Left + (t / maxT * (Width - Left - 20));
        double Y(double v) => Height - Bottom - (v / maxY * (Height - Top - Bottom));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Traffic of both hosts over time\">");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{Y(report.WindowHighBitPerSecond):0.0}\" width=\"{Width - Left - 20}\" height=\"{Y(report.WindowLowBitPerSecond) - Y(report.WindowHighBitPerSecond):0.0}\" fill=\"#eef6ee\"/>");
        for (var v = 0.0; v <= maxY; v += 10e6)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - 20}\" y1=\"{Y(v):0.0}\" y2=\"{Y(v):0.0}\" stroke=\"#e6e9ec\"/><text x=\"{Left - 8}\" y=\"{Y(v) + 4:0.0}\" text-anchor=\"end\">{v / 1e6:0}</text>");
        }

        foreach (var phase in report.Phases)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(phase.StartMs):0.0}\" x2=\"{X(phase.StartMs):0.0}\" y1=\"{Top - 30}\" y2=\"{Height - Bottom}\" stroke=\"#c9d1d9\"/><text x=\"{X(phase.StartMs) + 4:0.0}\" y=\"{Top - 20}\" font-weight=\"600\">{E(phase.Name)}</text>");
        }

        foreach (var m in report.Migrations)
        {
            var x = X(m.StartMs);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{Top - 8}\" width=\"{Math.Max(2, X(m.EndMs ?? m.StartMs) - x):0.0}\" height=\"{Height - Bottom - Top + 8}\" fill=\"#8250df\" fill-opacity=\".13\"><title>{E(m.Id)}: {E(m.Vm)} {E(m.From)} to {E(m.To)}</title></rect><text x=\"{x + 2:0.0}\" y=\"{Height - Bottom - 6}\" transform=\"rotate(-90 {x + 2:0.0} {Height - Bottom - 6}) translate(0 11)\" fill=\"#6639ba\" style=\"fill:#6639ba\">{E(m.Vm)} {E(m.From)}→{E(m.To)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - 20}\" y1=\"{Y(report.ThresholdBitPerSecond):0.0}\" y2=\"{Y(report.ThresholdBitPerSecond):0.0}\" stroke=\"#cf222e\" stroke-dasharray=\"6 4\"/><text x=\"{Width - 22}\" y=\"{Y(report.ThresholdBitPerSecond) - 5:0.0}\" text-anchor=\"end\" style=\"fill:#cf222e\">threshold {report.ThresholdBitPerSecond / 1e6:0} Mbit/s</text>");
        for (var i = 0; i < report.Hosts.Count; i++)
        {
            var host = report.Hosts[i];
            var points = string.Join(' ', host.Samples.Select(s => string.Create(CultureInfo.InvariantCulture, $"{X(s.T):0.0},{Y(s.BitPerSecond):0.0}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{HostColors[i % 2]}\" stroke-width=\"2\"/><text x=\"{Left + (i * 190)}\" y=\"14\" style=\"fill:{HostColors[i % 2]}\" font-weight=\"700\">━ {E(host.Name)}, mean {(host.MeanBitPerSecond ?? 0) / 1e6:0.0} Mbit/s</text>");
        }

        for (var t = 0; t <= maxT / 1000; t += 20)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(t * 1000):0.0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{t} s</text>");
        }

        return svg.Append("<text x=\"8\" y=\"14\">Mbit/s</text></svg>").ToString();
    }

    private static void Section(StringBuilder html, string title, IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{E(title)}</h2><table><tr>");
        foreach (var cell in head)
        {
            html.Append(cell.StartsWith('#') ? $"<th class=n>{E(cell[1..])}</th>" : $"<th>{E(cell)}</th>");
        }

        html.Append("</tr>");
        foreach (var row in rows)
        {
            html.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
            {
                html.Append(head[i].StartsWith('#') ? "<td class=n>" : "<td>").Append(row[i]).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</table>");
    }

    private static string E(string text) => WebUtility.HtmlEncode(text);

    private static string Ms(long? ms) => ms is null ? "-" : ms.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms";

    private static string N(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
