using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Policies.Affinity;

namespace ActorMig.Policies;

/// <summary>The policy that brings VMs together that talk to each other: an actor around <see cref="AffinityRules"/>.</summary>
/// <param name="rules">The rules.</param>
/// <param name="gathering">For which exchange it gathers room: the memory of one host's last rounds.</param>
public sealed class AffinityPolicyActor(AffinityRules rules, Gathering gathering) : PolicyActor(PolicyName)
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "affinity";

    private AffinityLook? _look;
    private long _round = -1;
    private string? _heldWith;
    private string? _heldNow;

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // What an hour has no room for would be refused in each round.
        var exchange = options.Affinity.Exchange;
        var most = options.MovesPerHour == 0 ? exchange.MovesMax : Math.Min(exchange.MovesMax, options.MovesPerHour);
        var affinity = options.Affinity with { Exchange = exchange with { MovesMax = most } };
        return new PolicySpec(PolicyName, Props.Of(() => new AffinityPolicyActor(new AffinityRules(affinity), new Gathering(affinity)))) { WantsPairs = true };
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        // Rules may have it asked several times in a round, each time without some of the VMs.
        if (view.Round != _round)
        {
            (_round, _heldWith, _heldNow) = (view.Round, _heldNow, null);
            gathering.Choose(view.Round, view.FreeBytes);
        }

        _look = rules.Look(view, _heldWith);
        _heldNow = _look.Answer.Proposal?.Peer ?? _heldNow;
        foreach (var (peer, need, hasPlan) in _look.Needs)
        {
            gathering.Saw(view.Round, peer, need, hasPlan);
        }

        return gathering.Wanted is { } wanted && _look.Needs.All(n => n.Peer != wanted.Peer || n.Need is not null) && _look.Answer is { Proposal: null, Reason: var reason }
            ? (null, Refusal.NoRoomToSwap, wanted.Peer, $"{reason}; {AffinityRules.InWords(view, wanted)}")
            : _look.Answer;
    }

    /// <inheritdoc/>
    protected override RoomWanted? Wanted => gathering.Wanted;

    /// <inheritdoc/>
    protected override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => _look!.Alternatives;

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
