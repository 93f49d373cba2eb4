using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <content>When nobody calls libvirt for it any more: what follows from the states of both hosts.</content>
internal sealed partial class MigrationActor
{
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
            SettleAsItWas(look, null, LegOutcome.Gone, $"{plan.Vm.Name} was ended by its owner before the migration had begun");
        }
        else if (look.Job != DomainJob.Outgoing && (_isGivenUp || ++_failedLooks > options.AnswerTries))
        {
            SettleAsItWas(
                look, null, LegOutcome.Failed, $"{_error ?? $"{plan.From} was restarted before libvirt had begun"}; {plan.Vm.Name} is on {plan.From} ({look.InWords()})");
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

        if (verdict == Verdict.ResumePostCopy && Destination is { } to && _resumes < options.Migration.ResumeTries)
        {
            ResumePostCopy(to);
            return;
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

        if (_isDoubting && (stands is null || verdict is not (Verdict.DoubleRun or Verdict.Wait)))
        {
            EndDoubt(look, stands, verdict);
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
                Fail(look, stands);
                break;
            case Verdict.Gone:
                SettleAsItWas(look, stands, LegOutcome.Gone, $"{plan.Vm.Name} was ended by its owner");
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

    /// <summary>Only the destination's answer ends a doubt.</summary>
    private void EndDoubt(DomainLook look, ArrivalStands? stands, Verdict verdict)
    {
        if (stands is null)
        {
            return;
        }

        if (look.State is not (DomainState.Absent or DomainState.Shutoff) && verdict is not (Verdict.Failed or Verdict.Gone))
        {
            // It runs there, too, and somebody has paused it here meanwhile: which copy is good cannot be told from here.
            Settle(LegOutcome.NeedsOperator, Commands(look, stands));
        }
        else if (stands.HasRun || IsAsItWas(look))
        {
            _isDoubting = false;
            Announce(_settled!);
        }
        else if (IsRestoringInVain)
        {
            Context.Note(401, $"{plan.Migration}: {plan.Vm.Name} runs on {plan.From} alone. {NotRestored}");
            _isDoubting = false;
            Announce(_settled!);
        }
    }

    /// <summary>A guest that has ended here, and never was anywhere else, starts with this host again the next time.</summary>
    private void LeaveToPerson(DomainLook look, ArrivalStands? stands)
    {
        if (look.State == DomainState.Shutoff && stands is { HasRun: false, Look.State: DomainState.Absent } && !_isSwitchIntended)
        {
            SettleAsItWas(
                look,
                stands,
                LegOutcome.NeedsOperator,
                $"{plan.Vm.Name} ended on {plan.From} ({look.InWords()}) before it had gone to {plan.To}" +
                (_isAutostartHeld ? ", and was not started with its host because it was about to leave" : "") +
                $": let it run with `virsh start {plan.Vm.Name}` on {plan.From}");
        }
        else
        {
            Settle(LegOutcome.NeedsOperator, Commands(look, stands));
        }
    }

    /// <summary>The destination is silent: in the unknown nothing is done, and a peer that only restarts is waited for.</summary>
    private void BePatient(DomainLook look, long unclearMs)
    {
        if (_isDoubting || unclearMs <= options.Migration.PatienceMs)
        {
            return;
        }

        if (look.State == DomainState.Running)
        {
            Settle(
                LegOutcome.Failed,
                $"{plan.Vm.Name} is on {plan.From} ({look.InWords()}): {_abortReason ?? _error ?? "libvirt gave up"}; {plan.To} " +
                (_doubleLooks > 0 ? "has said once that it runs there, too, and is silent since" : "is silent") +
                $". It is asked again and again, and until it answers {plan.Vm.Name} is not moved{(_isAutostartHeld ? $" and does not start with {plan.From}" : "")}: " +
                $"if {plan.To} never comes back, say `actormig migration resolve {plan.Migration} --runs-on {plan.From}`",
                isInDoubt: true);
        }
        else
        {
            Settle(LegOutcome.NeedsOperator, Commands(look, null));
        }
    }

    /// <summary>
    /// Both halves of the guest's memory are there: the streams are joined again. libvirt refuses while it has not noticed itself, and while QEMU goes on by
    /// itself: then it is only waited.
    /// </summary>
    private void ResumePostCopy(Member to)
    {
        _unclearSinceMs = null;
        var waitMs = Math.Min(options.Migration.ResumeMs << Math.Min(_resumes, 20), options.Migration.ResumeMaxMs);
        if (_resumedAtMs is { } before && Context.Now.MonotonicMs - before < waitMs)
        {
            return;
        }

        (_resumedAtMs, _isCalling, _seen) = (Context.Now.MonotonicMs, true, null);
        Context.Persist(new ResumeIntended(plan.Migration, _resumes + 1));
        Context.Tell(around.Hypervisor, new MigrateDomain(
            Context.Self, CallToken, plan.Vm.Uuid, to.LibvirtUri, to.DataUri, plan.Vm.IsPersistent, options.Migration, long.MaxValue, plan.Vm.Mode, IsResume: true));
        Report(null, $"post-copy is told to go on (try {_resumes + 1})", MigrationPhase.Recovering);
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
}
