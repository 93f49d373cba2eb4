using ActorMig.Policies;

namespace ActorMig.Edges;

/// <summary>A record for the journal: many, never replayed, written in batches, with limits of age and size.</summary>
public abstract record Record;

/// <summary>What was measured in a round.</summary>
/// <param name="Round">The round's number.</param>
/// <param name="HostBitPerSecond">The host's load.</param>
/// <param name="Vms">Each VM's load.</param>
public sealed record RoundMeasured(long Round, double HostBitPerSecond, IReadOnlyList<VmLoad> Vms) : Record;

/// <summary>A VM's load in a round.</summary>
/// <param name="Name">The VM.</param>
/// <param name="BitPerSecond">Its smoothed load.</param>
public sealed record VmLoad(string Name, double BitPerSecond);

/// <summary>What was decided in a round, and why: also when it was nothing.</summary>
/// <param name="Round">The round's number.</param>
/// <param name="Policy">Whose opinion decided.</param>
/// <param name="Answer">In a word: <c>calm</c>, <c>swap</c>, <c>both-overloaded</c> ...</param>
/// <param name="Peer">The peer that was looked at, if any.</param>
/// <param name="Reason">In words.</param>
/// <param name="Vm">The name of the VM that was to be moved; null for none.</param>
/// <param name="Opinions">What each policy said; null where one alone had an opinion, and that is this.</param>
/// <param name="With">The names of the VMs that were to go with it; null for none.</param>
public sealed record RoundDecided(
    long Round, string Policy, string Answer, string? Peer, string Reason, string? Vm = null, IReadOnlyList<PolicyOpinion>? Opinions = null,
    IReadOnlyList<string>? With = null) : Record
{
    /// <summary>What each policy said: at least the one that decided.</summary>
    public IReadOnlyList<PolicyOpinion> Said() => Opinions ?? [new PolicyOpinion(Policy, Answer, Peer, Vm, Reason, With: With)];

    /// <summary>True if a VM was to be moved.</summary>
    /// <param name="name">Its name.</param>
    public bool IsOf(string name) => Vm == name || With?.Contains(name) == true;
}

/// <summary>What a policy said in a round.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Answer">In a word: what it would do, or why nothing.</param>
/// <param name="Peer">The peer that decided it, if any.</param>
/// <param name="Vm">The name of the VM that it would move; null for none.</param>
/// <param name="Reason">In words.</param>
/// <param name="Alternatives">What else it looked at; null for nothing.</param>
/// <param name="Parts">What each load has in its gain, if it weighs several; null says nothing.</param>
/// <param name="With">The names of the VMs that would go with it; null for none.</param>
public sealed record PolicyOpinion(
    string Policy, string Answer, string? Peer, string? Vm, string Reason, IReadOnlyList<Alternative>? Alternatives = null, IReadOnlyList<GainPart>? Parts = null,
    IReadOnlyList<string>? With = null)
{
    /// <summary>True if it would move a VM.</summary>
    /// <param name="name">Its name.</param>
    public bool IsOf(string name) => Vm == name || With?.Contains(name) == true;
}

/// <summary>A migration that somebody else had begun has ended.</summary>
/// <param name="Name">The VM.</param>
/// <param name="Uuid">Its UUID.</param>
/// <param name="IsOutgoing">True if it was leaving this host, false if it was coming.</param>
/// <param name="Outcome">In words: <c>left</c>, <c>stayed</c>, <c>came</c> or <c>did not come</c>.</param>
/// <param name="SinceWallMs">When it was first seen: milliseconds since 1970.</param>
/// <param name="TotalMs">How long it took; where libvirt does not tell, as it was seen.</param>
/// <param name="DowntimeMs">libvirt's downtime, if it tells.</param>
/// <param name="Bytes">Bytes transferred, if it tells.</param>
/// <param name="Iterations">Passes of pre-copy, if it tells.</param>
public sealed record ForeignMigrationEnded(
    string Name, string Uuid, bool IsOutgoing, string Outcome, long SinceWallMs, long? TotalMs, long? DowntimeMs, long? Bytes, long? Iterations) : Record;

/// <summary>An offer was declined, by us or by a peer.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="By">Who declined.</param>
/// <param name="Refusal">The reason from the closed list.</param>
/// <param name="Reason">In words.</param>
public sealed record OfferDeclined(string Barter, string By, Refusal Refusal, string Reason) : Record;

/// <summary>What a person wanted was refused before anything began, because a check says that it would not work.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="To">Where it was to go.</param>
/// <param name="Refusal">The reason from the closed list.</param>
/// <param name="Reason">In words, with the remedy.</param>
public sealed record MoveRefused(string Vm, string To, Refusal Refusal, string Reason) : Record;
