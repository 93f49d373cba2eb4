using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>A host as a policy sees it in a round.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Round">The round.</param>
/// <param name="LoadBitPerSecond">The sum over its VMs.</param>
/// <param name="Vms">Its VMs, sorted by UUID.</param>
/// <param name="FreeBytes">Memory that it can still promise.</param>
/// <param name="Peers">What peers have said of themselves in this round, sorted by name; those that are being drained are not among them.</param>
/// <param name="Drain">Set while the host is being drained.</param>
/// <param name="DistancesMs">
/// How long a message takes to a peer and back, in milliseconds, by its name (from serf's network coordinates); a peer of which it is not known is not there.
/// Null says nothing.
/// </param>
/// <param name="Mend">What peers have refused of what would mend a rule; null for nothing.</param>
/// <param name="Use">What is taken of its CPUs and memory; null while that is not known of each VM.</param>
/// <param name="Pair">With whom its VMs talk, if a policy wants to know and it is known.</param>
public sealed record HostView(
    string Host,
    long Round,
    double LoadBitPerSecond,
    IReadOnlyList<VmView> Vms,
    long FreeBytes,
    IReadOnlyList<Digest> Peers,
    DrainView? Drain = null,
    IReadOnlyDictionary<string, double>? DistancesMs = null,
    MendView? Mend = null,
    HostUse? Use = null,
    PairHalf? Pair = null);

/// <summary>Asks a policy whether a placement could be better; answered with <see cref="Proposed"/>, before a deadline.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="View">The host.</param>
public sealed record Propose(ActorRef ReplyTo, string Token, HostView View);

/// <summary>What a policy would do.</summary>
/// <param name="Kind">Which kind of barter.</param>
/// <param name="Peer">With whom.</param>
/// <param name="Give">The VM that would go there.</param>
/// <param name="Cause">What must hold for some rounds, such as <c>overload</c>.</param>
/// <param name="Gain">How much would be won.</param>
/// <param name="GainUnit">In which unit.</param>
/// <param name="Exchange">With <see cref="BarterKind.Exchange"/>, and only then: all that would go and come; <paramref name="Give"/> is the first that goes.</param>
public sealed record Proposal(BarterKind Kind, string Peer, string Give, string Cause, double Gain, string GainUnit, Exchange? Exchange = null)
{
    /// <summary>The UUIDs of all VMs that would go.</summary>
    public IReadOnlyList<string> Gives => Exchange?.Gives ?? [Give];

    /// <summary>What each load has in the gain, if several are weighed; null says nothing.</summary>
    public IReadOnlyList<GainPart>? Parts { get; init; }
}

/// <summary>A policy's answer: also "nothing" has a reason.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Proposal">What it would do, or null.</param>
/// <param name="Refusal">If nothing: why, from the closed list.</param>
/// <param name="Peer">The peer that decided it, if any.</param>
/// <param name="Reason">In words.</param>
/// <param name="Alternatives">What else it looked at, the next best first, at most <see cref="Alternative.Max"/>; null says nothing.</param>
/// <param name="Wanted">The room that it gathers; null for none.</param>
public sealed record Proposed(
    string Token,
    string Policy,
    Proposal? Proposal,
    Refusal? Refusal,
    string? Peer,
    string Reason,
    IReadOnlyList<Alternative>? Alternatives = null,
    RoomWanted? Wanted = null);

/// <summary>Asks a policy what it thinks of a peer's offer; answered with <see cref="Judged"/>, before a deadline.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Token">Comes back with the answer.</param>
/// <param name="From">The host that offers.</param>
/// <param name="Offer">The offer.</param>
/// <param name="View">The host that was asked.</param>
public sealed record Judge(ActorRef ReplyTo, string Token, string From, Offer Offer, HostView View);

/// <summary>A policy's judgement.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Refusal">Null if it agrees.</param>
/// <param name="GiveBack">The VM that goes the other way, if it is a swap.</param>
/// <param name="Reason">In words.</param>
public sealed record Judged(string Token, string Policy, Refusal? Refusal, string? GiveBack, string Reason);

/// <summary>All policies' answers to one question.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Answers">In the order of the policies.</param>
public sealed record PoliciesProposed(string Token, IReadOnlyList<Proposed> Answers);

/// <summary>All policies' judgements.</summary>
/// <param name="Token">The question's.</param>
/// <param name="Answers">In the order of the policies.</param>
public sealed record PoliciesJudged(string Token, IReadOnlyList<Judged> Answers);
