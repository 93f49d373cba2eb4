using ActorMig.Actors;

namespace ActorMig.Policies;

/// <summary>The policy that empties a host when a person wants it empty. It has no opinion of its own on what comes.</summary>
public sealed class DrainPolicyActor : EphemeralActor
{
    /// <summary>Its name in the journal.</summary>
    public const string PolicyName = "drain";

    /// <summary>The policy. Every host has it, whatever else it is configured to.</summary>
    public static PolicySpec Spec { get; } = new(PolicyName, Props.Of(() => new DrainPolicyActor()));

    /// <inheritdoc/>
    protected override void Handle(object message)
    {
        switch (message)
        {
            case Propose { View.Drain: null } propose:
                Context.Tell(propose.ReplyTo, new Proposed(propose.Token, PolicyName, null, Refusal.Calm, null, $"{propose.View.Host} is not being drained"));
                break;
            case Propose propose:
                var (proposal, refusal, peer, reason) = DrainRules.Propose(propose.View);
                Context.Tell(propose.ReplyTo, new Proposed(propose.Token, PolicyName, proposal, refusal, peer, reason));
                break;
            case Judge judge:
                Context.Tell(judge.ReplyTo, new Judged(judge.Token, PolicyName, null, null, ""));
                break;
        }
    }
}
