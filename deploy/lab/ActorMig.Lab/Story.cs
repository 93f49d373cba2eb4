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
    private readonly List<PhaseReport> _phases = [];

    public IReadOnlyList<PhaseReport> Phases => _phases;

    public List<string> Problems { get; } = [];

    private LabGuest Vm(int number) => lab.Guests[number - 1];

    public async Task PlayAsync(CancellationToken cancellation)
    {
        // Loads are pings between pairs of guests: a pair's traffic counts for both its ends.
        await PlayAsync("calm", "both hosts under the threshold: nothing", [(1, 2, 4), (3, 4, 3), (1, 3, 2)],
            () => HasDecided("h1", "calm") && HasDecided("h2", "calm"), cancellation, moves: 0);

        await PlayAsync("swap", "h1 over 40, h2 within 20-30 Mbit/s: a swap", [(1, 2, 10), (1, 3, 20), (2, 4, 6)],
            () => HasSettled(BarterKind.Swap) && Is("vm1", "h2") && Is("vm3", "h1") && Is("vm2", "h1") && Is("vm4", "h2"), cancellation);

        await PlayAsync("migrate", "h1 over 40, h2 under 20 Mbit/s: a migration", [(2, 3, 15.5), (1, 3, 8.5), (1, 2, 2.5), (2, 4, 2)],
            () => HasSettled(BarterKind.Migrate) && Is("vm3", "h2") && Is("vm2", "h1"), cancellation);

        await PlayAsync("remigrate", "load gone: VMs go back to where they came from", [(1, 2, 2), (3, 4, 2)],
            () => HasSettled(BarterKind.Remigrate) && Is("vm1", "h1") && Is("vm3", "h1") && Is("vm2", "h1") && Is("vm4", "h2"), cancellation);

        await PlayAsync("both over", "both hosts over 40 Mbit/s: nothing would be won", [(1, 4, 17), (2, 4, 17), (3, 4, 17)],
            () => HasDecided("h1", "both-overloaded") && HasDecided("h2", "both-overloaded"), cancellation, moves: 0);
    }

    private async Task PlayAsync(
        string name, string expects, (int From, int To, double MbitPerSecond)[] pings, Func<bool> isDone, CancellationToken cancellation, int? moves = null)
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

        var ok = isDone();

        // Look on for a while: where nothing is expected, nothing may follow; where a move was made, it must have been the last.
        var quiet = Stopwatch.StartNew();
        while (quiet.Elapsed < (moves == 0 ? Calm : TimeSpan.FromSeconds(3)))
        {
            await Task.Delay(200, cancellation);
        }

        var barters = log.Barters().Where(b => b.StartMs >= startMs).ToArray();
        if (moves == 0 && barters.Length > 0)
        {
            ok = false;
        }

        var saw = barters.Length > 0
            ? string.Join("; ", barters.Select(b => $"{Words.Of(b.Kind)} {string.Join(" for ", b.Vms)} {(b.Outcome is { } o ? Words.Of(o) : "open")}"))
            : string.Join("; ", lab.Hosts.Select(h => $"{h.Name} {log.Decisions.LastOrDefault(d => d.Host == h.Name).Decided?.Answer ?? "-"}"));
        _phases.Add(new PhaseReport(name, expects, startMs - log.StartMs, Heartbeats.NowMs - log.StartMs, ok, saw));
        if (!ok)
        {
            Problems.Add($"Phase '{name}' did not show what it expects ({expects}); it showed: {saw}.");
        }
    }

    private long _phaseStartMs;

    private bool HasDecided(string host, string answer) => log.Decisions.Any(d => d.Host == host && d.WallMs >= _phaseStartMs && d.Decided.Answer == answer);

    private bool HasSettled(BarterKind kind) =>
        log.Barters().Any(b => b.StartMs >= _phaseStartMs && b.Kind == kind && b.Outcome == BarterOutcome.Settled)
        && log.Barters().All(b => b.Outcome is not null);

    private bool Is(string vm, string host) => lab.Where(lab.Guests.First(g => g.Name == vm)) is [var only] && only.Host == host;
}
