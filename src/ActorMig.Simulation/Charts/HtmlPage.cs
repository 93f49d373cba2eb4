using System.Net;
using System.Text;

namespace ActorMig.Simulation.Charts;

/// <summary>One page that needs nothing else: style and charts stand in it, light and dark.</summary>
public sealed class HtmlPage
{
    private const string Style =
        """
        :root{color-scheme:light dark;--fg:#1c2128;--dim:#656d76;--bg:#ffffff;--rule:#d8dee4;--grid:#e6e9ec;--band:#eaf5ea;--ok:#1a7f37;--bad:#cf222e;--mark:#8250df;
        --fault:#9a6700;--c1:#1f6feb;--c2:#d4572a;--c3:#1a7f37;--c4:#8250df;--c5:#bf3989;--c6:#0a7ea4;--c7:#8a6d00;--c8:#57606a}
        @media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--dim:#8d96a0;--bg:#0d1117;--rule:#30363d;--grid:#21262d;--band:#12261a;--ok:#3fb950;--bad:#f85149;--mark:#a78bfa;
        --fault:#d29922;--c1:#58a6ff;--c2:#ff8a5c;--c3:#3fb950;--c4:#a78bfa;--c5:#f778ba;--c6:#39c5cf;--c7:#d2b322;--c8:#8b949e}}
        body{font:15px/1.5 system-ui,sans-serif;max-width:1140px;margin:2em auto;padding:0 1em;color:var(--fg);background:var(--bg)}
        h1{font-size:1.5em;margin:0} h2{font-size:1.1em;margin:1.8em 0 .4em} p{margin:.5em 0} code{font-size:.92em}
        table{border-collapse:collapse;width:100%;font-size:14px} th,td{text-align:left;padding:.3em .9em .3em 0;border-bottom:1px solid var(--rule);vertical-align:top}
        td:first-child{white-space:nowrap} td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums} .ok{color:var(--ok)} .bad{color:var(--bad)} .dim{color:var(--dim)}
        pre{font-size:13px;line-height:1.45;overflow-x:auto} details summary{cursor:pointer;color:var(--dim)}
        svg{width:100%;height:auto} svg text{font:12px system-ui,sans-serif;fill:var(--dim)} svg text.name{fill:var(--fg);font-weight:600} svg .grid{stroke:var(--grid)} svg .band{fill:var(--band)}
        svg .line{fill:none;stroke-width:2;stroke-linejoin:round} svg .threshold{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}
        svg line.mark{stroke-width:1;stroke-opacity:.55} svg line.mark.move{stroke:var(--mark)} svg line.mark.fault{stroke:var(--fault);stroke-dasharray:2 3} svg text.mark{font-size:11px} svg text.mark.move{fill:var(--mark)} svg text.mark.fault{fill:var(--fault)}
        """;

    private readonly StringBuilder _html = new();

    /// <summary>Begins a page.</summary>
    /// <param name="title">Its title.</param>
    public HtmlPage(string title)
    {
        _html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(E(title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style></head><body>\n<h1>").Append(E(title)).Append("</h1>\n");
    }

    /// <summary>A heading.</summary>
    /// <param name="text">The text.</param>
    public HtmlPage Heading(string text) => Raw($"<h2>{E(text)}</h2>\n");

    /// <summary>A paragraph.</summary>
    /// <param name="text">The text.</param>
    /// <param name="class"><c>dim</c>, <c>ok</c>, <c>bad</c>, or nothing.</param>
    public HtmlPage Paragraph(string text, string @class = "") => Raw($"<p class=\"{@class}\">{E(text)}</p>\n");

    /// <summary>A chart.</summary>
    /// <param name="chart">The chart.</param>
    public HtmlPage Chart(LineChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        return Raw(chart.Svg() + "\n");
    }

    /// <summary>A chart of bars.</summary>
    /// <param name="chart">The chart.</param>
    public HtmlPage Chart(BarChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        return Raw(chart.Svg() + "\n");
    }

    /// <summary>A chart of dots.</summary>
    /// <param name="chart">The chart.</param>
    public HtmlPage Chart(StripChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        return Raw(chart.Svg() + "\n");
    }

    /// <summary>A table; columns whose heads begin with <c>#</c> hold numbers.</summary>
    /// <param name="head">The heads.</param>
    /// <param name="rows">The rows.</param>
    public HtmlPage Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(rows);
        string Class(int column) => head[column].StartsWith('#') ? " class=\"n\"" : "";
        _html.Append("<table><tr>");
        for (var i = 0; i < head.Count; i++)
        {
            _html.Append("<th").Append(Class(i)).Append('>').Append(E(head[i].TrimStart('#'))).Append("</th>");
        }

        _html.Append("</tr>\n");
        foreach (var row in rows)
        {
            _html.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                _html.Append("<td").Append(Class(i)).Append('>').Append(E(row[i])).Append("</td>");
            }

            _html.Append("</tr>\n");
        }

        return Raw("</table>\n");
    }

    /// <summary>Lines that are folded away until somebody wants them.</summary>
    /// <param name="summary">What they are.</param>
    /// <param name="lines">The lines.</param>
    public HtmlPage Folded(string summary, IEnumerable<string> lines) =>
        Raw($"<details><summary>{E(summary)}</summary><pre>{E(string.Join('\n', lines))}</pre></details>\n");

    /// <summary>The whole page.</summary>
    public override string ToString() => _html + "</body></html>\n";

    private HtmlPage Raw(string html)
    {
        _html.Append(html);
        return this;
    }

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
