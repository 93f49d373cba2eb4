using ActorMig.Bartering;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Agent.Why;

/// <summary>Why a VM is where it is: what forbids that it moves, what was decided, what came of it, and what would have to change.</summary>
/// <param name="Host">The host that was asked.</param>
/// <param name="NowWallMs">When: milliseconds since 1970.</param>
/// <param name="Name">The VM's name.</param>
/// <param name="Uuid">Its UUID.</param>
/// <param name="View">The VM as the host sees it; null if it is not here.</param>
/// <param name="Round">The host's round.</param>
/// <param name="Forbids">What forbids that it moves now; empty: nothing.</param>
/// <param name="Decision">What stands as the last decision, in words.</param>
/// <param name="Decided">What was decided last, with what each policy said; null if nothing was since the agent's start.</param>
/// <param name="History">What the journal tells of it.</param>
/// <param name="Where">Where it is, if it is not here: as the cluster says.</param>
/// <param name="Changes">What would have to change for it to move.</param>
/// <param name="LookedBack">Of what the journal may tell more, farther back; null: all of it was looked at.</param>
internal sealed record WhyReply(
    string Host,
    long NowWallMs,
    string Name,
    string Uuid,
    VmView? View,
    long Round,
    IReadOnlyList<WhyNot> Forbids,
    string Decision,
    RoundDecided? Decided,
    VmHistory History,
    IReadOnlyList<VmSighting> Where,
    IReadOnlyList<string> Changes,
    IReadOnlyList<LookedBack>? LookedBack = null);

/// <summary>How far back a journal was looked at, where that is not all of it.</summary>
/// <param name="What">At what, in words.</param>
/// <param name="Newest">At how many, the newest.</param>
/// <param name="SinceWallMs">When the oldest of them was written: milliseconds since 1970.</param>
internal sealed record LookedBack(string What, int Newest, long SinceWallMs);

/// <summary>Something that forbids that a VM moves.</summary>
/// <param name="Refusal">From the closed list.</param>
/// <param name="Text">In words.</param>
/// <param name="Remedy">What would have to change.</param>
internal sealed record WhyNot(Refusal Refusal, string Text, string Remedy);

/// <summary>What a host's journal tells of a VM.</summary>
/// <param name="Came">How it came here, if it did.</param>
/// <param name="Left">How it left, if it did.</param>
/// <param name="Barters">Its last barters, the newest first.</param>
/// <param name="Proposals">The last rounds in which a policy wanted it moved and something stood against that, the newest first.</param>
/// <param name="Refused">The last commands of persons that were refused, the newest first.</param>
internal sealed record VmHistory(
    VmCame? Came, VmGone? Left, IReadOnlyList<VmBarter> Barters, IReadOnlyList<VmProposal> Proposals, IReadOnlyList<VmRefused> Refused);

/// <summary>A VM has come.</summary>
/// <param name="WallMs">When.</param>
/// <param name="From">From where; null: not known.</param>
/// <param name="Barter">By which barter; null: by somebody else's hand.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Moves">How often it was moved; null: not known.</param>
internal sealed record VmCame(long WallMs, string? From, string? Barter, string Reason, int? Moves);

/// <summary>A VM has left.</summary>
/// <param name="WallMs">When.</param>
/// <param name="To">Where to; null: not known.</param>
/// <param name="Barter">By which barter; null: by none of this host's.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record VmGone(long WallMs, string? To, string? Barter, string Reason);

/// <summary>What a VM was to a barter.</summary>
internal enum VmRole
{
    /// <summary>This host offered it.</summary>
    Offered,

    /// <summary>This host was to give it in exchange.</summary>
    Exchanged,

    /// <summary>It was to come here.</summary>
    Taken,
}

/// <summary>A barter in which a VM took part, and what came of it.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="WallMs">When it began.</param>
/// <param name="Peer">With whom.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Role">What the VM was to it.</param>
/// <param name="Policy">Whose proposal it was, or <c>command</c>; null: not known here.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="EndedWallMs">When it ended; null while it goes on.</param>
/// <param name="Outcome">How it ended; null while it goes on.</param>
/// <param name="Refusal">Why not, from the closed list, where one applies.</param>
/// <param name="End">How it ended, in words.</param>
/// <param name="Migration">Its migration, if it came to one.</param>
/// <param name="Figures">The migration's figures, where this host knows them.</param>
/// <param name="Predicted">What it was to come to, as this host computed it.</param>
/// <param name="Measured">What it has come to some rounds later; null if that was not measured, or not yet.</param>
internal sealed record VmBarter(
    string Barter,
    long WallMs,
    string Peer,
    BarterKind Kind,
    VmRole Role,
    string? Policy,
    string Reason,
    long? EndedWallMs = null,
    BarterOutcome? Outcome = null,
    Refusal? Refusal = null,
    string? End = null,
    string? Migration = null,
    MigrationFigures? Figures = null,
    StatePredicted? Predicted = null,
    StateMeasured? Measured = null);

/// <summary>A round in which a policy wanted a VM moved.</summary>
/// <param name="WallMs">When.</param>
/// <param name="Decided">What was decided.</param>
internal sealed record VmProposal(long WallMs, RoundDecided Decided);

/// <summary>A person's command that was refused.</summary>
/// <param name="WallMs">When.</param>
/// <param name="Refused">What and why.</param>
internal sealed record VmRefused(long WallMs, MoveRefused Refused);
