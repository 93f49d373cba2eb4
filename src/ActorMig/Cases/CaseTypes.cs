using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Cases;

/// <summary>What a person may say of a migration whose states do not decide it.</summary>
public enum CaseChoice
{
    /// <summary>The guest runs on the destination: what the attempt left on the source goes.</summary>
    RunsOnDestination,

    /// <summary>The guest never ran on the destination: its copy on the source goes on.</summary>
    RunsOnSource,

    /// <summary>The guest is lost. Nothing is touched.</summary>
    Lost,
}

/// <summary>A migration is left to a person: from now on its VM takes part in nothing, until a <see cref="CaseClosed"/>.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="IsArrival">True on the destination.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="HasRun">True if the guest is known to have run on the destination: then its copy on the source is never resumed.</param>
/// <param name="WallMs">When: milliseconds since 1970.</param>
public sealed record CaseOpened(MigrationPlan Plan, bool IsArrival, string Reason, bool HasRun, long WallMs);

/// <summary>A person has decided; what follows is done next.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Choice">What; null: it was given up, because the world had changed before it was done.</param>
/// <param name="Person">Who.</param>
/// <param name="Seen">What both hosts showed, or why it was given up.</param>
public sealed record CaseDecided(string Migration, CaseChoice? Choice, string Person, string Seen);

/// <summary>It is known what became of the guest, and what had to be done is done: its VM is free again.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Outcome">Completed: it runs on the destination. Failed: it is on the source. Lost.</param>
/// <param name="Person">Who has resolved it.</param>
/// <param name="Seen">What both hosts showed.</param>
/// <param name="Reason">In words.</param>
/// <param name="WallMs">When: milliseconds since 1970.</param>
public sealed record CaseClosed(string Migration, LegOutcome Outcome, string Person, string Seen, string Reason, long WallMs);

/// <summary>A migration that is, or was, left to a person.</summary>
/// <param name="Plan">The migration.</param>
/// <param name="IsArrival">True on the destination.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="HasRun">True if the guest is known to have run on the destination.</param>
/// <param name="WallMs">Since when: milliseconds since 1970.</param>
/// <param name="Decided">What a person has decided and is not done yet.</param>
/// <param name="Closed">How it was resolved; null while it is open.</param>
/// <param name="IsDoubt">True while it is none yet: its half waits for the other host's word, and a person only looks.</param>
public sealed record OperatorCase(
    MigrationPlan Plan, bool IsArrival, string Reason, bool HasRun, long WallMs, CaseDecided? Decided = null, CaseClosed? Closed = null, bool IsDoubt = false);
