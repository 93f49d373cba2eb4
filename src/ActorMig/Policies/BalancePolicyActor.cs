using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>
/// The policy <c>balance</c>: an actor around <see cref="BalanceRules"/>. It is what is measured beside planners that balance all the time; where it is only wanted
/// that no host is overloaded, the others move far less, and noise and short bursts that leave them alone can move it. So the simulator plays it, and an agent's
/// configuration does not know it.
/// </summary>
/// <param name="rules">The rules.</param>
public sealed class BalancePolicyActor(BalanceRules rules) : PolicyActor(BalanceRules.Policy)
{
    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(BalanceRules.Policy, Props.Of(() => new BalancePolicyActor(new BalanceRules(options))));
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => rules.Propose(view);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
