using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
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
internal sealed partial class MigrationActor(
    MigrationPlan plan, long latestStartMs, long leaseMs, bool isNew, Member? destination, HalfSurroundings around, ActorMigOptions options, long incarnation)
    : PersistentActor("migration-" + plan.Migration)
{
    private const string LookToken = "look";
    private const string KindToken = "kind";
    private const string CallToken = "call";
    private const string Poll = "poll";
    private const string Ask = "ask";
    private const long SwitchRetryMs = 20;

    /// <summary>So much of the lease's last third the disk may take between the decision to call libvirt and the call.</summary>
    private const long WriteMs = 10_000;
    private const int AnnounceBackOffMax = 60;

    private MigrationPhase _phase = MigrationPhase.Preparing;
    private bool _isPrepared;
    private bool _isAutostartHeld;
    private bool _isSwitchIntended;
    private bool _hasPostCopyBegun;
    private bool _isDoubleRunSeen;
    private Member? _calledFor;
    private int _resumes;
    private string? _abortReason;
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
    private bool _isKindSeen;
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
    private long? _resumedAtMs;

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
            case PreCopyBegan e:
                _phase = MigrationPhase.PreCopy;
                _calledFor = e is { LibvirtUri: { } uri, DataUri: { } data } ? new Member(plan.To, uri, data) : null;
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
            case ResumeIntended e:
                _resumes = e.Try;
                break;
            case AbortIntended e:
                _abortReason = e.Reason;
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
        Context.Tell(around.Hypervisor, new SubscribeDomain(Context.Self, plan.Vm.Uuid));
        if (_settled is not null)
        {
            // Whether the destination has spoken since is not known any more: it is asked.
            _isDoubting = _settled.IsInDoubt;
            Announce(_settled);
            return;
        }

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
            case Ask when IsHolding && !_isKindSeen:
                LookAtKind();
                break;
            case DomainLooked { Token: KindToken } looked when IsHolding && !_isKindSeen:
                SeeKind(looked.Look);
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
            case DomainIterated iterated when IsInPreCopy:
                BeginPass(iterated.Iteration);
                break;
            case AbortMigration abort:
                Abort(abort);
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
            case DoubtLeftToPerson when _isDoubting:
                Settle(LegOutcome.NeedsOperator, _settled!.Reason);
                break;
            case ArrivalClosed when _settled is not null && !_isDoubting:
                _isArrivalClosed = true;
                Announce(_settled);
                break;
        }
    }

    /// <summary>True from the intent to switch until libvirt shows it, also when its call broke and the migration goes on.</summary>
    private bool IsSwitchDue => _isSwitchIntended && !_hasPostCopyBegun && _ending is null && _phase is MigrationPhase.Switching or MigrationPhase.Recovering;

    /// <summary>Without a pass of pre-copy the switch is due as soon as libvirt shows the job.</summary>
    private bool IsSwitchSoon => plan.Vm.Mode == MigrationMode.Direct && _phase == MigrationPhase.PreCopy && _isCalling;

    /// <summary>Where the destination's libvirt is: as members are known now, or as it was when the migration began.</summary>
    private Member? Destination => destination ?? _calledFor;

    private bool IsOpen => _settled is null || _isDoubting;

    /// <summary>True from the question whether the destination is ready to its answer.</summary>
    private bool IsAsking => _phase == MigrationPhase.Preparing && _isPrepared && _asked > 0 && _ready is null && !_isGivenUp;

    /// <summary>True from then until libvirt is called.</summary>
    private bool IsHolding => _phase == MigrationPhase.Preparing && _ready is not null && !_isCalling && !_isGivenUp;

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
            Context.StartTimer(Poll, Poll, IsSwitchSoon ? SwitchRetryMs : options.Migration.PollMs);
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
            Converge(look);
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

        if (_isCalling && (look.Job != DomainJob.Outgoing || look.Reason == StateReason.PostCopyFailed) && _phase != MigrationPhase.Preparing)
        {
            // The call is over. Its return is awaited, but not for ever: an edge that was restarted has forgotten it.
            _unclearSinceMs ??= Context.Now.MonotonicMs;
            _isCalling = Context.Now.MonotonicMs - _unclearSinceMs <= options.Migration.UnclearMs;
        }
        else if (!_isCalling)
        {
            Wonder(look);
        }
    }

    private void Do(DomainVerb verb, long value = 0) => Context.Tell(around.Hypervisor, new DoToDomain(Context.Self, CallToken, plan.Vm.Uuid, verb, value));

    private void Send(string actor, object message) => Context.Tell(around.Membership, new SendToPeer(plan.To, actor, message, incarnation));

    private void Report(JobFigures? figures, string text, MigrationPhase? phase = null) =>
        Context.Tell(around.Host, new MigrationProgressed(plan, phase ?? _phase, figures, text));
}
