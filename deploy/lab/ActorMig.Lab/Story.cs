using System.Diagnostics;
using ActorMig.Bartering;

namespace ActorMig.Lab;

/// <summary>
/// Paper B's story: the script changes only what the guests do; every move is the agents' own. A phase ends when what it expects stands in the agents'
/// journals and the guests are where they should be, or when its time is up.
/// </summary>
internal sealed class Story(Lab lab, LabLog log, StoryView view)
{
    private static readonly TimeSpan PhaseLimit = TimeSpan.FromSeconds(55);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private readonly List<Played> _played = [];

    public IReadOnlyList<PhaseReport> Phases { get; private set; } = [];

    public List<string> Problems { get; } = [];

    private LabGuest Vm(int number) => lab.Guests[number - 1];

    public async Task PlayAsync(CancellationToken cancellation)
    {
        // Loads are pings between pairs of guests: a pair's traffic counts for both its ends.
        await PlayAsync("calm", "both hosts under the threshold: nothing", [(1, 2, 4), (3, 4, 3), (1, 3, 2)],
            () => HasDecided("h1", "calm") && HasDecided("h2", "calm"), IsNothing, Calm, cancellation);

        await PlayAsync("swap", "h1 over 40, h2 within 20-30 Mbit/s: a swap", [(1, 2, 10), (1, 3, 20), (2, 4, 6)],
            () => HasSettled(BarterKind.Swap) && Is("vm1", "h2") && Is("vm3", "h1") && Is("vm2", "h1") && Is("vm4", "h2"),
            b => IsOnly(b, BarterKind.Swap, most: 1), Quiet, cancellation);

        await PlayAsync("migrate", "h1 over 40, h2 under 20 Mbit/s: a migration", [(2, 3, 15.5), (1, 3, 8.5), (1, 2, 2.5), (2, 4, 2)],
            () => HasSettled(BarterKind.Migrate) && Is("vm3", "h2") && Is("vm2", "h1") && Is("vm1", "h2") && Is("vm4", "h2"),
            b => IsOnly(b, BarterKind.Migrate, most: 1), Quiet, cancellation);

        await PlayAsync("remigrate", "load gone: VMs go back to where they came from", [(1, 2, 2), (3, 4, 2)],
            () => HasSettled(BarterKind.Remigrate) && Is("vm1", "h1") && Is("vm3", "h1") && Is("vm2", "h1") && Is("vm4", "h2"),
            b => IsOnly(b, BarterKind.Remigrate, most: int.MaxValue), Quiet, cancellation);

        await PlayAsync("both over", "both hosts over 40 Mbit/s: nothing would be won", [(1, 4, 17), (2, 4, 17), (3, 4, 17)],
            () => HasDecided("h1", "both-overloaded") && HasDecided("h2", "both-overloaded"), IsNothing, Calm, cancellation);
        Judge();
    }

    private async Task PlayAsync(
        string name, string expects, (int From, int To, double MbitPerSecond)[] pings, Func<bool> isDone, Func<IReadOnlyList<BarterLine>, bool> isAsExpected,
        TimeSpan quietTime, CancellationToken cancellation)
    {
        (view.Phase, view.Expects) = (name, expects);
        var startMs = Heartbeats.NowMs;
        _phaseStartMs = startMs;
        foreach (var guest in lab.Guests)
        {
            await guest.LoadAsync([.. pings.Where(p => p.From == guest.Number).Select(p => (Vm(p.To), p.MbitPerSecond))]);
        }

        var clock = Stopwatch.StartNew();
        while (!isDone() && clock.Elapsed < PhaseLimit)
        {
            await Task.Delay(200, cancellation);
        }

        // Look on for a while: where nothing is expected, nothing may follow; where a move was made, it must have been the last.
        await Task.Delay(quietTime, cancellation);
        _played.Add(new Played(name, expects, startMs, Heartbeats.NowMs, isDone(), isAsExpected));
    }

    /// <summary>
    /// Judges each phase once all is over, by what was offered from its beginning to the next one's: a journal is read a little later than it is written,
    /// so what was offered at the very end of a phase is seen only now.
    /// </summary>
    private void Judge()
    {
        var reports = new List<PhaseReport>();
        var all = log.Barters();
        for (var i = 0; i < _played.Count; i++)
        {
            var phase = _played[i];
            var (fromMs, toMs) = (i == 0 ? 0 : phase.StartMs, i + 1 < _played.Count ? _played[i + 1].StartMs : long.MaxValue);
            var barters = all.Where(b => b.StartMs >= fromMs && b.StartMs < toMs).ToArray();
            var ok = phase.IsDone && phase.IsAsExpected(barters);
            var saw = barters.Length > 0
                ? string.Join("; ", barters.Select(b => $"{Words.Of(b.Kind)} {string.Join(" for ", b.Vms)} {(b.Outcome is { } o ? Words.Of(o) : "open")}"))
                : string.Join("; ", lab.Hosts.Select(h => $"{h.Name} {log.Decisions.LastOrDefault(d => d.Host == h.Name && d.WallMs < toMs).Decided?.Answer ?? "-"}"));
            reports.Add(new PhaseReport(phase.Name, phase.Expects, phase.StartMs - log.StartMs, phase.EndMs - log.StartMs, ok, saw));
            if (!ok)
            {
                Problems.Add($"Phase '{phase.Name}' did not show what it expects ({phase.Expects}); it showed: {saw}.");
            }
        }

        Phases = reports;
    }

    private static bool IsNothing(IReadOnlyList<BarterLine> barters) => barters.Count == 0;

    /// <summary>Settled barters of one kind, at least one, and besides them only offers of that kind that came to nothing.</summary>
    internal static bool IsOnly(IReadOnlyList<BarterLine> barters, BarterKind kind, int most)
    {
        var settled = barters.Count(b => b.Outcome == BarterOutcome.Settled);
        return settled >= 1 && settled <= most
            && barters.All(b => b.Kind == kind && b.Outcome is BarterOutcome.Settled or BarterOutcome.Declined or BarterOutcome.Withdrawn);
    }

    private long _phaseStartMs;

    private bool HasDecided(string host, string answer) => log.Decisions.Any(d => d.Host == host && d.WallMs >= _phaseStartMs && d.Decided.Answer == answer);

    private bool HasSettled(BarterKind kind) =>
        log.Barters().Any(b => b.StartMs >= _phaseStartMs && b.Kind == kind && b.Outcome == BarterOutcome.Settled)
        && log.Barters().All(b => b.Outcome is not null);

    private bool Is(string vm, string host) => lab.Where(lab.Guests.First(g => g.Name == vm)) is [var only] && only.Host == host;

    /// <summary>A phase that was played.</summary>
    private sealed record Played(
        string Name, string Expects, long StartMs, long EndMs, bool IsDone, Func<IReadOnlyList<BarterLine>, bool> IsAsExpected);
}
