using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Migrations;

/// <summary>Everything that both halves of a migration need to know.</summary>
/// <param name="Migration">Its name.</param>
/// <param name="Barter">The barter.</param>
/// <param name="Leg">The leg.</param>
/// <param name="Vm">The VM.</param>
/// <param name="From">The host that sends it.</param>
/// <param name="To">The host that receives it.</param>
/// <param name="Kind">Why it moves.</param>
public sealed record MigrationPlan(string Migration, string Barter, int Leg, VmFacts Vm, string From, string To, BarterKind Kind);

/// <summary>How far a migration is. Paper A's seven steps: preparing is 1, pre-copy is the optional pass before, switching is 2 to 4, post-copy 5 to 7.</summary>
public enum MigrationPhase
{
    /// <summary>Both sides get ready; nothing has been started.</summary>
    Preparing,

    /// <summary>libvirt copies memory while the guest runs on the source.</summary>
    PreCopy,

    /// <summary>The switch to post-copy was decided; it may have happened. From here on the source copy is never resumed without proof.</summary>
    Switching,

    /// <summary>The guest runs on the destination; the rest of its memory follows.</summary>
    PostCopy,

    /// <summary>Something broke; it is being found out where the guest is.</summary>
    Recovering,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>The figures of a migration; what could not be had is null.</summary>
/// <param name="TotalMs">From the call of libvirt to its return.</param>
/// <param name="DowntimeMs">libvirt's downtime.</param>
/// <param name="Bytes">Bytes transferred.</param>
/// <param name="Iterations">Passes of pre-copy.</param>
/// <param name="PostCopyRequests">Pages that the destination had to ask for.</param>
public sealed record MigrationFigures(long? TotalMs, long? DowntimeMs, long? Bytes, long? Iterations, long? PostCopyRequests);

/// <summary>Where a migration is, for those who watch.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="Phase">How far.</param>
/// <param name="Figures">libvirt's figures now.</param>
/// <param name="Text">In words.</param>
public sealed record MigrationProgressed(MigrationPlan Plan, MigrationPhase Phase, JobFigures? Figures, string Text);

// Events of the source's half.

/// <summary>A migration was handed over to us.</summary>
/// <param name="Plan">What is to be done.</param>
public sealed record MigrationPrepared(MigrationPlan Plan);

/// <summary>
/// The destination is ready, and the guest starts with its host: libvirt is told next that it does not, until the migration has its end. Else a host that
/// loses power just when the guest runs on the other side would start a second one.
/// </summary>
/// <param name="Migration">The migration.</param>
public sealed record AutostartHeld(string Migration);

/// <summary>The destination is ready; libvirt is called next.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="DestinationSession">The destination agent's connection to its libvirt.</param>
/// <param name="LibvirtUri">How the source's libvirt reaches the destination's.</param>
/// <param name="DataUri">Where the memory stream goes.</param>
public sealed record PreCopyBegan(string Migration, long DestinationSession, string? LibvirtUri = null, string? DataUri = null);

/// <summary>The switch to post-copy was decided; libvirt is asked next.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Iterations">The passes of pre-copy so far.</param>
/// <param name="Reason">Why now, in words.</param>
public sealed record SwitchIntended(string Migration, long Iterations, string? Reason = null);

/// <summary>Pre-copy is given up; libvirt is asked next.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record AbortIntended(string Migration, string Reason);

/// <summary>libvirt shows the source in post-copy.</summary>
/// <param name="Migration">The migration.</param>
public sealed record PostCopyBegan(string Migration);

/// <summary>It was not clear where the guest is; now it is being found out.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Reason">What broke.</param>
public sealed record MigrationBroke(string Migration, string Reason);

/// <summary>A post-copy that broke is told to go on next.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Try">How often it has been told so, this time included.</param>
public sealed record ResumeIntended(string Migration, int Try);

/// <summary>The guest was seen running on both hosts: the copy on the source is suspended next, and until libvirt shows it.</summary>
/// <param name="Migration">The migration.</param>
public sealed record DoubleRunSeen(string Migration);

/// <summary>What an attempt left behind on the source is about to be put right.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Verb">How.</param>
public sealed record RemedyIntended(string Migration, DomainVerb Verb);

/// <summary>A migration has ended.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Outcome">How.</param>
/// <param name="Reason">In words; for <c>needs-operator</c> both states and the commands that decide it.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Refusal">Why the destination did not want it; null if it did.</param>
/// <param name="IsInDoubt">True if the destination was silent: it is still asked whether the guest runs there, too.</param>
public sealed record MigrationSettled(
    string Migration, LegOutcome Outcome, string Reason, MigrationFigures? Figures, Refusal? Refusal = null, bool IsInDoubt = false);

// Events of the destination's half.

/// <summary>An arrival is expected.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="Session">Our connection to libvirt.</param>
public sealed record ArrivalExpected(MigrationPlan Plan, long Session);

/// <summary>libvirt here shows the domain.</summary>
/// <param name="Migration">The migration.</param>
public sealed record ArrivalSeen(string Migration);

/// <summary>The domain has left PAUSED here: from now on the source copy must never run again.</summary>
/// <param name="Migration">The migration.</param>
public sealed record ArrivalRan(string Migration);

/// <summary>What libvirt does not carry along was put right.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Verb">How: autostart was set, or cleared where a person must decide.</param>
public sealed record ArrivalAutostartPut(string Migration, DomainVerb Verb);

/// <summary>The arrival is over.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="HasCompleted">True if the VM runs here.</param>
/// <param name="Reason">In words.</param>
public sealed record ArrivalSettled(string Migration, bool HasCompleted, string Reason);

// Between the halves.

/// <summary>Source to destination: is all ready for this VM?</summary>
/// <param name="Plan">The migration.</param>
public sealed record PrepareArrival(MigrationPlan Plan);

/// <summary>The destination is ready.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Session">Its agent's connection to its libvirt.</param>
public sealed record ArrivalReady(string Migration, long Session);

/// <summary>The destination is not ready.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Refusal">Why, from the closed list.</param>
/// <param name="Reason">In words.</param>
public sealed record ArrivalRefused(string Migration, Refusal Refusal, string Reason);

/// <summary>Source to destination: what does your libvirt show?</summary>
/// <param name="Plan">The migration: whole, because the destination may have given it up.</param>
/// <param name="Question">The question's number; comes back.</param>
public sealed record GetArrival(MigrationPlan Plan, long Question);

/// <summary>What the destination's libvirt shows.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Question">The question's number.</param>
/// <param name="Look">The domain there.</param>
/// <param name="HasRun">True if it was ever seen out of PAUSED.</param>
/// <param name="IsGapless">True if the agent was connected without a gap since before the attempt began: then <c>HasRun = false</c> is proof.</param>
public sealed record ArrivalStands(string Migration, long Question, DomainLook Look, bool HasRun, bool IsGapless);

/// <summary>Source to destination: the migration is over; put right what libvirt does not carry along.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Plan">The migration, whole: the destination may have given it up, or lost its journal. Null if nobody knows it any more.</param>
public sealed record CloseArrival(string Migration, LegOutcome Outcome, MigrationPlan? Plan = null);

/// <summary>The destination has closed its half.</summary>
/// <param name="Migration">The migration.</param>
public sealed record ArrivalClosed(string Migration);

// Within a host.

/// <summary>A person wants a migration aborted that leaves from here.</summary>
/// <param name="ReplyTo">Gets <see cref="AbortAnswered"/>.</param>
/// <param name="Migration">The migration.</param>
/// <param name="Person">Who.</param>
public sealed record AbortMigration(ActorRef ReplyTo, string Migration, string Person);

/// <summary>Whether it is aborted.</summary>
/// <param name="IsAccepted">False if it cannot be.</param>
/// <param name="Text">In words.</param>
public sealed record AbortAnswered(bool IsAccepted, string Text);

/// <summary>To the HostActor: begin this migration, or follow it.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="LatestStartMs">After this moment of the monotonic clock libvirt is not called any more; null: it is only followed.</param>
/// <param name="LeaseMs">The lease of which that is two thirds.</param>
public sealed record OpenMigration(MigrationPlan Plan, long? LatestStartMs, long LeaseMs);

/// <summary>To the HostActor: the reservation holds; expect this arrival.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="IsLate">True if nobody watched from the beginning.</param>
public sealed record OpenArrival(MigrationPlan Plan, bool IsLate = false);

/// <summary>To the BarterActor: the source says how an arrival ended that this host does not follow.</summary>
/// <param name="From">The source.</param>
/// <param name="Close">What it says.</param>
public sealed record UnknownArrivalClosed(string From, CloseArrival Close);

/// <summary>To the HostActor: this arrival was never seen and is not expected any more.</summary>
/// <param name="Migration">The migration.</param>
public sealed record ForgetArrival(string Migration);

/// <summary>
/// A half is done and need not be begun again: told to the HostActor, which asks the BarterActor, which sends it back once the ledger knows the end.
/// </summary>
/// <param name="Plan">The migration.</param>
/// <param name="IsArrival">Which half.</param>
public sealed record HalfClosed(MigrationPlan Plan, bool IsArrival);

/// <summary>From the BarterActor to the HostActor: the ledger knows how this half ended, so it may go.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="IsArrival">Which half.</param>
public sealed record HalfKnown(string Migration, bool IsArrival);

/// <summary>To a half: the way to the peer and to the actors that it talks to.</summary>
/// <param name="Host">The HostActor.</param>
/// <param name="Hypervisor">The edge to libvirt.</param>
/// <param name="Membership">The edge to the peers.</param>
internal sealed record HalfSurroundings(ActorRef Host, ActorRef Hypervisor, ActorRef Membership);
