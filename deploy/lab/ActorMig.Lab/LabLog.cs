using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Lab;

/// <summary>All that the agents' journals have said so far. Thread-safe.</summary>
internal sealed class LabLog
{
    private readonly Lock _lock = new();
    private readonly List<Followed> _all = [];

    /// <summary>When the story began: milliseconds since 1970.</summary>
    public long StartMs { get; } = Heartbeats.NowMs;

    public void Add(Followed line)
    {
        lock (_lock)
        {
            _all.Add(line);
        }
    }

    public IReadOnlyList<Followed> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public IEnumerable<(string Host, long WallMs, T Message)> Of<T>() => All.Where(f => f.Message is T).Select(f => (f.Host, f.WallMs, (T)f.Message));

    /// <summary>Every barter that was offered, with its end if it has one.</summary>
    public IReadOnlyList<BarterLine> Barters()
    {
        var all = All;
        var lines = new List<BarterLine>();
        foreach (var offered in all.Where(f => f.Message is BarterOffered))
        {
            var offer = (BarterOffered)offered.Message;
            var confirmed = all.Select(f => f.Message).OfType<BarterConfirmed>().FirstOrDefault(c => c.Barter == offer.Barter);
            var granted = all.Select(f => f.Message).OfType<BarterGranted>().FirstOrDefault(g => g.Barter == offer.Barter);
            var ended = all.FirstOrDefault(f => f.Host == offered.Host && f.Message is BarterEnded e && e.Barter == offer.Barter);
            lines.Add(new BarterLine(
                offer.Barter, offer.Kind, offered.Host, offer.Peer, [offer.Give.Name, .. (confirmed?.Legs ?? []).Select(l => l.Vm.Name).Where(n => n != offer.Give.Name)],
                (ended?.Message as BarterEnded)?.Outcome, offer.Reason, granted?.Reason, (ended?.Message as BarterEnded)?.Reason, offered.WallMs, ended?.WallMs));
        }

        return lines;
    }

    /// <summary>Every migration, with its end if it has one.</summary>
    public IReadOnlyList<MigrationLine> Migrations()
    {
        var all = All;
        var lines = new List<MigrationLine>();
        foreach (var prepared in all.Where(f => f.Message is MigrationPrepared))
        {
            var plan = ((MigrationPrepared)prepared.Message).Plan;
            var settled = all.FirstOrDefault(f => f.Message is MigrationSettled s && s.Migration == plan.Migration);
            var switched = all.Select(f => f.Message).OfType<PostCopyBegan>().Any(p => p.Migration == plan.Migration);
            lines.Add(new MigrationLine(plan, settled?.Message as MigrationSettled, switched, prepared.WallMs, settled?.WallMs));
        }

        return lines;
    }

    /// <summary>Decisions of a host to do nothing, or to do something, as its rounds say.</summary>
    public IEnumerable<(string Host, long WallMs, RoundDecided Decided)> Decisions => Of<RoundDecided>();
}

/// <summary>A barter, from its offer to its end, with the reasons of its offer, its grant and its end.</summary>
internal sealed record BarterLine(
    string Id, BarterKind Kind, string From, string To, IReadOnlyList<string> Vms, BarterOutcome? Outcome,
    string OfferReason, string? GrantReason, string? EndReason, long StartMs, long? EndMs);

/// <summary>A migration, from its preparation to its end.</summary>
internal sealed record MigrationLine(MigrationPlan Plan, MigrationSettled? Settled, bool HasSwitched, long StartMs, long? EndMs);
