using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>Whether something that must be, or should be, is.</summary>
/// <param name="Name">What.</param>
/// <param name="IsMust">True for a must, false for a target.</param>
/// <param name="IsMet">Null if it cannot be judged.</param>
/// <param name="Text">The numbers.</param>
internal sealed record Verdict(string Name, bool IsMust, bool? IsMet, string Text)
{
    /// <summary>With fewer of each, noise decides.</summary>
    public const int PairsNeeded = 20;

    private const double GapTarget = 0.8;
    private const double DirtyShareOfTarget = 0.5;
    private const double MinutesMost = 60;

    public string Word => IsMet switch { true => "met", false => "MISSED", null => "cannot be judged" };

    /// <summary>All verdicts on a run.</summary>
    public static IReadOnlyList<Verdict> Of(Results results) =>
        [NeverLost(results), .. results.Chosen is { } chosen ? Musts(chosen) : [], .. results.Cells.Where(c => c.Cell.DirtyShare > DirtyShareOfTarget).Select(Target)];

    private static Verdict NeverLost(Results results)
    {
        var (lost, failed) = (results.Trials.Count(t => t.IsLost), results.Trials.Count(t => t.Problem is not null && !t.IsLost));
        return new Verdict(
            "never lost", true, lost > 0 ? false : results.Trials.Count > 0 ? true : null,
            string.Create(CultureInfo.InvariantCulture, $"{results.Trials.Count} migrations, {lost} guests lost or doubled, {failed} migrations failed with the guest where it was"));
    }

    private static IEnumerable<Verdict> Musts(CellResults cell)
    {
        var pairs = ((string[])[Competitor.Hybrid, Competitor.VirshPostCopy, Competitor.VirshPostCopyAgain]).Min(m => cell.Of(m).Count);
        foreach (var measure in Measure.Musts)
        {
            var (ratio, noise) = (cell.Ratio(measure, Competitor.Hybrid), cell.Noise(measure));
            var text = ratio is null || noise is null
                ? "no figures"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"hybrid / virsh post-copy after one pass {ratio.Value:0.00} ({ratio.Low:0.00} to {ratio.High:0.00}); virsh / virsh {noise.Value:0.00}, noise alone {noise.Low:0.00} to {noise.High:0.00}; {pairs} pairs");
            yield return new Verdict(
                $"{measure.Name} in {cell.Cell.Name} not above A/A's upper end", true,
                pairs < PairsNeeded || ratio is null || noise is null ? null : ratio.Value <= noise.High,
                pairs < PairsNeeded ? $"{text}, and {PairsNeeded} are needed" : text);
        }

        var minutes = cell.Line.TookMs / 60_000.0;
        yield return new Verdict(
            $"{PairsNeeded} pairs in {cell.Cell.Name} in at most {MinutesMost:0} minutes", true,
            pairs < PairsNeeded || minutes is null ? null : minutes <= MinutesMost,
            string.Create(CultureInfo.InvariantCulture, $"{pairs} pairs in {minutes?.ToString("0.0", CultureInfo.InvariantCulture) ?? "?"} minutes, other modes included"));
    }

    private static Verdict Target(CellResults cell)
    {
        var gap = cell.Ratio(Measure.Gap, Competitor.Hybrid);
        var dirty = cell.Trials.Count > 0 ? Statistics.Median([.. cell.Trials.Select(t => t.DirtyMiBPerSecond)]) : 0;
        return new Verdict(
            $"gap in {cell.Cell.Name} at most {GapTarget:0.0} of virsh's", false, gap is null ? null : gap.Value <= GapTarget,
            gap is null
                ? "no figures"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{gap.Value:0.00} ({gap.Low:0.00} to {gap.High:0.00}); the guest wrote {dirty:0} MiB/s, {100 * cell.Cell.DirtyShare:0} % of what the link carries"));
    }
}
