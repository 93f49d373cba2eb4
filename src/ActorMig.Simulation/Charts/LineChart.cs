using System.Globalization;
using System.Net;
using System.Text;

namespace ActorMig.Simulation.Charts;

/// <summary>
/// A chart of lines over time, as SVG that stands in an <see cref="HtmlPage"/>: its colours are the page's, light and dark.
/// </summary>
public sealed record LineChart
{
    private const int Width = 1_100;
    private const int Left = 58;
    private const int Right = 16;
    private const int Bottom = 42;
    private const int LegendHeight = 26;
    private const int MarkRowHeight = 15;
    private const int MarkRowsMax = 4;
    private const double LetterWidth = 6.2;
    private const int PlotHeight = 260;

    /// <summary>What it shows, for those who cannot see it.</summary>
    public required string Label { get; init; }

    /// <summary>What the y axis says.</summary>
    public required string YLabel { get; init; }

    /// <summary>The end of the x axis, which begins at 0, in minutes.</summary>
    public required double Minutes { get; init; }

    /// <summary>The end of the y axis, which begins at 0.</summary>
    public required double YMax { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<ChartLine> Lines { get; init; }

    /// <summary>A line across, such as a threshold; null for none.</summary>
    public double? Threshold { get; init; }

    /// <summary>What stands beside it.</summary>
    public string ThresholdLabel { get; init; } = "";

    /// <summary>A strip across, such as a window; null for none.</summary>
    public (double Low, double High)? Band { get; init; }

    /// <summary>Moments, in the order of time.</summary>
    public IReadOnlyList<ChartMark> Marks { get; init; } = [];


    /// <summary>Draws it.</summary>
    public string Svg()
    {
        var rows = PlaceMarks();
        var top = LegendHeight + (MarkRowHeight * (rows.Count == 0 ? 0 : rows.Max() + 1)) + 8;
        var height = top + PlotHeight + Bottom;
        double X(double minutes) => Left + (minutes / Math.Max(Minutes, 1e-9) * (Width - Left - Right));
        double Y(double value) => height - Bottom - (value / Math.Max(YMax, 1e-9) * PlotHeight);
        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
        Add($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{E(Label)}\">");
        if (Band is { } band)
        {
            Add($"<rect class=\"band\" x=\"{Left}\" y=\"{Y(band.High):0.0}\" width=\"{Width - Left - Right}\" height=\"{Y(band.Low) - Y(band.High):0.0}\"/>");
        }

        foreach (var value in Axis.Ticks(YMax, 5))
        {
            Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\"/><text x=\"{Left - 8}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{Axis.Text(value)}</text>");
        }

        foreach (var minutes in Axis.Minutes(Minutes, 10))
        {
            Add($"<line class=\"grid\" x1=\"{X(minutes):0.0}\" x2=\"{X(minutes):0.0}\" y1=\"{height - Bottom}\" y2=\"{height - Bottom + 5}\"/><text x=\"{X(minutes):0.0}\" y=\"{height - Bottom + 18}\" text-anchor=\"middle\">{Axis.Text(minutes)}</text>");
        }

        Add($"<text x=\"{(Width + Left - Right) / 2}\" y=\"{height - 6}\" text-anchor=\"middle\">minutes</text>");
        for (var i = 0; i < Marks.Count; i++)
        {
            var (mark, x, y) = (Marks[i], X(Marks[i].Minutes), LegendHeight + (MarkRowHeight * (rows[i] + 1)) - 3);
            var isLate = IsLate(mark, x);
            Add($"<line class=\"mark {mark.Class}\" x1=\"{x:0.0}\" x2=\"{x:0.0}\" y1=\"{y - 9}\" y2=\"{height - Bottom}\"/><text class=\"mark {mark.Class}\" x=\"{x + (isLate ? -4 : 4):0.0}\" y=\"{y}\"{(isLate ? " text-anchor=\"end\"" : "")}>{E(mark.Label)}<title>{E(mark.Title)}</title></text>");
        }

        foreach (var line in Lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" style=\"stroke:{line.Color}\" points=\"");
            foreach (var (minutes, value) in line.Points)
            {
                Add($"{X(minutes):0.0},{Y(value):0.0} ");
            }

            svg.Append("\"/>");
        }

        if (Threshold is { } threshold)
        {
            Add($"<line class=\"threshold\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(threshold):0.0}\" y2=\"{Y(threshold):0.0}\"/>");
        }

        Legend(Add);
        return svg.Append("</svg>").ToString();
    }

    private void Legend(Action<FormattableString> add)
    {
        add($"<text x=\"4\" y=\"15\">{E(YLabel)}</text>");
        var x = (double)Left + 40;
        foreach (var line in Lines)
        {
            add($"<line class=\"line\" style=\"stroke:{line.Color}\" x1=\"{x:0}\" x2=\"{x + 20:0}\" y1=\"11\" y2=\"11\"/><text class=\"name\" x=\"{x + 26:0}\" y=\"15\">{E(line.Name)}</text>");
            x += 26 + (LetterWidth * line.Name.Length) + 26;
        }

        if (Threshold is not null && ThresholdLabel.Length > 0)
        {
            add($"<line class=\"threshold\" x1=\"{x:0}\" x2=\"{x + 20:0}\" y1=\"11\" y2=\"11\"/><text x=\"{x + 26:0}\" y=\"15\">{E(ThresholdLabel)}</text>");
        }
    }

    private static bool IsLate(ChartMark mark, double x) => x + 4 + (LetterWidth * mark.Label.Length) > Width - 2;

    /// <summary>Each mark's label goes into the first row in which it does not cover the one before.</summary>
    private List<int> PlaceMarks()
    {
        var ends = new double[MarkRowsMax];
        var rows = new List<int>();
        foreach (var mark in Marks)
        {
            var x = Left + (mark.Minutes / Math.Max(Minutes, 1e-9) * (Width - Left - Right));
            var from = IsLate(mark, x) ? x - (LetterWidth * mark.Label.Length) - 4 : x;
            var row = Array.FindIndex(ends, e => e <= from);
            row = row < 0 ? Array.IndexOf(ends, ends.Min()) : row;
            ends[row] = from + (LetterWidth * mark.Label.Length) + 10;
            rows.Add(row);
        }

        return rows;
    }

    private static string E(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">A colour of CSS, such as <c>var(--c1)</c>.</param>
/// <param name="Points">Times in minutes, and values.</param>
public sealed record ChartLine(string Name, string Color, IReadOnlyList<(double Minutes, double Value)> Points);

/// <summary>A moment.</summary>
/// <param name="Minutes">When.</param>
/// <param name="Label">What, in a word or two.</param>
/// <param name="Title">What, in a sentence.</param>
/// <param name="Class"><c>move</c>, or <c>fault</c> for what happens from outside.</param>
public sealed record ChartMark(double Minutes, string Label, string Title, string Class);
