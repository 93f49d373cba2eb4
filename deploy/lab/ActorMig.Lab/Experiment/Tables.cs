using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>The tables of a report, for people to read on the terminal and on the page alike. A head that begins with <c>#</c> is that of numbers.</summary>
internal static class Tables
{
    public static IReadOnlyList<string> FiguresHead => ["mode", "#n", .. Measure.All.Select(m => "#" + m.Name)];

    public static IReadOnlyList<string> RatiosHead => ["mode", .. Measure.Compared.Select(m => "#" + m.Name)];

    /// <summary>Median and p95 of each figure, a row for each mode, and the paper's.</summary>
    public static IEnumerable<IReadOnlyList<string>> Figures(CellResults cell)
    {
        foreach (var mode in cell.Modes)
        {
            var trials = cell.Of(mode.Name);
            yield return [mode.Name, trials.Count.ToString(CultureInfo.InvariantCulture), .. Measure.All.Select(m => MedianAndP95(m, trials))];
        }

        if (PaperFigures.Of(cell.Cell) is { } paper)
        {
            yield return ["paper A (means)", "30", .. Measure.All.Select(m => paper.Of(m) is { } value ? m.Say(value) : "-")];
        }
    }

    /// <summary>Each figure as a ratio to virsh's post-copy after one pass, with its interval; the last row is what noise alone does.</summary>
    public static IEnumerable<IReadOnlyList<string>> Ratios(CellResults cell)
    {
        foreach (var mode in cell.Modes.Where(m => m.Name is not (Competitor.VirshPostCopy or Competitor.VirshPostCopyAgain)))
        {
            yield return [mode.Name, .. Measure.Compared.Select(m => Text(cell.Ratio(m, mode.Name)))];
        }

        yield return ["A/A: virsh / virsh", .. Measure.Compared.Select(m => Text(cell.Noise(m)))];
    }

    /// <summary>What a guest really did, and how a cell went.</summary>
    public static string Sentence(CellResults cell)
    {
        var trials = cell.Trials;
        if (trials.Count == 0)
        {
            return $"No migration came of it{(cell.Line.Problem is { } why ? ": " + why : "")}.";
        }

        double Median(Func<Trial, double> of) => Statistics.Median([.. trials.Select(of)]);
        var suspended = trials.Where(t => t.WasSuspended).GroupBy(t => t.Mode).Select(g => $"{g.Key} {g.Count()} of {trials.Count(t => t.Mode == g.Key)} times").ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The guest {cell.Cell.Workload.Text}: {Median(t => t.WorkPerSecond):N0} {cell.Cell.Workload.Unit} a second; it wrote {Median(t => t.DirtyMiBPerSecond):0.0} MiB/s of {cell.Cell.Workload.DirtyMiBPerSecond} that it should, round and round in {cell.Cell.Workload.SetMiBIn(cell.Cell.MemoryMiB)} MiB, {100 * cell.Cell.DirtyShare:0} % of what the link should carry; {Median(t => t.InUseBytes) / (1 << 20):N0} MiB were in use; a pass took {cell.Line.PassMs / 1000.0:0.0} s.")
            + (suspended.Length > 0 ? $" Pre-copy did not end by itself, and virsh suspended the guest: {string.Join(", ", suspended)}." : "")
            + (cell.Line.Problem is { } problem ? $" The cell ended early: {problem}." : "")
            + string.Concat(trials.Where(t => t.Problem is not null).Select(t => $" {t.Mode} from {t.From} does not count: {t.Problem}."));
    }

    /// <summary>What it ran on.</summary>
    public static IEnumerable<string> Machine(Results results)
    {
        var run = results.Run;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Both hosts are network namespaces of one machine: {run.Cores} cores, {run.MemoryMiB / 1024.0:0.#} GiB of memory, {run.Versions}; {run.Machine}. Began {DateTimeOffset.FromUnixTimeMilliseconds(run.BeganMs):yyyy-MM-dd HH:mm} UTC, seed {run.Seed}.");
        foreach (var link in results.Links)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The link shaped to {link.GbitPerSecond:0.##} Gbit/s carried {link.ThereGbitPerSecond:0.00} Gbit/s there and {link.BackGbitPerSecond:0.00} back, measured with one TCP connection while no guest ran.");
        }
    }

    private static string MedianAndP95(Measure measure, IReadOnlyList<Trial> trials)
    {
        var values = measure.Values(trials);
        return values.Count == 0 ? "-" : $"{measure.Say(Statistics.Median(values))} / {measure.Say(Statistics.Quantile(values, 0.95))}";
    }

    private static string Text(Interval? ratio) =>
        ratio is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{ratio.Value:0.00} ({ratio.Low:0.00}-{ratio.High:0.00})");
}
