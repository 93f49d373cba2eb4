using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>Whether what a policy answers can be meant: it may be of a library of somebody's own, and nothing that it says is believed unseen.</summary>
internal static class PolicyAnswers
{
    private const int NameCharsMax = 200;
    private const int ReasonCharsMax = 10_000;
    private const int PartsMax = 20;

    /// <summary>What is wrong with an answer, in words; null if nothing is.</summary>
    /// <param name="question">A <see cref="Propose"/> or a <see cref="Judge"/>.</param>
    /// <param name="answer">The answer.</param>
    public static string? WhyNot(object question, object answer) => (question, answer) switch
    {
        (Propose propose, Proposed proposed) => WhyNot(propose.View, proposed),
        (Judge judge, Judged judged) => WhyNot(judge.Offer, judged),
        _ => "it answers what it was not asked",
    };

    private static string? WhyNot(HostView view, Proposed proposed) =>
        IsWrong(proposed.Reason, ReasonCharsMax) ? "it has no reason, or one that is too long"
        : proposed.Refusal is { } refusal && !Enum.IsDefined(refusal) ? "its refusal is none of the list"
        : proposed.Peer?.Length > NameCharsMax ? "its peer is none"
        : proposed.Alternatives is { } others && (others.Count > Alternative.Max || others.Any(IsWrong)) ? "its alternatives are too many, or one of them has no reason or one that is too long"
        : proposed.Wanted is { } room && (room.Peer is not { Length: > 0 and <= NameCharsMax } || room.FreeBytes <= 0 || !double.IsFinite(room.BitPerSecond) || room.BitPerSecond < 0)
            ? "the room that it wants cannot be meant"
        : proposed.Proposal is not { } proposal ? null
        : IsWrong(proposal.Cause, NameCharsMax) || proposal.Cause.Length == 0 ? "its proposal has no cause, or one that is too long"
        : proposal.Kind == BarterKind.Drain ? (proposed.Policy == DrainPolicyActor.PolicyName ? null : "only a person has a host emptied")
        : proposal.Kind == BarterKind.Mend ? (proposed.Policy == RulesPolicyActor.PolicyName ? null : "only the policy rules mends them")
        : proposal.Kind is not (BarterKind.Migrate or BarterKind.Swap or BarterKind.Remigrate or BarterKind.Exchange) ? $"a policy cannot propose a barter of kind {proposal.Kind}"
        : view.Peers.All(p => p.Host != proposal.Peer) ? $"its proposal is for '{proposal.Peer}', which is none of the peers of this round"
        : (proposal.Kind == BarterKind.Exchange) != (proposal.Exchange is not null) ? "its proposal is an exchange in name or in substance only"
        : proposal.Exchange?.WhyNot() is { } wrong ? $"its proposal makes no sense: {wrong}"
        : proposal.Gives[0] != proposal.Give || proposal.Gives.Any(g => view.Vms.All(v => v.Facts.Uuid != g)) ? "its proposal gives a VM that is not here"
        : proposal.Parts?.Count > PartsMax || proposal.Parts?.Any(p => p is null || IsWrong(p.Policy, NameCharsMax) || !double.IsFinite(p.Gain) || !double.IsFinite(p.Weight)) == true
            ? "the parts of its gain are too many, or one of them is no number"
        : !double.IsFinite(proposal.Gain) ? "the gain of its proposal is no number"
        : null;

    private static string? WhyNot(Offer offer, Judged judged) =>
        IsWrong(judged.Reason, ReasonCharsMax) ? "it has no reason, or one that is too long"
        : judged.Refusal is { } refusal && !Enum.IsDefined(refusal) ? "its refusal is none of the list"
        : judged.GiveBack is not null && offer.Kind != BarterKind.Swap ? "it gives a VM back for one that only comes"
        : null;

    private static bool IsWrong(Alternative? other) => other is null || IsWrong(other.Peer, NameCharsMax) || other.Vm?.Length > NameCharsMax
        || other.Figure is { } figure && !double.IsFinite(figure) || IsWrong(other.Reason, Alternative.ReasonCharsMax);

    private static bool IsWrong(string? text, int charsMax) => text is null || text.Length > charsMax;
}
