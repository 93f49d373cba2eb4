using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Cases;

/// <summary>A person resolves a migration, or wants to see what there is to resolve.</summary>
/// <param name="ReplyTo">Gets <see cref="CaseAnswered"/>.</param>
/// <param name="Migration">The migration.</param>
/// <param name="RunsOn">The host on which its guest runs; null: not said.</param>
/// <param name="IsLost">True: the guest is lost.</param>
/// <param name="Seen">Which states the person has seen, as <see cref="CaseView.Seen"/> names them; null: nothing is to be done yet.</param>
/// <param name="Person">Who.</param>
public sealed record ResolveMigration(ActorRef ReplyTo, string Migration, string? RunsOn, bool IsLost, string? Seen, string Person);

/// <summary>What comes of it.</summary>
/// <param name="IsAccepted">False if it was refused.</param>
/// <param name="Text">In words; null if there is only <paramref name="View"/> to see.</param>
/// <param name="View">The states of both hosts and what each choice would do; null where they do not matter.</param>
/// <param name="Closed">How it was resolved; null if it is not.</param>
public sealed record CaseAnswered(bool IsAccepted, string? Text, CaseView? View = null, CaseClosed? Closed = null);

/// <summary>A case as it stands now.</summary>
/// <param name="Case">The case.</param>
/// <param name="OnSource">What the source's libvirt shows, in words.</param>
/// <param name="OnDestination">What the destination's libvirt shows, in words.</param>
/// <param name="Seen">Names these states: what is decided is done only while they are the same.</param>
/// <param name="Options">What may be decided.</param>
public sealed record CaseView(OperatorCase Case, string OnSource, string OnDestination, string Seen, IReadOnlyList<CaseOption> Options);

/// <summary>What a choice would do.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="IsPossible">False if it is refused as things stand.</param>
/// <param name="Text">What it would do and what that means, or why it is refused and what to do instead.</param>
public sealed record CaseOption(CaseChoice Choice, bool IsPossible, string Text);

/// <summary>Host to host: what does your libvirt show of this migration's guest, and is its case open?</summary>
/// <param name="Plan">The migration.</param>
/// <param name="Question">The question's number; comes back.</param>
public sealed record GetCase(MigrationPlan Plan, long Question);

/// <summary>The answer.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Question">The question's number.</param>
/// <param name="Look">What libvirt there shows.</param>
/// <param name="HasRun">True if the guest is known there to have run on the destination.</param>
/// <param name="IsKnown">True if there is such a case there.</param>
/// <param name="Closed">How it was resolved there; null if it is open there, or not known.</param>
public sealed record CaseStands(string Migration, long Question, DomainLook Look, bool HasRun, bool IsKnown, LegOutcome? Closed = null);

/// <summary>To the HostActor: a person has decided this.</summary>
/// <param name="Decided">What.</param>
internal sealed record DecideCase(CaseDecided Decided);

/// <summary>To the HostActor: all of it is done.</summary>
/// <param name="Closed">How it was resolved.</param>
/// <param name="Askers">Who waits for that.</param>
internal sealed record CloseCase(CaseClosed Closed, IReadOnlyList<ActorRef> Askers);

/// <summary>To the HostActor: the other host knows that the guest has run on the destination.</summary>
/// <param name="Migration">The migration.</param>
internal sealed record CaseHasRun(string Migration);

/// <summary>To the HostActor: an actor of a case begins, maybe once more; answered with its <see cref="OperatorCase"/> as it stands.</summary>
/// <param name="Migration">The migration.</param>
internal sealed record CaseBegins(string Migration);

/// <summary>To a destination's HostActor: the source has left it to a person, or has lost its journal.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="HasRun">True if it ran here.</param>
/// <param name="Reason">Why; null: the source has said so.</param>
internal sealed record ArrivalLeftToPerson(MigrationPlan Plan, bool HasRun, string? Reason = null);

/// <summary>To a MigrationActor whose guest runs here and whose destination is silent: a person has taken it on, and it asks no more.</summary>
internal sealed record DoubtLeftToPerson;
