using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Cases;

/// <summary>
/// One open case: asks both hosts what they show, tells a person what may be decided, and does what was decided, each step after a fresh look at both. What
/// is decided and done stands with the HostActor; this actor can begin anew at any moment. Each round it asks the other host: on the destination whether it is
/// resolved on the source, and on the source whether the destination still knows of it.
/// </summary>
internal sealed class CaseActor(OperatorCase @case, HalfSurroundings around, ActorMigOptions options, long incarnation) : EphemeralActor
{
    private const string Ask = "ask";
    private const string Again = "again";
    private const int AskersMax = 16;
    private readonly List<ResolveMigration> _askers = [];
    private readonly List<ActorRef> _waiting = [];
    private CaseDecided? _decided = @case.Decided;
    private long _question;
    private DomainLook? _here;
    private CaseStands? _there;
    private int _asked;
    private int _failures;

    /// <summary>True if it was decided before this actor began: then nobody waits for it any more.</summary>
    private bool _isOld;

    /// <summary>True once something of what was decided has been done.</summary>
    private bool _hasBegun;

    private string Migration => @case.Plan.Migration;

    private string Peer => @case.IsArrival ? @case.Plan.From : @case.Plan.To;

    private string QuestionToken => FormattableString.Invariant($"{_question}");

    private bool IsLooking => _asked > 0;

    protected override void Started() => Context.Tell(around.Host, new CaseBegins(Migration));

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ResolveMigration resolve when _decided is not null || _askers.Count >= AskersMax:
                Context.Tell(resolve.ReplyTo, new CaseAnswered(false, $"{Migration} is being resolved just now; ask again in a moment"));
                break;
            case ResolveMigration resolve:
                _askers.Add(resolve);
                Look();
                break;
            case OperatorCase current:
                (@case, _decided, _isOld) = (current, current.Decided, current.Decided is not null);
                if (_decided is not null)
                {
                    Look();
                }
                else
                {
                    LookAgainLater();
                }

                break;
            case CaseOpened opened:
                @case = @case with { HasRun = @case.HasRun || opened.HasRun };
                break;
            case CaseDecided decided:
                @case = @case with { IsDoubt = false };
                (_decided, _failures, _isOld, _hasBegun) = (decided.Choice is null ? null : decided, 0, false, false);
                Look();
                break;
            case DomainLooked looked when IsLooking && looked.Token == QuestionToken:
                _here = looked.Look;
                Consider();
                break;
            case HypervisorFailed failed when IsLooking && failed.Token == QuestionToken:
                EndLook();
                var silent = $"libvirt of this host cannot be asked: {failed.Error}";
                if (_decided is not null)
                {
                    // Who has decided it is told so, and will not expect it later, when much may have changed.
                    GiveUp(silent);
                }
                else
                {
                    AnswerAll(new CaseAnswered(false, silent));
                }

                break;
            case CaseStands stands when IsLooking && stands.Question == _question:
                _there = stands;
                if (stands.HasRun && !@case.HasRun)
                {
                    // It may be silent when that counts.
                    Context.Tell(around.Host, new CaseHasRun(Migration));
                }

                Consider();
                break;
            case Ask when _asked < options.AnswerTries:
                AskPeer();
                break;
            case Ask:
                _asked++;
                if (_here is null)
                {
                    // Libvirt takes long, or its answer was lost with whoever asked it.
                    LookAgainLater();
                }

                Consider();
                break;
            case Again:
                Look();
                break;
            case DomainDone done when _decided is not null:
                Done(done);
                break;
        }
    }

    private void Look()
    {
        // Numbers that no earlier incarnation has used: an answer to one of its questions would be old news.
        (_question, _here, _there, _asked) = (Math.Max(_question + 1, Context.Now.WallMs), null, null, 0);
        Context.CancelTimer(Again);
        Context.Tell(around.Hypervisor, new LookAtDomain(Context.Self, QuestionToken, @case.Plan.Vm.Uuid));
        AskPeer();
    }

    private void AskPeer()
    {
        _asked++;
        Context.Tell(around.Membership, new SendToPeer(Peer, "case", new GetCase(@case.Plan, _question), incarnation));
        Context.StartTimer(Ask, Ask, options.AnswerMs);
    }

    private void EndLook()
    {
        _asked = 0;
        Context.CancelTimer(Ask);
        LookAgainLater();
    }

    /// <summary>The source tells nobody how it was resolved: whoever waits for that asks. What was decided is gone on with, too.</summary>
    private void LookAgainLater()
    {
        if (!@case.IsDoubt)
        {
            Context.StartTimer(Again, Again, options.RoundMs);
        }
    }

    /// <summary>Once both hosts have been asked, and the other one has answered or is silent.</summary>
    private void Consider()
    {
        if (_here is not { } here || (_there is null && _asked <= options.AnswerTries))
        {
            return;
        }

        EndLook();
        var now = new Resolution(@case, here, _there);
        if (_decided is { Choice: { } choice } decided)
        {
            GoOn(now, decided, choice);
        }
        else if (!@case.IsDoubt && now.ByItself() is { } itself && (@case.IsArrival || _askers.Count > 0))
        {
            var person = _there?.Closed is null && _askers.Count > 0 ? _askers[0].Person : Peer;
            _waiting.AddRange(_askers.Select(a => a.ReplyTo));
            _askers.Clear();
            Context.Tell(around.Host, new DecideCase(new CaseDecided(Migration, itself, person, now.States)));
        }
        else
        {
            foreach (var asker in _askers)
            {
                Answer(asker, now);
            }

            _askers.Clear();
            if (!@case.IsArrival && !@case.IsDoubt && _there is { IsKnown: false })
            {
                // It has lost its journal, or has not heard of it yet: until it knows, it would move the VM on, away from what is left of it here.
                Context.Tell(around.Membership, new SendToPeer(
                    Peer, "arrival/" + Migration, new CloseArrival(Migration, LegOutcome.NeedsOperator, @case.Plan), incarnation));
            }
        }
    }

    private void Answer(ResolveMigration asker, Resolution now)
    {
        CaseChoice? choice = asker switch
        {
            { IsLost: true } => CaseChoice.Lost,
            { RunsOn: { } host } when host == @case.Plan.To => CaseChoice.RunsOnDestination,
            { RunsOn: { } host } when host == @case.Plan.From => CaseChoice.RunsOnSource,
            _ => null,
        };
        var view = now.View();
        var option = choice is { } chosen ? now.Option(chosen) : null;
        if (option is null && asker.RunsOn is not null)
        {
            Context.Tell(asker.ReplyTo, new CaseAnswered(false, $"{Migration} is between {@case.Plan.From} and {@case.Plan.To}; '{asker.RunsOn}' is neither", view));
        }
        else if (option is { IsPossible: false })
        {
            Context.Tell(asker.ReplyTo, new CaseAnswered(false, option.Text, view));
        }
        else if (option is null || asker.Seen is null)
        {
            Context.Tell(asker.ReplyTo, new CaseAnswered(true, option?.Text, view));
        }
        else if (asker.Seen != now.Seen)
        {
            Context.Tell(asker.ReplyTo, new CaseAnswered(false, $"the states are not those of plan {asker.Seen} any more; look at them anew", view));
        }
        else
        {
            _waiting.Add(asker.ReplyTo);
            Context.Tell(around.Host, new DecideCase(new CaseDecided(Migration, choice, asker.Person, now.States)));
        }
    }

    private void GoOn(Resolution now, CaseDecided decided, CaseChoice choice)
    {
        if (now.WhyNotGoOn(choice) is { } why)
        {
            GiveUp(why);
        }
        else if (now.Next(choice) is { } verb && _failures < options.AnswerTries)
        {
            if (WhyNotAnyMore(now, decided, verb) is { } changed)
            {
                GiveUp(changed);
                return;
            }

            Context.Tell(around.Hypervisor, new DoToDomain(Context.Self, Migration, @case.Plan.Vm.Uuid, verb));
        }
        else
        {
            var rest = now.Rest(choice) is { } left ? "; " + left : "";
            var text = choice switch
            {
                CaseChoice.RunsOnDestination => $"{@case.Plan.Vm.Name} runs on {@case.Plan.To}",
                CaseChoice.RunsOnSource => $"{@case.Plan.Vm.Name} is on {@case.Plan.From}",
                _ => $"{@case.Plan.Vm.Name} is lost",
            };
            Context.Tell(around.Host, new CloseCase(
                new CaseClosed(Migration, Resolution.OutcomeOf(choice), decided.Person, decided.Seen, text + rest, Context.Now.WallMs), [.. _waiting]));
        }
    }

    /// <summary>A person decides for what is seen at that time. A paused copy that is let go on much later could be older than what ran meanwhile.</summary>
    private string? WhyNotAnyMore(Resolution now, CaseDecided decided, DomainVerb verb) => verb switch
    {
        DomainVerb.SetAutostart => null,
        DomainVerb.Resume when _isOld => "the agent was restarted before it was done; look at both hosts anew",
        _ when !_isOld && !_hasBegun && now.States != decided.Seen => $"the states are not those that were seen any more ({now.States}); look at them anew",
        _ => null,
    };

    private void Done(DomainDone done)
    {
        if (done.Error is null)
        {
            _hasBegun = true;
            Look();
        }
        else if (++_failures >= options.AnswerTries && done.Verb != DomainVerb.SetAutostart)
        {
            GiveUp($"libvirt does not {Words.Of(done.Verb)}: {done.Error}");
        }
        else
        {
            Context.StartTimer(Again, Again, options.AnswerMs);
        }
    }

    private void GiveUp(string why)
    {
        Context.Tell(around.Host, new DecideCase(new CaseDecided(Migration, null, _decided!.Person, why)));
        AnswerAll(new CaseAnswered(false, $"it was given up: {why}"));
        _decided = null;
    }

    private void AnswerAll(CaseAnswered answer)
    {
        foreach (var asker in _askers.Select(a => a.ReplyTo).Concat(_waiting))
        {
            Context.Tell(asker, answer);
        }

        _askers.Clear();
        _waiting.Clear();
    }
}
