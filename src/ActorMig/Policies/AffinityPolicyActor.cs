using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Policies.Affinity;

namespace ActorMig.Policies;

/// <summary>The policy that brings VMs together that talk to each other: an actor around <see cref="AffinityRules"/>.</summary>
/// <param name="rules">The rules.</param>
public sealed class AffinityPolicyActor(AffinityRules rules) : PolicyActor(PolicyName)
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "affinity";

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(PolicyName, Props.Of(() => new AffinityPolicyActor(new AffinityRules(options.Affinity)))) { WantsPairs = true };
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => rules.Propose(view);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
