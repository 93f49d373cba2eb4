namespace ActorMig.Lab.Experiment;

/// <summary>What the lines of a run say, put together; or of several runs, whose lines were joined.</summary>
internal sealed class Results
{
    public Results(IReadOnlyList<Line> lines)
    {
        Run = lines.OfType<RunLine>().FirstOrDefault() ?? throw new InvalidOperationException("These lines have no run's beginning.");
        Links = [.. lines.OfType<LinkLine>()];
        Cells =
        [
            .. lines.OfType<CellLine>().GroupBy(c => c.Cell).Select(c => new CellResults(
                Cell.Parse(c.Key), c.Last() with { TookMs = c.Any(l => l.TookMs is not null) ? c.Sum(l => l.TookMs ?? 0) : null },
                [.. lines.OfType<Trial>().Where(t => t.Cell == c.Key)])),
        ];
        Trials = [.. lines.OfType<Trial>()];
    }

    public RunLine Run { get; }

    public IReadOnlyList<LinkLine> Links { get; }

    public IReadOnlyList<CellResults> Cells { get; }

    public IReadOnlyList<Trial> Trials { get; }

    /// <summary>The cell with the musts; null if it was not begun.</summary>
    public CellResults? Chosen => Cells.FirstOrDefault(c => c.Cell.Name == Run.ChosenCell);
}

/// <summary>What was measured in a cell.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Line">How it went.</param>
/// <param name="Trials">Its migrations.</param>
internal sealed record CellResults(Cell Cell, CellLine Line, IReadOnlyList<Trial> Trials)
{
    /// <summary>The modes that were run, in their order.</summary>
    public IReadOnlyList<Competitor> Modes => [.. Competitor.All.Where(m => Trials.Any(t => t.Mode == m.Name))];

    /// <summary>The migrations of a mode that count.</summary>
    public IReadOnlyList<Trial> Of(string mode) => [.. Trials.Where(t => t.Mode == mode && t.Problem is null)];

    /// <summary>A mode's ratio to virsh's post-copy after one pass: its median to that of all of those, both series.</summary>
    public Interval? Ratio(Measure measure, string mode) => Statistics.RatioOfMedians(measure.Values(Of(mode)), Virsh(measure));

    /// <summary>virsh's post-copy after one pass against itself.</summary>
    public Interval? Noise(Measure measure) =>
        Statistics.NoiseAlone(measure.Values(Of(Competitor.VirshPostCopy)), measure.Values(Of(Competitor.VirshPostCopyAgain)));

    private double[] Virsh(Measure measure) => [.. measure.Values(Of(Competitor.VirshPostCopy)), .. measure.Values(Of(Competitor.VirshPostCopyAgain))];
}
