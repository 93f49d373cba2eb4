using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <content>
/// What is old is not acted upon: a leg begins only while its source knows of a lease with a third left, an arrival is welcome only where something is
/// reserved for it, what ends a migration follows from the answer to its newest question, and what an earlier incarnation of a peer has said goes nowhere.
/// Seen at the decision, whether or not it does harm.
/// </content>
internal sealed partial class WorldChecks
{
    private void HandlingStep(HostBook book, ActorRef actor, object message)
    {
        LookAtIncarnation(book, actor, message);
        switch (message)
        {
            case PeerSaid { Message: Confirmed m } when actor.Name == "barter" && book.Barter(m.Barter) is { IsOfferer: true } barter
                && barter.ConfirmsAtMs.TryGetValue(m.Renewal, out var sentAtMs):
                barter.KnowsOfLeaseSince(sentAtMs);
                break;
            case PeerSaid { Message: Confirm m } when actor.Name == "barter" && book.Barter(m.Barter) is { IsOfferer: false } barter:
                barter.ConfirmsAtMs.TryAdd(m.Renewal, NowMs);
                break;
            case PeerSaid { Message: StartLeg m } when actor.Name == "barter" && book.Barter(m.Barter) is { IsOfferer: false } barter
                && barter.ConfirmsAtMs.TryGetValue(m.Renewal, out var heardAtMs):
                barter.KnowsOfLeaseSince(heardAtMs);
                break;
            case PeerSaid { Message: PrepareArrival m } when actor.Name == "barter" && IsReserved(book, m.Plan):
                book.Welcome[m.Plan.Migration] = book.Welcome.GetValueOrDefault(m.Plan.Migration) + 1;
                break;
            case DomainLooked m when book.Migration(actor.Name) is { } migration:
                migration.Seen = m.Look;
                break;
            case DomainChanged m when book.Migration(actor.Name) is { } migration:
                migration.Seen = m.Look;
                break;
            case ArrivalStands m when book.Migration(actor.Name) is { } migration && m.Question == migration.Question:
                migration.Stated = m;
                break;
        }
    }

    private void LookAtIncarnation(HostBook book, ActorRef actor, object message)
    {
        if (message is PeerSaid said && actor.Path == "/host")
        {
            if (said.Incarnation < book.Incarnations.GetValueOrDefault(said.Host))
            {
                book.Foreign.Add(said.Message);
            }
            else
            {
                book.Incarnations[said.Host] = said.Incarnation;
            }
        }
        else if (book.Foreign.Count > 0 && ((message as PeerSaid)?.Message ?? message) is { } old && book.Foreign.Contains(old))
        {
            Breach("S5 foreign", $"{book.Name} acts upon a {old.GetType().Name} of an earlier incarnation of its peer");
        }
    }

    private void SaidStep(HostBook book, ActorRef from, SendToPeer send)
    {
        switch (send.Message)
        {
            case Confirm m when book.Barter(m.Barter) is { IsOfferer: true } barter:
                barter.ConfirmsAtMs.TryAdd(m.Renewal, NowMs);
                break;
            case GetArrival m when book.Migration(m.Plan.Migration) is { } migration:
                (migration.Question, migration.Stated) = (m.Question, null);
                break;
            case ArrivalRefused m when from.Name == m.Migration:
                Answer(book, m.Migration);
                break;
            case ArrivalReady m when !Answer(book, m.Migration):
                Breach("S2 ready", $"{book.Name} says to {send.Host} that it is ready for {m.Migration}, and holds no reservation for it");
                break;
        }
    }

    private void PersistingStep(HostBook book, object @event)
    {
        CheckHold(book, @event);
        switch (@event)
        {
            case LegBegan e when book.Barter(e.Barter) is { } barter && NowMs > barter.UsableUntilMs:
                Breach("S2 start", $"{book.Name} begins leg {e.Leg} of {e.Barter} with less than a third left of the lease that it knows of");
                break;
            case PreCopyBegan e when book.Migration(e.Migration) is { } migration:
                migration.StopsBefore = book.Stops;
                if (book.Barter(migration.Plan.Barter) is { } own && NowMs > own.UsableUntilMs)
                {
                    Breach("S2 start", $"{book.Name} is about to call libvirt for {e.Migration} with less than a third left of the lease that it knows of");
                }

                break;
            case MigrationSettled { IsInDoubt: false } e when book.Migration(e.Migration) is { IsDoubleRunSeen: false, Stated.Look: { State: DomainState.Running } there } migration
                && !_movedByHandAtMs.ContainsKey(migration.Plan.Vm.Name):
                // One that its owner moves to and fro meanwhile may be elsewhere again by now.
                CheckFollows(book, migration, there, e);
                break;
        }
    }

    /// <summary>The destination has just said that the guest runs there, in answer to the newest question.</summary>
    private void CheckFollows(HostBook book, MigrationBook migration, DomainLook there, MigrationSettled e)
    {
        var isWhole = there is { Job: DomainJob.None, Reason: not (StateReason.PostCopy or StateReason.PostCopyFailed) };
        if (e.Outcome is LegOutcome.Failed or LegOutcome.Gone)
        {
            Breach("S6 statement", $"{e.Migration} is said to be {Words.Of(e.Outcome)}, and {migration.Plan.To} has answered {book.Name}'s last question with {there.InWords()}");
        }
        else if (e.Outcome == LegOutcome.NeedsOperator && isWhole && migration.Seen is { State: DomainState.Absent })
        {
            Breach("S6 statement", $"{e.Migration} is left to a person, and {migration.Plan.To} has answered {book.Name}'s last question with {there.InWords()}");
        }
    }

    /// <summary>What only a process's memory holds is gone with it.</summary>
    private static void RecoveredStep(HostBook book, string id)
    {
        if (id == "host")
        {
            book.Incarnations.Clear();
            book.Foreign.Clear();
            book.ShownHeld.Clear();
            book.Held = [];
            book.Lacking.Clear();
        }
        else if (id == "barter")
        {
            book.Welcome.Clear();
            foreach (var barter in book.Open)
            {
                barter.ForgetLeases();
            }
        }
        else
        {
            foreach (var migration in book.OpenMigrations.Where(m => id == "migration-" + m.Plan.Migration))
            {
                (migration.Question, migration.Stated, migration.Seen) = (0, null, null);
            }
        }
    }

    /// <summary>One question that found its reservation is answered.</summary>
    /// <returns>False if there is none.</returns>
    private static bool Answer(HostBook book, string migration)
    {
        var open = book.Welcome.GetValueOrDefault(migration);
        book.Welcome[migration] = Math.Max(0, open - 1);
        return open > 0;
    }

    private static bool IsReserved(HostBook book, MigrationPlan plan) => book.Barter(plan.Barter) is { Outcome: null } barter
        && barter.Legs.Any(l => l.Number == plan.Leg && l.Vm.Uuid == plan.Vm.Uuid && l.To == book.Name && !barter.Ended.ContainsKey(l.Number));
}
