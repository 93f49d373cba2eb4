using ActorMig.Actors;
using ActorMig.Brakes;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>To the BarterActor: a new round, with all that the host measured.</summary>
/// <param name="Round">Its number.</param>
/// <param name="Vms">The VMs.</param>
/// <param name="Members">The members.</param>
/// <param name="MemoryBytes">The machine's memory.</param>
/// <param name="CannotReceivePostCopy">Why post-copy cannot arrive here, with the remedy; null if it can.</param>
/// <param name="Limits">What keeps barters from beginning; null for nothing.</param>
/// <param name="Cpus">How many CPUs the machine has; 0 says nothing.</param>
public sealed record BarterRound(
    long Round, IReadOnlyList<VmView> Vms, IReadOnlyList<Member> Members, long MemoryBytes, string? CannotReceivePostCopy = null, BarterLimits? Limits = null,
    int Cpus = 0);

/// <summary>What keeps new barters from beginning; what has begun goes on. Told after every change, and with every round.</summary>
/// <param name="JournalLoss">Set while a loss of the journal is not accepted: the host only observes.</param>
/// <param name="DiskFull">Set while the journal's disk is nearly full.</param>
/// <param name="Cases">Migrations that wait for a person: their VMs take part in nothing. Null for none.</param>
/// <param name="Outgoing">How many migrations leave this host, whoever began them.</param>
/// <param name="Frozen">Set while the cluster is frozen: no move begins, nor the next leg of a barter.</param>
/// <param name="Drain">Set while this host is being emptied: nothing comes to it.</param>
/// <param name="Brake">The newest setting of the brake that is known here.</param>
public sealed record BarterLimits(
    string? JournalLoss, string? DiskFull, IReadOnlyList<MigrationPlan>? Cases = null, int Outgoing = 0, string? Frozen = null, DrainOrder? Drain = null, BrakeMark? Brake = null);

/// <summary>A person wants a VM moved.</summary>
/// <param name="ReplyTo">Gets <see cref="MoveAnswered"/>: whether a barter was begun; how it ends, <see cref="GetBarter"/> tells.</param>
/// <param name="Vm">Name or UUID.</param>
/// <param name="To">The host.</param>
/// <param name="Person">Who.</param>
/// <param name="Mode">How; null: as the VM's metadata or the host's configuration says.</param>
/// <param name="IsForced">True if it is to move whatever the rules say.</param>
public sealed record MoveVm(ActorRef ReplyTo, string Vm, string To, string Person, MigrationMode? Mode = null, bool IsForced = false);

/// <summary>What comes of a person's wish.</summary>
/// <param name="IsAccepted">True if a barter was begun for it.</param>
/// <param name="Barter">The barter.</param>
/// <param name="Text">In words: what happens, or why not and what to do.</param>
public sealed record MoveAnswered(bool IsAccepted, string? Barter, string Text);

/// <summary>From the HostActor: a migration that we send has ended.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="Outcome">How.</param>
/// <param name="Reason">In words.</param>
/// <param name="IsInDoubt">True while the destination has not said yet that the guest does not run there, too: until then it must not be moved anywhere.</param>
/// <param name="HasRunThere">True if the guest is known to have run on the destination.</param>
/// <param name="GapMs">For how long the guest stood still, as libvirt measured it; null if it did not, or if that is not known.</param>
public sealed record MigrationEnded(MigrationPlan Plan, LegOutcome Outcome, string Reason, bool IsInDoubt = false, bool HasRunThere = false, long? GapMs = null);

/// <summary>From the HostActor: libvirt shows an arrival.</summary>
/// <param name="Plan">The migration.</param>
public sealed record ArrivalCharged(MigrationPlan Plan);

/// <summary>From the HostActor: an arrival has ended.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="HasCompleted">True if the VM runs here.</param>
/// <param name="HasRun">True if it ran here, if only for a moment.</param>
/// <param name="Reason">In words.</param>
/// <param name="IsInDoubt">True if the source has not been heard yet, and libvirt may have started its copy again.</param>
public sealed record ArrivalEnded(MigrationPlan Plan, bool HasCompleted, bool HasRun, string Reason, bool IsInDoubt = false);

/// <summary>Asks for the state of bartering.</summary>
/// <param name="ReplyTo">Gets <see cref="BarterStatus"/>.</param>
public sealed record GetBarterStatus(ActorRef ReplyTo);

/// <summary>The state of bartering.</summary>
/// <param name="Sentence">What goes on, in words.</param>
/// <param name="Decision">The last decision, in words.</param>
/// <param name="PromisedBytes">Memory promised: running, charged, reserved.</param>
/// <param name="CapacityBytes">Memory that may be promised.</param>
/// <param name="Vms">The VMs in the last round, with what the ledger remembers of them.</param>
/// <param name="OpenBarters">Barters that have not ended.</param>
/// <param name="Refusals">How often each refusal was said or heard.</param>
/// <param name="Digests">What other hosts have said of themselves in this round and the one before it, by name; null says nothing.</param>
/// <param name="BrokenRules">Rules that are broken here; null for none.</param>
/// <param name="Decided">What was decided last, with what each policy said; null if nothing was.</param>
/// <param name="Hindrance">What keeps any VM of this host from being moved for its load; null for nothing.</param>
/// <param name="PredictionsOff">Policies whose predictions were off of late; null for none.</param>
/// <param name="Use">What is taken of the host's CPUs and memory; null while that is not known.</param>
public sealed record BarterStatus(
    string Sentence,
    string Decision,
    long PromisedBytes,
    long CapacityBytes,
    IReadOnlyList<VmView> Vms,
    IReadOnlyList<OpenBarter> OpenBarters,
    IReadOnlyList<RefusalCount> Refusals,
    IReadOnlyList<Digest>? Digests = null,
    IReadOnlyList<BrokenRule>? BrokenRules = null,
    RoundDecided? Decided = null,
    Hindrance? Hindrance = null,
    IReadOnlyList<PredictionsOff>? PredictionsOff = null,
    HostUse? Use = null);

/// <summary>What stands in the way of a move.</summary>
/// <param name="Refusal">From the closed list.</param>
/// <param name="Text">In words.</param>
public sealed record Hindrance(Refusal Refusal, string Text);

/// <summary>A barter that has not ended.</summary>
/// <param name="Barter">Its name.</param>
/// <param name="Peer">With whom.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Phase">How far.</param>
public sealed record OpenBarter(string Barter, string Peer, BarterKind Kind, string Phase);

/// <summary>How often a refusal was said or heard.</summary>
/// <param name="Refusal">The refusal.</param>
/// <param name="Count">How often.</param>
public sealed record RefusalCount(Refusal Refusal, long Count);

/// <summary>Asks how a barter stands.</summary>
/// <param name="ReplyTo">Gets <see cref="BarterInfo"/>.</param>
/// <param name="Barter">Its name.</param>
public sealed record GetBarter(ActorRef ReplyTo, string Barter);

/// <summary>How a barter stands.</summary>
/// <param name="Barter">Its name.</param>
/// <param name="Phase">How far; <c>unknown</c> if there is none of this name.</param>
/// <param name="Outcome">How it ended; null while it is open.</param>
/// <param name="Reason">In words.</param>
public sealed record BarterInfo(string Barter, string Phase, BarterOutcome? Outcome, string Reason);
