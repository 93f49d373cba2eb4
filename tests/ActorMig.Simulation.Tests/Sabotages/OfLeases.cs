using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>The granter never ends what it holds for nobody.</summary>
internal sealed class LeaseIgnoredByTheGranter : Sabotage
{
    public override object? Receive(ActorRef actor, object message) =>
        IsBarter(actor) && message.GetType().Name == "Tick" && message.ToString()!.Contains("What = Lease", StringComparison.Ordinal) ? null : message;
}

/// <summary>The source calls libvirt however late it is.</summary>
internal sealed class LeaseIgnoredByTheSource : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message) =>
        message is OpenMigration { LatestStartMs: not null } open ? open with { LatestStartMs = long.MaxValue / 2 } : message;
}

/// <summary>Leases go by the clock on the wall.</summary>
internal sealed class LeaseByTheWallClock : Sabotage
{
    public override Instant Now(ActorRef actor, Instant now) =>
        IsBarter(actor) || IsMigration(actor) ? now with { MonotonicMs = now.WallMs - VirtualTime.WallStartMs } : now;
}

/// <summary>What arrives is charged until its barter's lease is over, and not for as long as libvirt shows it.</summary>
internal sealed class ChargeDroppedWithTheLease : Sabotage
{
    private readonly SortedDictionary<string, MigrationPlan> _charged = new(StringComparer.Ordinal);

    private protected override object? Say(ActorRef actor, ActorRef target, object message)
    {
        switch (message)
        {
            case ArrivalCharged charged:
                _charged[charged.Plan.Migration] = charged.Plan;
                break;
            case ArrivalEnded ended:
                _charged.Remove(ended.Plan.Migration);
                break;
            case ForgetArrival forget when _charged.Remove(forget.Migration, out var plan):
                SayAs(target, actor, new ArrivalEnded(plan, false, false, "its lease is over"));
                break;
        }

        return message;
    }
}

/// <summary>A VM that moves counts on its source only.</summary>
internal sealed class ChargedOnOneSideOnly : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message) => message is ArrivalCharged ? null : message;
}

/// <summary>What libvirt shows is taken for smaller than it is: more is promised than there is.</summary>
internal sealed class RoomNotLookedAt : Sabotage
{
    public override object? Receive(ActorRef actor, object message) => IsBarter(actor) && message is DomainsSampled sampled
        ? sampled with { Domains = [.. sampled.Domains.Select(d => d with { MemoryBytes = 1 })] }
        : message is BarterRound round ? round with { Vms = [.. round.Vms.Select(v => v with { Facts = v.Facts with { MemoryBytes = v.Facts.MemoryBytes / 4 } })] } : message;
}

/// <summary>An answer to an earlier renewal is taken for one to the newest: the lease seems younger than it is.</summary>
internal sealed class OldStepTakenForANewOne : Sabotage
{
    private readonly SortedDictionary<string, long> _last = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message) =>
        message is PeerSaid { Message: Confirmed confirmed } said && IsBarter(actor) && _last.TryGetValue(confirmed.Barter, out var last)
            ? said with { Message = confirmed with { Renewal = last } }
            : message;

    private protected override object? Send(ActorRef actor, SendToPeer send)
    {
        if (send.Message is Confirm confirm)
        {
            _last[confirm.Barter] = confirm.Renewal;
        }

        return send.Message;
    }
}
