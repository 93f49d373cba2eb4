using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>The policy that empties a host when a person wants it empty. It has no opinion of its own on what comes.</summary>
public sealed class DrainPolicyActor() : PolicyActor(PolicyName)
{
    /// <summary>Its name in the journal.</summary>
    public const string PolicyName = "drain";

    /// <summary>The policy. Every host has it, whatever else it is configured to.</summary>
    public static PolicySpec Spec { get; } = new(PolicyName, Props.Of(() => new DrainPolicyActor()));

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Drain is null ? (null, Refusal.Calm, null, $"{view.Host} is not being drained") : DrainRules.Propose(view);
    }

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => (null, null, "");
}
