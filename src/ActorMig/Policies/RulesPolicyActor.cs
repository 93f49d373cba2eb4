using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Rules;

namespace ActorMig.Policies;

/// <summary>The policy that mends broken rules. It has no opinion of its own on what comes: whether that breaks a rule is looked at for every offer.</summary>
public sealed class RulesPolicyActor() : PolicyActor(PolicyName)
{
    /// <summary>Its name in the journal.</summary>
    public const string PolicyName = "rules";

    /// <summary>The policy. Every host has it, whatever else it is configured to.</summary>
    public static PolicySpec Spec { get; } = new(PolicyName, Props.Of(() => new RulesPolicyActor()));

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var all = RuleMending.Look(view);
        return all.FirstOrDefault(l => l.Proposal is not null) is { Proposal: { } proposal, Broken: var broken }
            ? (proposal, null, proposal.Peer, $"{broken.Why}: {broken.Vm} goes to {proposal.Peer}")
            : all.Count > 0 ? (null, Refusal.Rule, null, $"{all[0].Broken.Why}, and that cannot be mended: {all[0].Broken.Cannot}")
            : (null, Refusal.Calm, null, "no rule is broken");
    }

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => (null, null, "");
}
