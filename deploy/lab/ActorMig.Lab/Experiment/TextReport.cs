using System.Globalization;
using System.Text;

namespace ActorMig.Lab.Experiment;

/// <summary>The report for the terminal.</summary>
internal static class TextReport
{
    /// <summary>One migration in a line.</summary>
    public static string Line(Trial trial) => string.Create(
        CultureInfo.InvariantCulture,
        $"{trial.Mode,-20} from {trial.From}: total {trial.TotalMs,6} ms, downtime {trial.DowntimeMs,5} ms, gap {trial.GapMs,5} ms at {trial.GapAtMs,6} (calm {trial.CalmGapMs,4}), {trial.Bytes / (1 << 20),6} MiB{(trial.WasSuspended ? ", suspended" : "")}{(trial.Problem is { } problem ? ": " + problem : "")}");

    public static string Of(Results results)
    {
        var text = new StringBuilder();
        foreach (var line in Tables.Machine(results))
        {
            text.AppendLine(line);
        }

        foreach (var cell in results.Cells)
        {
            text.AppendLine().AppendLine("== " + cell.Cell.Text + (cell.Cell.Name == results.Run.ChosenCell ? " (the cell with the musts)" : ""));
            text.AppendLine(Tables.Sentence(cell)).AppendLine("Median / p95:");
            Table(text, Tables.FiguresHead, Tables.Figures(cell));
            text.AppendLine("Ratio to virsh's post-copy after one pass, with the interval of 95 %:");
            Table(text, Tables.RatiosHead, Tables.Ratios(cell));
            text.AppendLine(PhaseTimes.Text);
            Table(text, PhaseTimes.Head, PhaseTimes.Rows(cell));
        }

        text.AppendLine();
        foreach (var verdict in Verdict.Of(results))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{(verdict.IsMust ? "must  " : "target")} {verdict.Word}: {verdict.Name}: {verdict.Text}");
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [[.. head.Select(h => h.TrimStart('#'))], .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            text.AppendLine("  " + string.Join("  ", row.Select((cell, column) => head[column].StartsWith('#') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
