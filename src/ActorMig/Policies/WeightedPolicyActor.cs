using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>The policy that weighs several loads against each other, and who talks to whom with them: an actor around <see cref="WeightedRules"/>.</summary>
/// <param name="rules">The rules.</param>
public sealed class WeightedPolicyActor(WeightedRules rules) : PolicyActor(PolicyName)
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "weighted";

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        WeighedLoad[] loads =
        [
            new(LoadKind.Network, options.Threshold.Limits, options.Weights.Threshold),
            new(LoadKind.Cpu, options.Cpu, options.Weights.Cpu),
            new(LoadKind.Memory, options.Memory, options.Weights.Memory),
        ];
        var limit = options.Threshold.OverloadBitPerSecond;
        var talk = options.Weights.Affinity > 0 && limit > 0 ? new WeighedTalk(options.Affinity, limit, options.Weights.Affinity) : null;
        return new PolicySpec(PolicyName, Props.Of(() => new WeightedPolicyActor(
            new WeightedRules([.. loads.Where(l => l.Weight > 0 && l.Limits.Overload > 0)], options.Margin, MovePrice.Of(options), talk)))) { WantsPairs = talk is not null };
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => rules.Propose(view);

    /// <inheritdoc/>
    protected override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => rules.Alternatives(view, proposal);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
