namespace ActorMig.Policies.Affinity;

/// <summary>What the policy affinity has found in a round.</summary>
/// <param name="Answer">What it proposes, or why it does not, with the peer that decided it and the reason in words.</param>
/// <param name="Alternatives">What it looked at besides, the next best first.</param>
/// <param name="Needs">By peer that was looked at: what room on this host would make possible there, null if nothing; and whether there is an exchange that has an order.</param>
public sealed record AffinityLook(
    (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Answer, IReadOnlyList<Alternative> Alternatives, IReadOnlyList<(string Peer, RoomNeed? Need, bool HasPlan)> Needs);
