using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Hosts;

/// <content>What is left to a person: a migration that ended <c>needs-operator</c> is a case on both hosts until somebody resolves it.</content>
public sealed partial class HostActor
{
    private const string CaseName = "case";
    private readonly CaseList _cases = new();
    private ActorRef? _caseActors;

    /// <summary>True if it was a message about a case.</summary>
    private bool HandleCase(object message)
    {
        switch (message)
        {
            case ResolveMigration resolve:
                Resolve(resolve);
                return true;
            case ArrivalLeftToPerson left:
                OpenCase(left.Plan, isArrival: true, left.Reason ?? $"{left.Plan.From} has left it to a person", left.HasRun);
                return true;
            case CaseBegins begins when _cases.Find(begins.Migration) is { Closed: null } current:
                Context.Tell(_caseActors!, new ForChild(begins.Migration, current));
                return true;
            case DecideCase { Decided: { Choice: not null } decided } when _cases.Find(decided.Migration) is null && _doubts.TryGetValue(decided.Migration, out var doubt):
                OpenCase(doubt.Case.Plan, doubt.Case.IsArrival, doubt.Case.Reason, doubt.Case.HasRun);
                Context.Persist(decided);
                Context.Tell(_caseActors!, new ForChild(decided.Migration, decided));
                return true;
            case DecideCase { Decided: var decided } when _cases.Find(decided.Migration) is { Closed: null }:
                Context.Persist(decided);
                if (decided.Choice is not null)
                {
                    Context.Tell(_caseActors!, new ForChild(decided.Migration, decided));
                }

                return true;
            case CloseCase close:
                CloseCase(close);
                return true;
            case CaseHasRun ran when _cases.Find(ran.Migration) is { HasRun: false, Closed: null } run:
                OpenCase(run.Plan, run.IsArrival, run.Reason, hasRun: true);
                return true;
            case DomainLooked looked when looked.Token.Split('/') is [CaseName, var host, var question, var migration]:
                Answer(looked, host, long.Parse(question, System.Globalization.CultureInfo.InvariantCulture), migration);
                return true;
            case HypervisorFailed failed when failed.Token.StartsWith(CaseName + "/", StringComparison.Ordinal):
                // Silence is the answer.
                return true;
            default:
                return false;
        }
    }

    private void OpenCase(MigrationPlan plan, bool isArrival, string reason, bool hasRun)
    {
        var known = _cases.Find(plan.Migration);
        if (known is not null && (known.Closed is not null || known.HasRun || !hasRun))
        {
            return;
        }

        var opened = new CaseOpened(plan, isArrival, reason, hasRun, Context.Now.WallMs);
        Context.Persist(opened);
        if (known is null)
        {
            Context.Note(309, $"{plan.Migration} needs an operator: {reason} See `actormig migration resolve {plan.Migration}`; until then {plan.Vm.Name} is not moved.");
            SpawnCase(new OperatorCase(plan, isArrival, reason, hasRun, opened.WallMs));
            Context.Tell(_barter!, Limits(_loss, [.. _cases.Open.Select(c => c.Plan), plan]));
        }
        else
        {
            Context.Tell(_caseActors!, new ForChild(plan.Migration, opened));
        }
    }

    private void SpawnCase(OperatorCase open)
    {
        var (around, incarnation) = (Around(), Incarnation);
        Context.Tell(_caseActors!, new Ensure(open.Plan.Migration, Props.Of(() => new CaseActor(open, around, options, incarnation))));
    }

    private void CloseCase(CloseCase close)
    {
        var closed = close.Closed;
        if (_cases.Find(closed.Migration) is not { Closed: null } open)
        {
            return;
        }

        Context.Persist(closed);
        Context.Tell(_caseActors!, new Drop(closed.Migration));
        Context.Tell(_barter!, Limits(_loss, [.. _cases.Open.Where(c => c != open).Select(c => c.Plan)]));
        foreach (var asker in close.Askers)
        {
            Context.Tell(asker, new CaseAnswered(true, closed.Reason, null, closed));
        }

        TellHalf(open, closed);
    }

    private void Resolve(ResolveMigration resolve)
    {
        var open = _cases.Find(resolve.Migration);
        if (open is null && _doubts.TryGetValue(resolve.Migration, out var doubt))
        {
            ResolveDoubt(resolve, doubt.Case);
        }
        else if (open is null)
        {
            var others = _cases.Open.Any() ? "these do: " + string.Join(", ", _cases.Open.Select(c => c.Plan.Migration)) : "none does";
            Context.Tell(resolve.ReplyTo, new CaseAnswered(false, $"no migration {resolve.Migration} needs an operator on {options.HostName}; {others}"));
        }
        else if (open.Closed is { } closed)
        {
            Context.Tell(resolve.ReplyTo, new CaseAnswered(resolve.Seen is null, $"{resolve.Migration} is resolved: {closed.Reason} (by {closed.Person})", null, closed));
        }
        else if (_hypervisorError is { } error)
        {
            Context.Tell(resolve.ReplyTo, new CaseAnswered(false, $"libvirt of {options.HostName} cannot be reached ({error}); see to that first"));
        }
        else
        {
            Context.Tell(_caseActors!, new ForChild(resolve.Migration, resolve));
        }
    }

    /// <summary>A half that is over here, and only waits for the word of a host that may never be back. A BarterActor that is spawned again must know of it, too.</summary>
    private void NoteDoubt(OperatorCase doubt, object told, bool isInDoubt)
    {
        var (migration, known) = (doubt.Plan.Migration, _cases.Find(doubt.Plan.Migration));
        if (isInDoubt)
        {
            _doubts[migration] = (doubt with { IsDoubt = true }, told);
            if (known?.Closed is { } closed)
            {
                // The half has begun anew since a person has decided, and does not know.
                TellHalf(doubt, closed);
            }
        }
        else if (_doubts.Remove(migration) && known is null)
        {
            Context.Tell(_caseActors!, new Drop(migration));
        }
    }

    /// <summary>
    /// The guest runs here. Whoever knows that the other host will not be back says so, and that makes it a case; to look at it changes nothing, and until it
    /// is decided its half asks on.
    /// </summary>
    private void ResolveDoubt(ResolveMigration resolve, OperatorCase doubt)
    {
        if (resolve.RunsOn == options.HostName)
        {
            SpawnCase(doubt);
            Context.Tell(_caseActors!, new ForChild(resolve.Migration, resolve));
        }
        else
        {
            Context.Tell(resolve.ReplyTo, new CaseAnswered(
                false,
                $"{resolve.Migration} waits for {(doubt.IsArrival ? doubt.Plan.From : doubt.Plan.To)} to say that {doubt.Plan.Vm.Name} does not run there, too, and ends by itself then; " +
                $"only if that host never comes back: `actormig migration resolve {resolve.Migration} --runs-on {options.HostName}`"));
        }
    }

    /// <summary>A half here may still wait for a word of the other host, which will not come any more.</summary>
    private void TellHalf(OperatorCase half, CaseClosed closed)
    {
        var migration = closed.Migration;
        if (half.IsArrival)
        {
            Context.Tell(_arrivals!, new ForChild(migration, new CloseArrival(migration, closed.Outcome, half.Plan)));
        }
        else
        {
            Context.Tell(_migrations!, new ForChild(migration, new DoubtLeftToPerson()));
        }
    }

    /// <summary>A peer asks, or answers.</summary>
    private void RouteCase(PeerSaid said)
    {
        switch (said.Message)
        {
            case GetCase get when said.Host == get.Plan.From || said.Host == get.Plan.To:
                Context.Tell(edges.Hypervisor, new LookAtDomain(
                    Context.Self, FormattableString.Invariant($"{CaseName}/{said.Host}/{get.Question}/{get.Plan.Migration}"), get.Plan.Vm.Uuid));
                break;
            case CaseStands stands when _cases.Find(stands.Migration) is { Closed: null, Plan: var plan } && (said.Host == plan.From || said.Host == plan.To):
                Context.Tell(_caseActors!, new ForChild(stands.Migration, stands));
                break;
        }
    }

    private void Answer(DomainLooked looked, string host, long question, string migration)
    {
        var known = _cases.Find(migration);
        var hasRun = known is { HasRun: true } || (known is { IsArrival: true } && looked.Look.State == DomainState.Running);
        if (hasRun && known is { HasRun: false })
        {
            OpenCase(known.Plan, isArrival: true, known.Reason, hasRun: true);
        }

        Context.Tell(edges.Membership, new SendToPeer(
            host, CaseName, new CaseStands(migration, question, looked.Look, hasRun, known is not null, known?.Closed?.Outcome), Incarnation));
    }

    /// <summary>
    /// The source says how a migration has ended. One that it leaves to a person is left to a person here, too; but what was resolved meanwhile counts, and
    /// not what was said before.
    /// </summary>
    private CloseArrival TakeEnd(string from, CloseArrival close)
    {
        if (close.Outcome != LegOutcome.NeedsOperator)
        {
            return close;
        }

        if (_cases.Find(close.Migration) is { Closed: { } closed })
        {
            return close with { Outcome = closed.Outcome };
        }

        if (close.Plan is { } plan && plan.Migration == close.Migration && Sanity.IsSane(plan, from, options.HostName) && _cases.Open.Count() < ArrivalsMax)
        {
            OpenCase(plan, isArrival: true, $"{from} has left it to a person", hasRun: false);
        }

        return close;
    }
}
