using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <content>How it begins, up to the switch.</content>
internal sealed partial class MigrationActor
{
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
        LookAtKind();
    }

    /// <summary>The plan is from the last round: what its owner has made of the guest since must not be lost on the way.</summary>
    private void LookAtKind()
    {
        if (!IsTooLate())
        {
            Context.Tell(around.Hypervisor, new LookAtDomain(Context.Self, KindToken, plan.Vm.Uuid));
            Context.StartTimer(Ask, Ask, options.AnswerMs);
        }
    }

    private void SeeKind(DomainLook look)
    {
        _isKindSeen = true;
        if (look.State != DomainState.Absent && (look.IsPersistent, look.IsAutostart) != (plan.Vm.IsPersistent, plan.Vm.IsAutostart))
        {
            var what = look.IsPersistent != plan.Vm.IsPersistent ? $"whether {plan.Vm.Name} has a definition" : $"whether {plan.Vm.Name} starts with {plan.From}";
            Settle(LegOutcome.Failed, $"{what} has changed since the last round; it can move after the next one");
        }
        else if (plan.Vm.IsAutostart)
        {
            Context.Persist(new AutostartHeld(plan.Migration));
            Hold();
        }
        else
        {
            Call();
        }
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

        (_isCalling, _calledAtMs) = (true, Context.Now.MonotonicMs);
        Context.CancelTimer(Ask);
        Context.Persist(new PreCopyBegan(plan.Migration, _ready!.Session, destination!.LibvirtUri, destination.DataUri));
        Context.Tell(around.Hypervisor, new MigrateDomain(
            Context.Self, CallToken, plan.Vm.Uuid, destination.LibvirtUri, destination.DataUri, plan.Vm.IsPersistent, options.Migration,
            latestStartMs + Math.Min(WriteMs, leaseMs / 4), plan.Vm.Mode));
        Report(null, InWords(plan.Vm.Mode), MigrationPhase.PreCopy);
        Context.StartTimer(Poll, Poll, plan.Vm.Mode == MigrationMode.Direct ? SwitchRetryMs : options.Migration.PollMs);
    }

    private static string InWords(MigrationMode mode) => mode switch
    {
        MigrationMode.PreCopy => "pre-copy: all passes while the guest runs here",
        MigrationMode.Direct => "post-copy from the start, as soon as libvirt takes it",
        _ => "pre-copy: a pass while the guest runs here",
    };

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
}
