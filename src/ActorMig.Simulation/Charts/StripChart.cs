using System.Globalization;
using System.Net;
using System.Text;

namespace ActorMig.Simulation.Charts;

/// <summary>Every value as a dot and each row's median as a stroke, rows of one scale below each other, as SVG that stands in an <see cref="HtmlPage"/>.</summary>
public sealed record StripChart
{
    private const int Width = 1_100;
    private const int Left = 150;
    private const int Right = 190;
    private const int Top = 28;
    private const int RowHeight = 22;
    private const int Bottom = 22;

    /// <summary>What it shows.</summary>
    public required string Label { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<StripRow> Rows { get; init; }

    /// <summary>A value to compare with, as a line across all rows; null for none.</summary>
    public double? Reference { get; init; }

    /// <summary>What stands at it.</summary>
    public string ReferenceLabel { get; init; } = "";

    /// <summary>Says a value of the axis.</summary>
    public Func<double, string> Say { get; init; } = Axis.Text;

    /// <summary>Draws it.</summary>
    public string Svg()
    {
        var max = Math.Max(Rows.SelectMany(r => r.Values).Append(Reference ?? 0).DefaultIfEmpty(0).Max() * 1.02, 1e-9);
        var (bottom, height) = (Top + (RowHeight * Rows.Count), Top + (RowHeight * Rows.Count) + Bottom);
        double X(double value) => Left + (value / max * (Width - Left - Right));
        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
        Add($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{E(Label)}\"><text class=\"name\" x=\"4\" y=\"15\">{E(Label)}</text>");
        foreach (var value in Axis.Ticks(max, 6))
        {
            Add($"<line class=\"grid\" x1=\"{X(value):0.0}\" x2=\"{X(value):0.0}\" y1=\"{Top}\" y2=\"{bottom}\"/><text x=\"{X(value):0.0}\" y=\"{bottom + 15}\" text-anchor=\"middle\">{E(Say(value))}</text>");
        }

        if (Reference is { } reference)
        {
            Add($"<line class=\"threshold\" x1=\"{X(reference):0.0}\" x2=\"{X(reference):0.0}\" y1=\"{Top}\" y2=\"{bottom}\"/><text x=\"{X(reference):0.0}\" y=\"{Top - 3}\" text-anchor=\"middle\">{E(ReferenceLabel)}</text>");
        }

        for (var i = 0; i < Rows.Count; i++)
        {
            var (row, y) = (Rows[i], Top + (RowHeight * i) + (RowHeight / 2));
            Add($"<text x=\"{Left - 10}\" y=\"{y + 4}\" text-anchor=\"end\">{E(row.Name)}</text>");
            foreach (var value in row.Values)
            {
                Add($"<circle style=\"fill:{row.Color};fill-opacity:.45\" cx=\"{X(value):0.0}\" cy=\"{y}\" r=\"4\"/>");
            }

            Add($"<line style=\"stroke:var(--fg);stroke-width:2\" x1=\"{X(row.Middle):0.0}\" x2=\"{X(row.Middle):0.0}\" y1=\"{y - 8}\" y2=\"{y + 8}\"/>");
            Add($"<text x=\"{Width - Right + 12}\" y=\"{y + 4}\">{E(row.Text)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static string E(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A row of a <see cref="StripChart"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">A colour of CSS, such as <c>var(--c1)</c>.</param>
/// <param name="Values">The values, from 0 up.</param>
/// <param name="Middle">Where the stroke stands.</param>
/// <param name="Text">What stands at its end.</param>
public sealed record StripRow(string Name, string Color, IReadOnlyList<double> Values, double Middle, string Text);
