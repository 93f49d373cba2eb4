using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>The policy <c>balance</c>: an actor around <see cref="BalanceRules"/>, for those who want hosts alike, not only none overloaded.</summary>
/// <param name="rules">The rules.</param>
/// <param name="holdRounds">How many rounds in a row it must propose something before that is offered.</param>
public sealed class BalancePolicyActor(BalanceRules rules, int holdRounds) : PolicyActor(BalanceRules.Policy)
{
    private readonly SwapRest _swaps = new(holdRounds);

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(BalanceRules.Policy, Props.Of(() => new BalancePolicyActor(new BalanceRules(options), options.HoldRounds)));
    }

    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        var answer = rules.Propose(view, _swaps.Tries(view));
        _swaps.Note(view, answer.Proposal);
        return answer;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => rules.Alternatives(view, proposal);

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer, view);
}
