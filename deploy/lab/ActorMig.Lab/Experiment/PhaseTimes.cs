using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>Where a migration's time goes, which says what bounds a figure.</summary>
internal static class PhaseTimes
{
    private static readonly IReadOnlyList<(string Name, Func<Trial, long?> Ms)> All =
    [
        ("call to job", t => t.JobBeganMs),
        ("first pass", t => t.PassDoneMs - t.JobBeganMs),
        ("pass done to decided", t => t.SwitchDecidedMs - t.PassDoneMs),
        ("pass done to stopped", t => t.StoppedMs - t.PassDoneMs),
        ("stopped to resumed", t => t.ResumedMs - t.StoppedMs),
        ("resumed to return", t => t.WallMs - t.ResumedMs),
    ];

    public static IReadOnlyList<string> Head => ["mode", .. All.Select(p => "#" + p.Name), "#passes", "#pages asked for"];

    /// <summary>Medians of a cell, a row for each mode.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(CellResults cell) => cell.Modes.Select(m =>
    {
        var trials = cell.Of(m.Name);
        return (IReadOnlyList<string>)
        [
            m.Name, .. All.Select(p => Median(trials.Select(p.Ms), " ms")), Median(trials.Select(t => t.Passes)), Median(trials.Select(t => t.PostCopyRequests)),
        ];
    });

    private static string Median(IEnumerable<long?> values, string unit = "")
    {
        var known = values.OfType<long>().Select(v => (double)v).ToArray();
        return known.Length == 0 ? "-" : Statistics.Median(known).ToString("0", CultureInfo.InvariantCulture) + unit;
    }
}
