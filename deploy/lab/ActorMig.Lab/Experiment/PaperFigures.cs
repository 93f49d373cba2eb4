namespace ActorMig.Lab.Experiment;

/// <summary>What paper A measured: means of 30 migrations each, by post-copy, on a link that it does not state.</summary>
/// <param name="MigrationMs">Migration time.</param>
/// <param name="DowntimeMs">Downtime.</param>
internal sealed record PaperFigures(double MigrationMs, double DowntimeMs)
{
    private static readonly Dictionary<(string Workload, int MemoryMiB), PaperFigures> All = new()
    {
        [("stream", 4096)] = new(11_000, 80),
        [("stream", 6144)] = new(12_000, 109),
        [("file", 4096)] = new(18_000, 53),
        [("file", 6144)] = new(21_000, 71),
        [("busy", 4096)] = new(10_000, 89),
        [("busy", 6144)] = new(17_000, 83),
    };

    /// <summary>The paper's figures for a cell; null where it has none.</summary>
    public static PaperFigures? Of(Cell cell) => All.GetValueOrDefault((cell.Workload.Name, cell.MemoryMiB));

    /// <summary>The paper's figure for a measure; null where it has none.</summary>
    public double? Of(Measure measure) => measure == Measure.Total ? MigrationMs : measure == Measure.Downtime ? DowntimeMs : null;
}
