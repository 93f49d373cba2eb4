using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>Where a migration's time goes, which says what bounds a figure.</summary>
internal static class PhaseTimes
{
    private static readonly IReadOnlyList<(string Name, Func<Trial, long?> Ms)> All =
    [
        ("call to job", t => t.JobBeganMs),
        ("first pass", t => t.PassDoneMs - t.JobBeganMs),
        ("to decided", t => t.SwitchDecidedMs is { } decided && decided >= t.PassDoneMs ? decided - t.PassDoneMs : null),
        ("to stopped", t => t.StoppedMs - t.PassDoneMs is >= 0 and var ms ? ms : null),
        ("to resumed", t => t.ResumedMs - t.StoppedMs),
        ("to return", t => t.WallMs - t.ResumedMs),
        ("gap began at", t => t.GapAtMs),
        ("agents' CPU", t => (long)t.AgentsCpuMs),
        ("lab's CPU", t => (long)t.OwnCpuMs),
    ];

    /// <summary>What the columns are.</summary>
    public const string Text =
        "Where the time goes (medians): from the call to libvirt's first pass; that pass; from its end to ActorMig's decision to switch, and to the stop of the guest on the source; "
        + "from there to where it goes on, and to the return of the call; when the longest gap began, counted from the call; the processors' time of both agents and of the experiment; "
        + "passes; pages that the destination asked for.";

    public static IReadOnlyList<string> Head => ["mode", .. All.Select(p => "#" + p.Name), "#passes", "#asked for"];

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
