using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>The threshold policy of paper B: an actor around <see cref="ThresholdRules"/>.</summary>
/// <param name="rules">The rules.</param>
/// <param name="doubt">How much it doubts what it predicts; null: never.</param>
public sealed class ThresholdPolicyActor(ThresholdRules rules, Doubt? doubt = null) : PolicyActor(PolicyName)
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "threshold";

    private ThresholdRules? _now;

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(PolicyName, Props.Of(() => new ThresholdPolicyActor(new ThresholdRules(options.Threshold, options.Margin, MovePrice.Of(options)), new Doubt(options.MarginTimesMax))));
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        _now = doubt?.Over(rules, view.Round) ?? rules;
        return _now.Propose(view);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => (_now ?? rules).Alternatives(view, proposal, peer);

    /// <inheritdoc/>
    protected override void Told(PredictionsOff off) => doubt?.Told(off);

    /// <inheritdoc/>
    protected override void ToldGood() => doubt?.Told(null);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
