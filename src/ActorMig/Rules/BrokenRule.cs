using ActorMig.Policies;

namespace ActorMig.Rules;

/// <summary>A rule that does not hold.</summary>
/// <param name="Vm">For which VM.</param>
/// <param name="Why">What is broken, in words.</param>
/// <param name="Cannot">Why it cannot be mended now; null if it can.</param>
public sealed record BrokenRule(string Vm, string Why, string? Cannot);

/// <summary>Peers that have refused of late to have a rule mended.</summary>
/// <param name="Refused">What they have refused.</param>
public sealed record MendView(IReadOnlyList<DrainRefused> Refused);
