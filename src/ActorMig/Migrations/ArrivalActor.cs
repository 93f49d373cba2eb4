using System.Globalization;
using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.PreFlight;

namespace ActorMig.Migrations;

/// <summary>
/// The destination's half of a migration: says whether all is ready, watches the domain arrive, and can later state whether it ever ran here,
/// which is the only proof on which a source copy is resumed (S6).
/// </summary>
/// <param name="plan">What is to come.</param>
/// <param name="session">Our connection to libvirt; 0 if nobody watched from the beginning.</param>
/// <param name="cannotReceivePostCopy">Why post-copy cannot arrive here, if it cannot.</param>
/// <param name="around">The other actors.</param>
/// <param name="options">All numbers.</param>
/// <param name="incarnation">The host's incarnation.</param>
internal sealed class ArrivalActor(
    MigrationPlan plan, long session, string? cannotReceivePostCopy, HalfSurroundings around, ActorMigOptions options, long incarnation)
    : PersistentActor("arrival-" + plan.Migration)
{
    private const string WatchToken = "watch";
    private const string PrepareToken = "prepare";
    private const string StandsToken = "stands-";
    private const string GoneToken = "gone";
    private const string Poll = "poll";
    private const int AnnounceBackOffMax = 60;

    private long _session;
    private bool _isExpected;
    private bool _isSeen;
    private bool _hasRun;
    private ArrivalSettled? _settled;
    private DomainVerb? _autostartPut;

    private bool _isGapless = true;
    private LegOutcome? _closing;
    private long? _questionAtMs;
    private int _announced;
    private bool _isAutostartMoot;
    private string? _refusal;
    private bool _isReconsidered;
    private bool _wasInPostCopy;

    /// <summary>
    /// What is still to be put right of what libvirt does not carry along: its daemon may have been away just then. The source has held its own since before
    /// the migration began (<see cref="AutostartHeld"/>), so two hosts never start the guest; where a person must decide which copy is good, none does.
    /// </summary>
    private DomainVerb? AutostartDue => AutostartWanted(_settled is { HasCompleted: true });

    /// <summary>
    /// True while a guest that came by pre-copy may run on its source, too: libvirt starts it there again if its last call is lost, and the source's agent, which
    /// looks for that, has not been heard. Were it moved on, the second copy would never be found. In post-copy libvirt does no such thing.
    /// </summary>
    private bool IsInDoubt => _closing is null && !_wasInPostCopy && _settled is { HasCompleted: true };

    /// <summary>True once the source has closed this half. One that has come back and asks hears first how things stand; a look that is lost is not waited for.</summary>
    private bool MayGo => _closing is not null && !(_questionAtMs is { } at && Context.Now.MonotonicMs - at < options.AnswerMs);

    /// <summary>True if the source says that the guest has come, and this half that it has not: then libvirt here is asked once more.</summary>
    private bool IsContradicted => _closing == LegOutcome.Completed && _settled is { HasCompleted: false } && !_isReconsidered;

    protected override void Apply(object @event)
    {
        switch (@event)
        {
            case ArrivalExpected e:
                _isExpected = true;
                _session = e.Session;
                break;
            case ArrivalSeen:
                _isSeen = true;
                break;
            case ArrivalRan:
                _hasRun = true;
                break;
            case ArrivalAutostartPut e:
                _autostartPut = e.Verb;
                break;
            case ArrivalSettled e:
                _settled = e;
                break;
        }
    }

    protected override void Recovered()
    {
        Context.Tell(around.Hypervisor, new SubscribeDomain(Context.Self, plan.Vm.Uuid));
        if (!_isExpected)
        {
            Context.Persist(new ArrivalExpected(plan, session));
        }
        else
        {
            // Something may have happened while nobody looked.
            _isGapless = false;
            if (_isSeen && _settled is null)
            {
                Context.Tell(around.Host, new ArrivalCharged(plan));
            }

            if (_settled is not null)
            {
                Announce();
                return;
            }
        }

        Look(WatchToken);
        Context.StartTimer(Poll, Poll, options.Migration.PollMs);
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case PrepareArrival when plan.Vm.Needs is { } needs:
                Context.Tell(around.Hypervisor, new CheckArrival(Context.Self, PrepareToken, needs));
                break;
            case PrepareArrival:
                Look(PrepareToken);
                break;
            case ArrivalChecked looked:
                if (Finding.WhyNot(ArrivalChecks.Of(plan.Vm.Name, plan.Vm, plan.From, plan.To, looked.There)) is { } why)
                {
                    Send(new ArrivalRefused(plan.Migration, Refusal.PreFlight, why));
                    break;
                }

                Look(PrepareToken);
                break;
            case GetArrival get:
                // The number goes with the look: this very look is the answer.
                _questionAtMs = Context.Now.MonotonicMs;
                Look(StandsToken + get.Question.ToString(CultureInfo.InvariantCulture));
                break;
            case Poll when _settled is not null:
                Announce();
                break;
            case Poll:
                Look(WatchToken);
                Context.StartTimer(Poll, Poll, options.Migration.PollMs);
                break;
            case DomainDone { Error: null } done when done.Verb == AutostartDue:
                Context.Persist(new ArrivalAutostartPut(plan.Migration, done.Verb));
                Context.StartTimer(Poll, Poll, 0);
                break;
            case DomainDone { Error: { } error } done when error != _refusal:
                _refusal = error;
                Context.Note(401, $"{plan.Migration}: {Words.Of(done.Verb)} of {plan.Vm.Name}: {error}");
                break;
            case DomainHappened happened when happened.Event.StartsWith("resumed/", StringComparison.Ordinal):
                _wasInPostCopy |= happened.Event == "resumed/post-copy";
                NoteThatItRan();
                break;
            case DomainChanged changed:
                See(changed.Look);
                break;
            case DomainLooked { Token: PrepareToken } looked:
                AnswerPrepare(looked);
                break;
            case DomainLooked { Token: GoneToken } looked:
                See(looked.Look, isAskedForSince: true);
                break;
            case DomainLooked looked:
                See(looked.Look);
                if (looked.Token.StartsWith(StandsToken, StringComparison.Ordinal))
                {
                    _questionAtMs = null;
                    var question = long.Parse(looked.Token[StandsToken.Length..], CultureInfo.InvariantCulture);
                    Send(new ArrivalStands(plan.Migration, question, looked.Look, _hasRun || HasLeftPaused(looked.Look), _isGapless));
                }

                break;
            case CloseArrival close:
                Close(close.Outcome);
                break;
            case ForgetArrival when !_isSeen && _settled is null:
                _closing = LegOutcome.Failed;
                Settle(false, "nothing arrived before the lease was over");
                break;
        }
    }

    private static bool HasLeftPaused(DomainLook look) => look.State == DomainState.Running;

    private void Look(string token) =>
        Context.Tell(around.Hypervisor, new LookAtDomain(Context.Self, token, plan.Vm.Uuid, token == PrepareToken ? plan.Vm.Name : null));

    private void AnswerPrepare(DomainLooked looked)
    {
        if (cannotReceivePostCopy is not null && plan.Vm.Mode.NeedsPostCopy())
        {
            Send(new ArrivalRefused(plan.Migration, Refusal.NoPostCopy, cannotReceivePostCopy));
        }
        else if (looked.NameTakenBy is { } other)
        {
            Send(new ArrivalRefused(plan.Migration, Refusal.NameTaken, ArrivalChecks.NameTaken(plan.Vm.Name, plan.To, other)));
        }
        else if (looked.Look.State is DomainState.Running or DomainState.Paused)
        {
            Send(new ArrivalRefused(
                plan.Migration, Refusal.NotMovable, ArrivalChecks.ActiveThere(plan.Vm.Name, plan.To, looked.Look.InWords())));
        }
        else
        {
            Send(new ArrivalReady(plan.Migration, looked.Look.Session));
        }
    }

    private void NoteThatItRan()
    {
        if (_settled is null && !_hasRun)
        {
            Context.Persist(new ArrivalRan(plan.Migration));
        }
    }

    /// <summary>Takes in what libvirt shows.</summary>
    /// <param name="look">What it shows.</param>
    /// <param name="isAskedForSince">
    /// True if it was asked for after a look that showed nothing. Looks and events are heard in any order: one that shows nothing may be from before
    /// the domain came.
    /// </param>
    private void See(DomainLook look, bool isAskedForSince = false)
    {
        if (look.Session != _session)
        {
            _isGapless = false;
        }

        var hasArrived = look.IsWhole || (look.IsPausedByOwner && (_hasRun || _closing == LegOutcome.Completed));
        if (_settled is not null)
        {
            // Nothing starts with the host that is gone, or has no definition.
            _isAutostartMoot |= isAskedForSince && (look.State == DomainState.Absent || !look.IsPersistent);
            if (IsContradicted && isAskedForSince)
            {
                Reconsider(look, hasArrived);
            }

            return;
        }

        var isThere = look.State is not (DomainState.Absent or DomainState.Shutoff);
        if (isThere && !_isSeen)
        {
            Context.Persist(new ArrivalSeen(plan.Migration));
            Context.Tell(around.Host, new ArrivalCharged(plan));
        }

        _wasInPostCopy |= look is { State: DomainState.Running, Reason: StateReason.PostCopy or StateReason.PostCopyFailed };
        if (HasLeftPaused(look))
        {
            NoteThatItRan();
        }

        if (hasArrived)
        {
            Settle(true, $"{plan.Vm.Name} runs on {plan.To}");
        }
        else if (!isThere && !isAskedForSince && (_isSeen || _hasRun || _closing is not null))
        {
            Look(GoneToken);
        }
        else if (!isThere && (_isSeen || _hasRun || _closing is not null))
        {
            // What the source has said before this look needs no other one.
            _isReconsidered = _closing is not null;
            _isAutostartMoot = _isReconsidered && (look.State == DomainState.Absent || !look.IsPersistent);
            Settle(false, $"{plan.To} does not show {plan.Vm.Name} as coming any more ({look.InWords()})");
        }
    }

    private void Settle(bool hasCompleted, string reason)
    {
        var settled = new ArrivalSettled(plan.Migration, hasCompleted, reason);
        Context.Persist(settled);

        _isAutostartMoot &= !hasCompleted;
        if (AutostartWanted(hasCompleted) is { } verb)
        {
            // First, so that whoever moves it on moves it as what it is.
            Do(verb);
        }
        else
        {
            Context.Tell(around.Host, new ArrivalEnded(plan, hasCompleted, _hasRun, reason, hasCompleted && _closing is null && !_wasInPostCopy));
        }

        if (MayGo && AutostartWanted(hasCompleted) is null)
        {
            LetGo();
        }

        Context.StartTimer(Poll, Poll, options.AnswerMs);
    }

    /// <summary>The source knows better, or it came after this half had given it up: what has come is charged, and remembered as any other.</summary>
    private void Reconsider(DomainLook look, bool hasArrived)
    {
        if (hasArrived)
        {
            Context.Tell(around.Host, new ArrivalCharged(plan));
            Settle(true, $"{plan.Vm.Name} runs on {plan.To} after all");
        }
        else if (look.State is DomainState.Absent or DomainState.Shutoff || _announced >= options.AnswerTries)
        {
            _isReconsidered = true;
            Announce();
        }
    }

    private void Close(LegOutcome outcome)
    {
        if (_closing is null && outcome == LegOutcome.Failed && plan.Vm.IsAutostart && _settled is { HasCompleted: true } && _autostartPut is null)
        {
            Context.Note(401, $"{plan.Migration}: {plan.Vm.Name} runs on {plan.To}, and {plan.From} does not say that it has let it go: look whether it runs there, too; if not, say `virsh autostart {plan.Vm.Name}` on {plan.To}.");
        }

        _closing = outcome;
        if (outcome == LegOutcome.NeedsOperator)
        {
            Context.Tell(around.Host, new ArrivalLeftToPerson(plan, _hasRun));
        }

        if (_settled is not null)
        {
            Announce();
        }
        else
        {
            Look(WatchToken);
        }
    }

    /// <summary>Says how it ended until the HostActor lets this actor go.</summary>
    private void Announce()
    {
        if (_settled is not { HasCompleted: true } || AutostartDue != DomainVerb.SetAutostart || _announced >= options.AnswerTries)
        {
            Context.Tell(around.Host, new ArrivalEnded(plan, _settled!.HasCompleted, _hasRun, _settled.Reason, IsInDoubt));
        }

        if (IsContradicted)
        {
            Look(GoneToken);
        }
        else if (AutostartDue is { } verb)
        {
            Do(verb);
            Look(GoneToken);
        }
        else if (MayGo)
        {
            LetGo();
        }
        else if (_announced >= options.AnswerTries)
        {
            // Nobody closes this half: maybe it was closed before a restart. A source that has no half any more answers to a statement by closing.
            Look(StandsToken + "0");
        }

        _announced++;
        Context.StartTimer(Poll, Poll, options.AnswerMs * Math.Min(_announced, AnnounceBackOffMax));
    }

    private void LetGo()
    {
        Send(new ArrivalClosed(plan.Migration));
        Context.Tell(around.Host, new HalfClosed(plan, IsArrival: true));
    }

    private DomainVerb? AutostartWanted(bool hasCompleted)
    {
        DomainVerb? wanted = (plan.Vm.IsAutostart && !_isAutostartMoot, _closing) switch
        {
            (false, _) => null,
            (_, LegOutcome.Completed) => DomainVerb.SetAutostart,

            // One that may run on its source, too, starts with neither host: a loss of power here would let it run twice.
            (_, null) when hasCompleted && _wasInPostCopy => DomainVerb.SetAutostart,
            (_, LegOutcome.NeedsOperator) when hasCompleted => DomainVerb.ClearAutostart,
            _ => null,
        };
        return wanted == _autostartPut ? null : wanted;
    }

    private void Do(DomainVerb verb) => Context.Tell(around.Hypervisor, new DoToDomain(Context.Self, WatchToken, plan.Vm.Uuid, verb));

    private void Send(object message) =>
        Context.Tell(around.Membership, new SendToPeer(plan.From, "migration/" + plan.Migration, message, incarnation));
}
