using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Hosts;

namespace ActorMig.Simulation;

/// <content>
/// What a person holds up stands still: no agent whose journal says that the cluster is frozen begins anything, and nothing comes to a host that is being
/// drained. In the end all know how the brake stands, and a drained host is empty or names each VM that is left, and why.
/// </content>
internal sealed partial class WorldChecks
{
    /// <summary>From the journal to the BarterActor it is a message.</summary>
    private const long HeardMs = 1_000;

    private const long HourMs = 3_500_000;

    /// <summary>By its host's clock; who looks at the end of it only once in a while is late.</summary>
    private const long ThawsMs = 15_000;

    private static void LandHold(HostBook book, object @event, long nowMs)
    {
        switch (@event)
        {
            case BrakeSet e:
                book.Brake = (e, nowMs);
                break;
            case BrakeOver when book.Brake is { Set: { } set, LandedAtMs: var landedMs }:
                book.Brake = (set with { IsFrozen = false }, landedMs);
                break;
            case DrainBegan:
                book.DrainingSinceMs = nowMs;
                break;
            case DrainEnded:
                book.DrainingSinceMs = null;
                break;
        }
    }

    private void CheckHold(HostBook book, object @event)
    {
        if (NowMs < book.StoodStillUntilMs)
        {
            return;
        }

        var what = @event switch
        {
            BarterOffered e => $"offers {e.Barter}",
            BarterGranted e => $"grants {e.Barter}",
            LegBegan e => $"begins leg {e.Leg} of {e.Barter}",
            _ => null,
        };
        if (what is not null && IsFrozen(book))
        {
            Breach("hold freeze", $"{book.Name} {what}, and its journal says that the cluster is frozen");
        }

        if (@event is BarterOffered { Kind: var kind } && !kind.IsPersons() && book.Host.Options.MovesPerHour is > 0 and var most
            && book.MovesAtMs.Count(t => t > NowMs - HourMs) >= most && NowMs - book.ClockSet.AtMs > 2 * HourMs)
        {
            Breach("hold budget", $"{book.Name} {what}, and {most} VMs have left it or come to it within an hour");
        }

        if (book.DrainingSinceMs is not { } sinceMs || NowMs - Math.Max(sinceMs, book.UpSinceMs) <= HeardMs)
        {
            return;
        }

        if (@event is BarterGranted granted && granted.Legs.Any(l => l.To == book.Name))
        {
            Breach("hold drain", $"{book.Name} grants {granted.Barter}, and is being drained");
        }
        else if (@event is BarterOffered { Kind: BarterKind.Migrate or BarterKind.Swap or BarterKind.Remigrate or BarterKind.Exchange } offered)
        {
            Breach("hold drain", $"{book.Name} offers {offered.Barter} ({Words.Of(offered.Kind)}), and is being drained");
        }
    }

    private bool IsFrozen(HostBook book)
    {
        if (book.Brake is not ({ IsFrozen: true } set, var landedMs) || NowMs - Math.Max(landedMs, book.UpSinceMs) <= HeardMs)
        {
            return false;
        }

        var wallMs = VirtualTime.WallStartMs + book.Host.WallErrorMs + NowMs;
        return set.UntilWallMs is not { } until || wallMs + ThawsMs < until;
    }

    private void LookAtClock(HostBook book)
    {
        if (book.ClockSet.ErrorMs != book.Host.WallErrorMs)
        {
            book.ClockSet = (book.Host.WallErrorMs, NowMs);
        }
    }

    /// <summary>All hosts' answers, when faults have been over for long.</summary>
    private void CheckHolds(IReadOnlyDictionary<string, HostStatus> statuses)
    {
        var newest = statuses.Values.Select(s => s.Brake?.Mark ?? BrakeMark.None).Aggregate(BrakeMark.None, (a, b) => b.IsNewerThan(a) ? b : a);
        foreach (var (name, status) in statuses)
        {
            if (newest.IsNewerThan(status.Brake?.Mark ?? BrakeMark.None))
            {
                Breach("hold known", $"{name} knows nothing of the brake's setting {newest.Number} by {newest.By}");
            }

            if (status.Drain is { } drain)
            {
                CheckDrained(_books[name], drain);
            }
        }
    }

    private void CheckDrained(HostBook book, DrainStatus drain)
    {
        var here = book.Host.Hypervisor.Domains.Select(d => d.Guest.Name).Order(StringComparer.Ordinal).ToArray();
        var named = drain.Left?.Select(l => l.Vm).Order(StringComparer.Ordinal).ToArray() ?? [];
        if (!here.SequenceEqual(named))
        {
            Breach("L1 drain", $"on {book.Name}, which is being drained, are {string.Join(", ", here)}, and it names {string.Join(", ", named)}");
        }

        foreach (var left in drain.Left?.Where(l => l.Why is "" or "it is one of the next" or "it is about to leave") ?? [])
        {
            Breach("L1 drain", $"{left.Vm} is still on {book.Name}, which is being drained, and the reason is '{left.Why}'");
        }
    }
}
