using ActorMig.Actors;

namespace ActorMig.Policies;

/// <summary>The threshold policy of paper B: an actor around <see cref="ThresholdRules"/>.</summary>
/// <param name="rules">The rules.</param>
public sealed class ThresholdPolicyActor(ThresholdRules rules) : EphemeralActor
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "threshold";

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(PolicyName, Props.Of(() => new ThresholdPolicyActor(new ThresholdRules(options.Threshold, options.Margin))));
    }

    /// <inheritdoc/>
    protected override void Handle(object message)
    {
        switch (message)
        {
            case Propose propose:
                var (proposal, refusal, peer, reason) = rules.Propose(propose.View);
                Context.Tell(propose.ReplyTo, new Proposed(propose.Token, PolicyName, proposal, refusal, peer, reason));
                break;
            case Judge judge:
                var (no, giveBack, why) = rules.Judge(judge.Offer, judge.View);
                Context.Tell(judge.ReplyTo, new Judged(judge.Token, PolicyName, no, giveBack, why));
                break;
        }
    }
}
