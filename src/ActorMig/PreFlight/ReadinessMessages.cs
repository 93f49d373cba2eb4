using ActorMig.Actors;
using ActorMig.Vms;

namespace ActorMig.PreFlight;

/// <summary>Asks a host's agent what only it can see: whether it can receive, and whether a VM could come. Nothing is reserved.</summary>
/// <param name="Number">The question's number; comes back.</param>
/// <param name="Vm">The VM; null: asks of the host alone.</param>
public sealed record GetReadiness(long Number, VmFacts? Vm);

/// <summary>What it has found.</summary>
/// <param name="Number">The question's number.</param>
/// <param name="Findings">The findings.</param>
public sealed record Readiness(long Number, IReadOnlyList<Finding> Findings);

/// <summary>To the HostActor: ask a member's agent. Answered with <see cref="ReadinessHeard"/>.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="To">The member.</param>
/// <param name="Vm">The VM that would go there; null: asks of the host alone.</param>
public sealed record AskReadiness(ActorRef ReplyTo, string To, VmFacts? Vm);

/// <summary>What came of it.</summary>
/// <param name="Findings">What that agent has found; null if it has not answered.</param>
public sealed record ReadinessHeard(IReadOnlyList<Finding>? Findings);

/// <summary>From the HostActor: a peer asks, and how it stands with this host.</summary>
/// <param name="From">The peer.</param>
/// <param name="Question">What it asks.</param>
/// <param name="Mode">What this agent may do.</param>
/// <param name="CannotReceivePostCopy">Why post-copy cannot arrive here; null if it can.</param>
/// <param name="Barter">The BarterActor, who knows what can be promised.</param>
internal sealed record ReadinessAsked(string From, GetReadiness Question, Mode Mode, string? CannotReceivePostCopy, ActorRef Barter);
