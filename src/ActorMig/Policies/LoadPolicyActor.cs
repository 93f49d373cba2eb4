using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>
/// An actor around paper B's rules, over whatever load they look at. The policies <c>cpu</c> and <c>memory</c>, which the paper leaves to others, are no more
/// than that.
/// </summary>
/// <param name="rules">The rules.</param>
/// <param name="doubt">How much it doubts what it predicts; null: never.</param>
public class LoadPolicyActor(ThresholdRules rules, Doubt? doubt = null) : PolicyActor(rules?.Kind.Policy ?? "")
{
    private ThresholdRules? _now;

    /// <summary>The policy <c>cpu</c> with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Cpu(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Spec(LoadKind.Cpu, options.Cpu, options);
    }

    /// <summary>The policy <c>memory</c>.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Memory(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Spec(LoadKind.Memory, options.Memory, options);
    }

    /// <inheritdoc/>
    protected sealed override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        _now = doubt?.Over(rules, view.Round) ?? rules;
        return _now.Propose(view);
    }

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => (_now ?? rules).Alternatives(view, proposal, peer);

    /// <inheritdoc/>
    protected sealed override void Told(PredictionsOff off) => doubt?.Told(off);

    /// <inheritdoc/>
    protected sealed override void ToldGood() => doubt?.Told(null);

    /// <inheritdoc/>
    protected sealed override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);

    private static PolicySpec Spec(LoadKind kind, LoadLimits limits, ActorMigOptions options) =>
        new(kind.Policy, Props.Of(() => new LoadPolicyActor(new ThresholdRules(kind, limits, options.Margin, MovePrice.Of(options)), new Doubt(options.MarginTimesMax))));
}
