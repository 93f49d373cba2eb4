using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Edges;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>What holds barters up is told to the BarterActor otherwise than it is.</summary>
internal abstract class HoldNotHeeded : Sabotage
{
    public sealed override object? Receive(ActorRef actor, object message) => message switch
    {
        BarterLimits limits when IsBarter(actor) => Change(limits),
        BarterRound { Limits: { } limits } round when IsBarter(actor) => round with { Limits = Change(limits) },
        _ => message,
    };

    private protected abstract BarterLimits Change(BarterLimits limits);
}

/// <summary>Barters begin in a frozen cluster.</summary>
internal sealed class FreezeNotHeeded : HoldNotHeeded
{
    private protected override BarterLimits Change(BarterLimits limits) => limits with { Frozen = null };
}

/// <summary>A host that is to be empty goes on as before.</summary>
internal sealed class DrainNotHeeded : HoldNotHeeded
{
    private protected override BarterLimits Change(BarterLimits limits) => limits with { Drain = null };
}

/// <summary>Who was away when the brake was set is told by nobody.</summary>
internal sealed class BrakeToldOnce : Sabotage
{
    private bool _isTold;

    public override object? Receive(ActorRef actor, object message) => message switch
    {
        PeerSaid { Message: Digest digest } said => said with { Message = digest with { Brake = null } },
        PeerSaid { Message: GetDigest get } said => said with { Message = get with { Brake = null } },
        _ => message,
    };

    private protected override object? Send(ActorRef actor, SendToPeer send)
    {
        if (send.Message is not BrakeStands)
        {
            return send.Message;
        }

        var isFirst = !_isTold;
        _isTold = true;
        return isFirst ? send.Message : null;
    }
}
