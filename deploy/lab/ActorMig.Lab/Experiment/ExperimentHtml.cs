using ActorMig.Simulation.Charts;

namespace ActorMig.Lab.Experiment;

/// <summary>The report as one page.</summary>
internal static class ExperimentHtml
{
    public static string Of(Results results)
    {
        var page = new HtmlPage("Paper A's experiment");
        foreach (var line in Tables.Machine(results))
        {
            page.Paragraph(line, "dim");
        }

        var verdicts = Verdict.Of(results);
        page.Heading("Musts and targets")
            .Table(["Kind", "Verdict", "What", "Figures"], verdicts.Select(v => (string[])[v.IsMust ? "must" : "target", v.Word, v.Name, v.Text]));
        foreach (var cell in results.Cells)
        {
            page.Heading(cell.Cell.Text + (cell.Cell.Name == results.Run.ChosenCell ? ": the cell with the musts" : ""))
                .Paragraph(Tables.Sentence(cell), "dim");
            foreach (var measure in Measure.Compared.Where(m => m.Values(cell.Trials).Count > 0))
            {
                page.Chart(Chart(cell, measure));
            }

            page.Paragraph("Median / p95")
                .Table(Tables.FiguresHead, Tables.Figures(cell))
                .Paragraph("Ratio to virsh's post-copy after one pass, with the interval of 95 %; the last row is what noise alone does")
                .Table(Tables.RatiosHead, Tables.Ratios(cell))
                .Paragraph(PhaseTimes.Text)
                .Table(PhaseTimes.Head, PhaseTimes.Rows(cell));
        }

        return page
            .Heading("What is what")
            .Table(["Mode", "How it migrates"], Competitor.All.Select(m => (string[])[m.Name, m.Text]))
            .Table(["Figure", "What it is"], Measure.All.Select(m => (string[])[m.Name, m.Text]))
            .ToString();
    }

    private static StripChart Chart(CellResults cell, Measure measure) => new()
    {
        Label = $"{measure.Name}: {measure.Text}",
        Rows =
        [
            .. cell.Modes.Select(m => (m, Values: measure.Values(cell.Of(m.Name)))).Where(m => m.Values.Count > 0).Select(m => new StripRow(
                m.m.Name, m.m.Agent is null ? "var(--c8)" : "var(--c1)", m.Values, Statistics.Median(m.Values), $"{measure.Say(Statistics.Median(m.Values))}, p95 {measure.Say(Statistics.Quantile(m.Values, 0.95))}")),
        ],
        Reference = PaperFigures.Of(cell.Cell)?.Of(measure),
        ReferenceLabel = "paper A",
        Say = measure.Say,
    };
}
