using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <summary>
/// The source's half of a migration: asks the destination to get ready, has libvirt migrate, switches to post-copy after one pass, and finds out
/// where the guest is if anything breaks. Every phase is journaled before it can be seen.
/// </summary>
/// <param name="plan">What is to be done.</param>
/// <param name="latestStartMs">After this moment of the monotonic clock libvirt is not called any more.</param>
/// <param name="leaseMs">The lease of which that is two thirds.</param>
/// <param name="isNew">False if the agent was restarted since this migration was opened: then it is followed, and never begun.</param>
/// <param name="destination">Where the destination's libvirt is.</param>
/// <param name="around">The other actors.</param>
/// <param name="options">All numbers.</param>
/// <param name="incarnation">The host's incarnation.</param>
internal sealed class MigrationActor(
    MigrationPlan plan, long latestStartMs, long leaseMs, bool isNew, Member? destination, HalfSurroundings around, ActorMigOptions options, long incarnation)
    : PersistentActor("migration-" + plan.Migration)
{
    private const string LookToken = "look";
    private const string CallToken = "call";
    private const string Poll = "poll";
    private const string Ask = "ask";
    private const long SwitchRetryMs = 20;

    /// <summary>So much of the lease's last third the disk may take between the decision to call libvirt and the call.</summary>
    private const long WriteMs = 10_000;
    private const int FirstSwitchIteration = 2;
    private const int AnnounceBackOffMax = 60;
    private const int Patience = 10;

    private MigrationPhase _phase = MigrationPhase.Preparing;
    private bool _isPrepared;
    private bool _isAutostartHeld;
    private bool _hasBegun;
    private bool _isSwitchIntended;
    private bool _hasPostCopyBegun;
    private bool _isDoubleRunSeen;
    private MigrationSettled? _settled;

    private int _asked;
    private ArrivalReady? _ready;
    private bool _isGivenUp;
    private bool _isCalling;
    private bool _isSwitchAsked;
    private string? _error;
    private string? _refusal;
    private bool _hasEndBeenSeen;
    private JobFigures? _figures;
    private bool _isReturnedWell;
    private bool _isArrivalClosed;
    private bool _isSettling;
    private bool _isDoubting;
    private DomainLook? _latest;
    private DomainLook? _seen;
    private long _question;
    private long? _askedAtMs;
    private long? _answeredAtMs;
    private ArrivalStands? _arrival;
    private long? _unclearSinceMs;
    private int _looksWithoutFigures;
    private long? _restoringSinceMs;
    private (LegOutcome Outcome, string Reason)? _ending;
    private int _failedLooks;
    private int _doubleLooks;
    private int _announced;

    protected override void Apply(object @event)
    {
        switch (@event)
        {
            case MigrationPrepared:
                _isPrepared = true;
                break;
            case AutostartHeld:
                _isAutostartHeld = true;
                break;
            case PreCopyBegan:
                _hasBegun = true;
                _phase = MigrationPhase.PreCopy;
                break;
            case SwitchIntended:
                _isSwitchIntended = true;
                _phase = MigrationPhase.Switching;
                break;
            case PostCopyBegan:
                _hasPostCopyBegun = true;
                _phase = MigrationPhase.PostCopy;
                break;
            case MigrationBroke:
                _phase = MigrationPhase.Recovering;
                break;
            case DoubleRunSeen:
                _isDoubleRunSeen = true;
                break;
            case MigrationSettled e:
                _phase = MigrationPhase.Ended;
                _settled = e;
                break;
        }
    }

    protected override void Recovered()
    {
        if (_settled is not null)
        {
            // Whether the destination has spoken since is not known any more: it is asked.
            _isDoubting = _settled.Outcome == LegOutcome.Failed && _hasBegun;
            Announce(_settled);
            return;
        }

        Context.Tell(around.Hypervisor, new SubscribeDomain(Context.Self, plan.Vm.Uuid));
        if (!_isPrepared && !isNew)
        {
            Settle(LegOutcome.Failed, $"{plan.From} was restarted before the migration had begun");
            return;
        }

        if (!_isPrepared)
        {
            Context.Persist(new MigrationPrepared(plan));
            Report(null, $"asks {plan.To} to get ready");
            AskToPrepare();
            return;
        }

        // We were away. What was only prepared is never started now; everything else libvirt tells.
        Report(null, "was restarted: looks where the guest is");
        Look();
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ArrivalReady ready when IsAsking:
                Begin(ready);
                break;
            case ArrivalRefused refused when IsAsking:
                Settle(LegOutcome.Failed, $"{plan.To} refused ({Words.Of(refused.Refusal)}): {refused.Reason}", refusal: refused.Refusal);
                break;
            case Ask when IsAsking:
                AskAgain();
                break;
            case Ask when IsHolding:
                Hold();
                break;
            case DomainDone { Verb: DomainVerb.ClearAutostart, Error: null } when IsHolding:
                Call();
                break;
            case Ask when _settled is not null:
                Announce(_settled);
                break;
            case DomainIterated iterated:
                SwitchAfterFirstPass(iterated.Iteration);
                break;
            case DomainDone { Verb: DomainVerb.StartPostCopy, Error: not null } when IsSwitchDue:
                // libvirt takes it only once the job is really active, and its daemon may be away: asked again when a look shows that it is still in pre-copy.
                _isSwitchAsked = false;
                Context.StartTimer(Poll, Poll, SwitchRetryMs);
                break;
            case DomainDone { Verb: not DomainVerb.StartPostCopy } done:
                if (done.Error is not null && done.Error != _refusal)
                {
                    _refusal = done.Error;
                    Context.Note(401, $"{plan.Migration}: {Words.Of(done.Verb)} of {plan.Vm.Name}: {done.Error}");
                }
                else if (done.Error is null && IsOpen)
                {
                    Look();
                }

                break;
            case DomainJobCompleted completed:
                _figures = completed.Figures;
                break;
            case DomainHappened happened:
                _hasEndBeenSeen |= happened.Event is "stopped/destroyed" or "stopped/shutdown";
                if (happened.Event == "suspended/post-copy")
                {
                    EnterPostCopy(null);
                }

                break;
            case DomainChanged changed:
                See(changed.Look);
                break;
            case MigrateReturned returned:
                Return(returned);
                break;
            case DomainLooked looked:
                See(looked.Look);
                break;
            case HypervisorFailed or Poll when _settled is null:
                if (message is HypervisorFailed)
                {
                    Context.StartTimer(Poll, Poll, options.Migration.PollMs);
                    break;
                }

                Look();
                break;
            case ArrivalStands stands:
                Hear(stands);
                break;
            case ArrivalClosed when _settled is not null && !_isDoubting:
                _isArrivalClosed = true;
                Announce(_settled);
                break;
        }
    }

    /// <summary>True from the intent to switch until libvirt shows it, also when its call broke and the migration goes on.</summary>
    private bool IsSwitchDue => _isSwitchIntended && !_hasPostCopyBegun && _ending is null && _phase is MigrationPhase.Switching or MigrationPhase.Recovering;

    private bool IsOpen => _settled is null || _isDoubting;

    /// <summary>True from the question whether the destination is ready to its answer.</summary>
    private bool IsAsking => _phase == MigrationPhase.Preparing && _isPrepared && _asked > 0 && _ready is null && !_isGivenUp;

    /// <summary>True from then until libvirt is called.</summary>
    private bool IsHolding => _phase == MigrationPhase.Preparing && _ready is not null && !_isCalling && !_isGivenUp;

    private void AskToPrepare()
    {
        _asked++;
        Send("barter", new PrepareArrival(plan));
        Context.StartTimer(Ask, Ask, options.AnswerMs);
    }

    private void AskAgain()
    {
        if (_asked >= options.AnswerTries)
        {
            Settle(LegOutcome.Failed, $"{plan.To} did not answer {_asked} times");
            return;
        }

        AskToPrepare();
    }

    private void Begin(ArrivalReady ready)
    {
        if (destination is null)
        {
            Settle(LegOutcome.Failed, $"{plan.To} is not a member any more");
            return;
        }

        _ready = ready;
        if (!plan.Vm.IsAutostart)
        {
            Call();
            return;
        }

        Context.Persist(new AutostartHeld(plan.Migration));
        Hold();
    }

    /// <summary>What begins to leave does not start with this host: see <see cref="AutostartHeld"/>. libvirt is asked until it has done it or it is too late.</summary>
    private void Hold()
    {
        if (!IsTooLate())
        {
            Do(DomainVerb.ClearAutostart);
            Context.StartTimer(Ask, Ask, options.AnswerMs);
        }
    }

    private bool IsTooLate()
    {
        if (Context.Now.MonotonicMs <= latestStartMs)
        {
            return false;
        }

        (_isGivenUp, _error) = (true, $"too little is left of the lease on {plan.To} to begin now");
        Look();
        return true;
    }

    private void Call()
    {
        if (IsTooLate())
        {
            return;
        }

        _isCalling = true;
        Context.CancelTimer(Ask);
        Context.Persist(new PreCopyBegan(plan.Migration, _ready!.Session));
        Context.Tell(around.Hypervisor, new MigrateDomain(
            Context.Self, CallToken, plan.Vm.Uuid, destination!.LibvirtUri, destination.DataUri, plan.Vm.IsPersistent, options.Migration,
            latestStartMs + Math.Min(WriteMs, leaseMs / 4)));
        Report(null, "pre-copy: one pass while the guest runs here", MigrationPhase.PreCopy);
        Context.StartTimer(Poll, Poll, options.Migration.PollMs);
    }

    private void SwitchAfterFirstPass(long iteration)
    {
        // Also when libvirt's call broke and the migration goes on: a migration from daemon to daemon does not need us.
        if (_phase is MigrationPhase.PreCopy or MigrationPhase.Recovering && !_isSwitchIntended && _ending is null && iteration >= FirstSwitchIteration && _settled is null)
        {
            Context.Persist(new SwitchIntended(plan.Migration, iteration));
            AskToSwitch();
            Report(null, "switching to post-copy", MigrationPhase.Switching);
        }
    }

    /// <summary>Post-copy may be over before a look shows it: the event alone is enough.</summary>
    private void EnterPostCopy(JobFigures? figures)
    {
        if (IsSwitchDue)
        {
            Context.Persist(new PostCopyBegan(plan.Migration));
            Report(figures, $"post-copy: the guest runs on {plan.To}, its memory follows", MigrationPhase.PostCopy);
        }
    }

    private void AskToSwitch()
    {
        _isSwitchAsked = true;
        Do(DomainVerb.StartPostCopy);
    }

    private void Return(MigrateReturned returned)
    {
        (_isCalling, _unclearSinceMs) = (false, null);
        (_error, _isReturnedWell) = (returned.Error, returned.Error is null);
        if (returned.Error is not null && _phase is not (MigrationPhase.Recovering or MigrationPhase.Ended))
        {
            Context.Persist(new MigrationBroke(plan.Migration, returned.Error));
            Report(null, "broke: " + returned.Error, MigrationPhase.Recovering);
        }

        Look();
    }

    private void Look()
    {
        Context.Tell(around.Hypervisor, new LookAtDomain(Context.Self, LookToken, plan.Vm.Uuid));
        if (!_isDoubting)
        {
            Context.StartTimer(Poll, Poll, options.Migration.PollMs);
        }
    }

    private void See(DomainLook look)
    {
        if (!IsOpen || _isSettling || IsAsking || IsHolding)
        {
            return;
        }

        _latest = look;
        if (look.Job == DomainJob.Outgoing)
        {
            _unclearSinceMs = _isCalling ? null : _unclearSinceMs;
            SwitchAfterFirstPass(look.Figures?.Iteration ?? 0);
            if (look.State == DomainState.Running && IsSwitchDue && !_isSwitchAsked)
            {
                AskToSwitch();
            }
        }

        if (look is { State: DomainState.Paused, Reason: StateReason.PostCopy } && IsSwitchDue)
        {
            EnterPostCopy(look.Figures);
        }
        else if (look.Figures is not null && _isCalling)
        {
            Report(look.Figures, Words.Of(_phase));
        }

        if (_isCalling && look.Job != DomainJob.Outgoing && _phase != MigrationPhase.Preparing)
        {
            // The call's return is awaited, but not for ever: an edge that was restarted has forgotten it.
            _unclearSinceMs ??= Context.Now.MonotonicMs;
            _isCalling = Context.Now.MonotonicMs - _unclearSinceMs <= options.Migration.UnclearMs;
        }
        else if (!_isCalling)
        {
            Wonder(look);
        }
    }

    /// <summary>
    /// Nobody calls libvirt for this migration any more: what follows from the states? The destination is asked after the source was looked at,
    /// and only its answer to this very question counts.
    /// </summary>
    private void Wonder(DomainLook look)
    {
        if (_phase == MigrationPhase.Preparing)
        {
            ConcludeUnbegun(look);
            return;
        }

        Conclude(look, null);
        if (!_isSettling && (_seen is null || Context.Now.MonotonicMs - _askedAtMs >= options.AnswerMs))
        {
            // Numbers that no earlier incarnation of this half has used: an answer to one of its questions would be old news.
            (_seen, _askedAtMs, _question) = (look, Context.Now.MonotonicMs, Math.Max(_question + 1, Context.Now.WallMs));
            Send("arrival/" + plan.Migration, new GetArrival(plan, _question));
        }
    }

    private void Hear(ArrivalStands stands)
    {
        if (IsOpen && !_isSettling && !_isCalling && stands.Question == _question && _seen is { } look)
        {
            _seen = null;
            _arrival = stands;
            if ((look.State, look.Reason, look.Job) == (_latest?.State, _latest?.Reason, _latest?.Job))
            {
                Conclude(look, stands);
            }
        }
    }

    /// <summary>The agent was restarted before libvirt was called: only the source matters.</summary>
    private void ConcludeUnbegun(DomainLook look)
    {
        if (look.State is DomainState.Absent or DomainState.Shutoff)
        {
            SettleAsItWas(look, LegOutcome.Gone, $"{plan.Vm.Name} was ended by its owner before the migration had begun");
        }
        else if (look.Job != DomainJob.Outgoing && (_isGivenUp || ++_failedLooks > options.AnswerTries))
        {
            SettleAsItWas(
                look, LegOutcome.Failed, $"{_error ?? $"{plan.From} was restarted before libvirt had begun"}; {plan.Vm.Name} is on {plan.From} ({look.InWords()})");
        }
    }

    private void Conclude(DomainLook look, ArrivalStands? stands)
    {
        if (_isDoubleRunSeen)
        {
            StopDoubleRun(look);
            return;
        }

        var verdict = Reconcile.Judge(look, stands, _isSwitchIntended, _hasEndBeenSeen);
        if (stands is not null)
        {
            _doubleLooks = verdict == Verdict.DoubleRun ? _doubleLooks + 1 : 0;
            if (_answeredAtMs is not { } before || Context.Now.MonotonicMs - before > options.Migration.UnclearMs)
            {
                // A peer that was silent can be heard again: what was not clear without it has its whole time from now on.
                _unclearSinceMs = null;
            }

            _answeredAtMs = Context.Now.MonotonicMs;
        }

        if (verdict == Verdict.Running)
        {
            _unclearSinceMs = null;
            if (_ending is { } ending)
            {
                // This migration was over, and the next one is somebody else's.
                Settle(ending.Outcome, ending.Reason);
            }

            return;
        }

        if (_isDoubting && verdict is not (Verdict.DoubleRun or Verdict.Wait))
        {
            if (verdict is Verdict.CompletedDestroyRemnant or Verdict.ResumeSource or Verdict.NeedsOperator)
            {
                // It runs there, too, and somebody has paused it here meanwhile: which copy is good cannot be told from here.
                Settle(LegOutcome.NeedsOperator, Commands(look));
            }
            else if (verdict != Verdict.Failed || IsAsItWas(look))
            {
                _isDoubting = false;
                Announce(_settled!);
            }

            return;
        }

        _unclearSinceMs ??= Context.Now.MonotonicMs;
        var unclearMs = Context.Now.MonotonicMs - _unclearSinceMs.Value;
        switch (verdict)
        {
            case Verdict.Completed:
                Complete();
                break;
            case Verdict.CompletedUndefineSource when unclearMs <= options.Migration.UnclearMs:
                Remedy(DomainVerb.Undefine);
                break;
            case Verdict.CompletedDestroyRemnant when unclearMs <= options.Migration.UnclearMs:
                Remedy(DomainVerb.DestroyRemnant);
                break;
            case Verdict.ResumeSource when unclearMs <= options.Migration.UnclearMs:
                Remedy(DomainVerb.Resume);
                break;
            case Verdict.Failed:
                Fail(look);
                break;
            case Verdict.Gone:
                SettleAsItWas(look, LegOutcome.Gone, $"{plan.Vm.Name} was ended by its owner");
                break;
            case Verdict.DoubleRun:
                StopDoubleRun(look);
                break;
            case Verdict.Wait when stands is null && _isReturnedWell && look.State is DomainState.Absent:
                // libvirt itself has said that the guest runs there.
                Complete();
                break;
            case Verdict.Wait when stands is null:
                BePatient(look, unclearMs);
                break;
            default:
                if (unclearMs > options.Migration.UnclearMs)
                {
                    LeaveToPerson(look, stands);
                }

                break;
        }
    }

    /// <summary>A guest that its host took with it, and that never was anywhere else, starts with that host again the next time.</summary>
    private void LeaveToPerson(DomainLook look, ArrivalStands? stands)
    {
        if (look.State == DomainState.Shutoff && stands is { HasRun: false, Look.State: DomainState.Absent } && !_isSwitchIntended)
        {
            SettleAsItWas(
                look,
                LegOutcome.NeedsOperator,
                $"{plan.Vm.Name} was lost with {plan.From} before it had gone to {plan.To}, and {plan.From} did not start it by itself as it was about to leave: " +
                $"let it run with `virsh start {plan.Vm.Name}` on {plan.From}");
        }
        else
        {
            Settle(LegOutcome.NeedsOperator, Commands(look));
        }
    }

    /// <summary>The destination is silent: in the unknown nothing is done, and a peer that only restarts is waited for.</summary>
    private void BePatient(DomainLook look, long unclearMs)
    {
        // Where the guest was seen on both sides once, its answer to the second question is waited for, however long.
        if (_isDoubting || _doubleLooks > 0 || unclearMs <= Patience * options.Migration.UnclearMs)
        {
            return;
        }

        if (look.State == DomainState.Running)
        {
            Settle(
                LegOutcome.Failed,
                $"{plan.Vm.Name} is on {plan.From} ({look.InWords()}): {_error ?? "libvirt gave up"}; {plan.To} is silent and will be asked when it can be heard again",
                isInDoubt: true);
        }
        else
        {
            Settle(LegOutcome.NeedsOperator, Commands(look));
        }
    }

    /// <summary>A guest that runs here alone is no news while libvirt may only be about to begin.</summary>
    private void Fail(DomainLook look)
    {
        if (_error is null && ++_failedLooks <= 2 * options.AnswerTries)
        {
            return;
        }

        SettleAsItWas(
            look,
            LegOutcome.Failed,
            $"{plan.Vm.Name} is on {plan.From} ({look.InWords()}): {_error ?? "the agent was restarted before libvirt had begun, or libvirt gave up"}");
    }

    /// <summary>The guest has not left: it starts with this host again, and only then this migration has its end.</summary>
    private void SettleAsItWas(DomainLook look, LegOutcome outcome, string reason)
    {
        _ending = (outcome, reason);
        if (IsAsItWas(look))
        {
            Settle(outcome, reason);
        }
        else if (Context.Now.MonotonicMs - _restoringSinceMs > Patience * options.Migration.UnclearMs)
        {
            Settle(outcome, $"{reason}. {plan.From}'s libvirt does not let it start with its host again: say `virsh autostart {plan.Vm.Name}` there.");
        }
    }

    /// <summary>Asks libvirt, again and again, for what was held at the beginning.</summary>
    private bool IsAsItWas(DomainLook look)
    {
        if (!_isAutostartHeld || look.IsAutostart || look.State == DomainState.Absent || !look.IsPersistent)
        {
            return true;
        }

        _restoringSinceMs ??= Context.Now.MonotonicMs;
        Do(DomainVerb.SetAutostart);
        return false;
    }

    /// <summary>The guest runs twice: the copy here is suspended, again and again until libvirt shows it; nothing else is touched.</summary>
    private void StopDoubleRun(DomainLook look)
    {
        if (look.State != DomainState.Running)
        {
            Settle(
                LegOutcome.NeedsOperator,
                $"ALARM: {plan.Vm.Name} was seen running on {plan.From} and on {plan.To}; the copy on {plan.From} was suspended ({look.InWords()}), nothing else was touched. " +
                $"Find out which copy is good, and end the other with `virsh destroy {plan.Vm.Name}` and `virsh undefine {plan.Vm.Name}` on its host.{AutostartToo()}");
        }
        else if (_isDoubleRunSeen || _doubleLooks >= 2)
        {
            if (!_isDoubleRunSeen)
            {
                Context.Persist(new DoubleRunSeen(plan.Migration));
            }

            Do(DomainVerb.Suspend);
        }
        else
        {
            Look();
        }
    }

    private void Remedy(DomainVerb verb)
    {
        Context.Persist(new RemedyIntended(plan.Migration, verb));
        Do(verb);
    }

    private void Complete()
    {
        // The figures come as an event of their own, maybe a little later than libvirt's return.
        if (_figures?.DowntimeMs is null && _isReturnedWell && _looksWithoutFigures++ < options.AnswerTries && _isSwitchIntended)
        {
            return;
        }

        Settle(
            LegOutcome.Completed,
            $"{plan.Vm.Name} runs on {plan.To}",
            new MigrationFigures(_figures?.ElapsedMs, _figures?.DowntimeMs, _figures?.ProcessedBytes, _figures?.Iteration, _figures?.PostCopyRequests));
    }

    private string Commands(DomainLook look)
    {
        var states = $"On {plan.From}: {look.InWords()}. On {plan.To}: {_arrival?.Look.InWords() ?? "no answer"}. {_error} " +
            $"Look with `virsh domstate {plan.Vm.Name} --reason` on both hosts. ";
        return states + look.State switch
        {
            DomainState.Running => $"It runs on {plan.From}; a paused copy on {plan.To} is removed there with `virsh destroy {plan.Vm.Name}`.",
            DomainState.Absent or DomainState.Shutoff =>
                $"If it runs on {plan.To}, nothing is to be done; if it runs on neither, let it run with `virsh start {plan.Vm.Name}` where its definition is.",
            _ => $"If it runs on {plan.To}, remove the paused copy with `virsh destroy {plan.Vm.Name}` on {plan.From}; " +
                $"only if it never ran on {plan.To}, let it run with `virsh resume {plan.Vm.Name}` on {plan.From}.",
        } + AutostartToo();
    }

    private string AutostartToo() =>
        _isAutostartHeld ? $" It does not start with {plan.From} any more: say `virsh autostart {plan.Vm.Name}` where it stays." : "";

    private void Settle(LegOutcome outcome, string reason, MigrationFigures? figures = null, bool isInDoubt = false, Refusal? refusal = null)
    {
        var settled = new MigrationSettled(plan.Migration, outcome, reason, figures, refusal);
        (_isSettling, _isDoubting) = (!isInDoubt, isInDoubt);
        Context.CancelTimer(Poll);
        Context.Persist(settled);
        Report(null, reason, MigrationPhase.Ended);
        Announce(settled);
    }

    /// <summary>Says how it ended, to all whom it concerns, until the HostActor lets this actor go.</summary>
    private void Announce(MigrationSettled settled)
    {
        // The guest runs here, and the destination was silent: it is asked until it says that the guest does not run there, too.
        Context.Tell(around.Host, new MigrationEnded(plan, settled.Outcome, settled.Reason, _isDoubting));
        if (_isArrivalClosed)
        {
            Context.Tell(around.Host, new HalfClosed(plan, IsArrival: false));
        }
        else if (_isDoubting)
        {
            Look();
        }
        else
        {
            Send("arrival/" + plan.Migration, new CloseArrival(plan.Migration, settled.Outcome, plan));
        }

        _announced++;
        Context.StartTimer(Ask, Ask, options.AnswerMs * Math.Min(_announced, AnnounceBackOffMax));
    }

    private void Do(DomainVerb verb) => Context.Tell(around.Hypervisor, new DoToDomain(Context.Self, CallToken, plan.Vm.Uuid, verb));

    private void Send(string actor, object message) => Context.Tell(around.Membership, new SendToPeer(plan.To, actor, message, incarnation));

    private void Report(JobFigures? figures, string text, MigrationPhase? phase = null) =>
        Context.Tell(around.Host, new MigrationProgressed(plan, phase ?? _phase, figures, text));
}
