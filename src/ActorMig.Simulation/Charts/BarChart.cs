using System.Globalization;
using System.Net;
using System.Text;

namespace ActorMig.Simulation.Charts;

/// <summary>A few lying bars with their names and values, as SVG that stands in an <see cref="HtmlPage"/>.</summary>
public sealed record BarChart
{
    private const int Width = 1_100;
    private const int Left = 130;
    private const int Right = 120;
    private const int Top = 24;
    private const int RowHeight = 24;

    /// <summary>What it shows.</summary>
    public required string Label { get; init; }

    /// <summary>Names, values from 0 up, and how the values are said.</summary>
    public required IReadOnlyList<(string Name, double Value, string Text)> Bars { get; init; }

    /// <summary>Draws it.</summary>
    public string Svg()
    {
        var max = Math.Max(Bars.Select(b => b.Value).DefaultIfEmpty(0).Max(), 1e-9);
        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
        Add($"<svg viewBox=\"0 0 {Width} {Top + (RowHeight * Bars.Count) + 6}\" role=\"img\" aria-label=\"{E(Label)}\"><text class=\"name\" x=\"4\" y=\"15\">{E(Label)}</text>");
        for (var i = 0; i < Bars.Count; i++)
        {
            var (y, width) = (Top + (RowHeight * i), Bars[i].Value / max * (Width - Left - Right));
            Add($"<text x=\"{Left - 8}\" y=\"{y + 15}\" text-anchor=\"end\">{E(Bars[i].Name)}</text>");
            Add($"<rect style=\"fill:var(--c1)\" x=\"{Left}\" y=\"{y + 3}\" width=\"{width:0.0}\" height=\"{RowHeight - 8}\" rx=\"2\"/>");
            Add($"<text x=\"{Left + width + 8:0.0}\" y=\"{y + 15}\">{E(Bars[i].Text)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
