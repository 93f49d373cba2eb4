using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>The grant is sent, and written some time.</summary>
internal sealed class GrantSentBeforeItIsDurable : Sabotage
{
    public override bool WaitsForDisk(ActorRef actor, IReadOnlyList<object> events) => !events.Any(e => e is BarterGranted);
}

/// <summary>The confirmation is sent, and never written.</summary>
internal sealed class ConfirmNotDurable : Sabotage
{
    private protected override IReadOnlyList<object> Write(ActorRef actor, IReadOnlyList<object> events) => [.. events.Where(e => e is not BarterConfirmed)];
}

/// <summary>Nobody waits for the disk, and nobody hears of its failures.</summary>
internal sealed class AppliedBeforeDurable : Sabotage
{
    public override bool WaitsForDisk(ActorRef actor, IReadOnlyList<object> events) => false;
}

/// <summary>Of two offers that cross, the higher host's does not give way.</summary>
internal sealed class TieOfCrossingOffersNotBroken : Sabotage
{
    private readonly SortedDictionary<string, string> _offered = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (!IsBarter(actor) || message is not PeerSaid said)
        {
            return message;
        }

        if (said.Message is Offer offer && _offered.ContainsKey(said.Host) && string.CompareOrdinal(said.Host, Host!.Options.HostName) < 0)
        {
            SendAs(actor, said.Host, new Decline(offer.Barter, Refusal.Busy, "our own offer stands"));
            return null;
        }

        if (said.Message is Grant or Decline)
        {
            _offered.Remove(said.Host);
        }

        return message;
    }

    private protected override object? Send(ActorRef actor, SendToPeer send)
    {
        switch (send.Message)
        {
            case Offer offer:
                _offered[send.Host] = offer.Barter;
                break;
            case Withdraw or Confirm:
                _offered.Remove(send.Host);
                break;
        }

        return send.Message;
    }
}

/// <summary>What an earlier start of a peer's agent has said counts.</summary>
internal sealed class ForeignIncarnationAccepted : Sabotage
{
    private readonly SortedDictionary<string, long> _known = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (actor.Path != "/host" || message is not PeerSaid said)
        {
            return message;
        }

        var newest = _known[said.Host] = Math.Max(said.Incarnation, _known.TryGetValue(said.Host, out var known) ? known : 0);
        return said with { Incarnation = newest };
    }
}

/// <summary>A grant for an offer that nobody remembers is confirmed.</summary>
internal sealed class UnknownBarterConfirmed : Sabotage
{
    private protected override object? Send(ActorRef actor, SendToPeer send) => send.Message is Withdraw { Reason: "this barter is not known here" } withdraw
        ? new Confirm(withdraw.Barter, 1)
        : send.Message;
}

/// <summary>A VM for which nothing is reserved is told to come.</summary>
internal sealed class UnknownBarterGranted : Sabotage
{
    private protected override object? Send(ActorRef actor, SendToPeer send) => send.Message is ArrivalRefused { Refusal: Refusal.UnknownBarter } refused
        ? new ArrivalReady(refused.Migration, 1)
        : send.Message;
}

/// <summary>What a VM has behind it is not told to its new host.</summary>
internal sealed class CoolDownNotCarried : Sabotage
{
    private protected override object? Send(ActorRef actor, SendToPeer send) => send.Message is Offer offer
        ? offer with { Vms = [.. offer.Vms.Select(v => v with { Moves = 0, CoolDownLeftMs = 0 })] }
        : send.Message;
}

/// <summary>The peer is told to send its VM as soon as it has heard the confirmation.</summary>
internal sealed class SecondLegBeforeTheFirstHasSettled : Sabotage
{
    private readonly SortedSet<string> _swaps = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        switch (message)
        {
            case PeerSaid { Message: Grant { Legs: [_, var second] } grant } said when second.From == said.Host:
                _swaps.Add(grant.Barter);
                break;
            case PeerSaid { Message: Confirmed confirmed } said when IsBarter(actor) && _swaps.Remove(confirmed.Barter):
                SendAs(actor, said.Host, new StartLeg(confirmed.Barter, 2, confirmed.Renewal));
                break;
        }

        return message;
    }
}

/// <summary>After a restart it is forgotten that a confirmation was heard.</summary>
internal sealed class ConfirmationForgotten : Sabotage
{
    private protected override object? Begin(ActorRef actor, object @event) => @event is BarterConfirmationHeard ? null : @event;
}

/// <summary>After a restart it is forgotten what is charged.</summary>
internal sealed class ChargesForgotten : Sabotage
{
    private protected override object? Begin(ActorRef actor, object @event) => @event is ChargeBegan ? null : @event;
}
