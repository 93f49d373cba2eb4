using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>Paper B's rules over another load than traffic, which the paper leaves to others: the policies <c>cpu</c> and <c>memory</c>.</summary>
/// <param name="rules">The rules.</param>
public sealed class LoadPolicyActor(ThresholdRules rules) : PolicyActor(rules?.Kind.Policy ?? "")
{
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
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => rules.Propose(view);

    /// <inheritdoc/>
    protected override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => rules.Alternatives(view, proposal, peer);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);

    private static PolicySpec Spec(LoadKind kind, LoadLimits limits, ActorMigOptions options) =>
        new(kind.Policy, Props.Of(() => new LoadPolicyActor(new ThresholdRules(kind, limits, options.Margin, MovePrice.Of(options)))));
}
