using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <content>How it ends, and who is told.</content>
internal sealed partial class MigrationActor
{
    /// <summary>A guest that runs here alone is no news while libvirt may only be about to begin.</summary>
    private void Fail(DomainLook look, ArrivalStands? stands)
    {
        if (_error is null && ++_failedLooks <= 2 * options.AnswerTries)
        {
            return;
        }

        SettleAsItWas(
            look,
            stands,
            LegOutcome.Failed,
            $"{plan.Vm.Name} is on {plan.From} ({look.InWords()}): {_abortReason ?? _error ?? "the agent was restarted before libvirt had begun, or libvirt gave up"}");
    }

    /// <summary>
    /// The guest has not left: it starts with this host again, and only then this migration has its end. One that ran on the destination may start with
    /// that host by now.
    /// </summary>
    private void SettleAsItWas(DomainLook look, ArrivalStands? stands, LegOutcome outcome, string reason)
    {
        if (stands is { HasRun: true })
        {
            Settle(outcome, _isAutostartHeld ? $"{reason}.{AutostartToo()}" : reason);
            return;
        }

        _ending = (outcome, reason);
        if (IsAsItWas(look))
        {
            Settle(outcome, reason);
        }
        else if (IsRestoringInVain)
        {
            Settle(outcome, $"{reason}. {NotRestored}");
        }
    }

    private bool IsRestoringInVain => Context.Now.MonotonicMs - _restoringSinceMs > options.Migration.PatienceMs;

    private string NotRestored => $"{plan.From}'s libvirt does not let it start with its host again: say `virsh autostart {plan.Vm.Name}` there";

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

    /// <summary>What a person is told. A destination that is silent now is quoted with what it said last, and nothing is concluded from that.</summary>
    private string Commands(DomainLook look, ArrivalStands? stands)
    {
        var there = stands is not null ? stands.Look.InWords() : _arrival is not null ? $"no answer, and {_arrival.Look.InWords()} before that" : "no answer";
        var states = $"On {plan.From}: {look.InWords()}. On {plan.To}: {there}. {_error} " +
            $"Look with `virsh domstate {plan.Vm.Name} --reason` on both hosts. ";
        return states + look.State switch
        {
            _ when WhyLost(look, stands) is { } why => why,
            DomainState.Paused when look is { Job: DomainJob.Outgoing, Reason: StateReason.PostCopyFailed } =>
                $"Neither copy may be destroyed, for each has a part of its memory: let it go on with `virsh migrate --live --p2p --postcopy --postcopy-resume {plan.Vm.Name} {Destination?.LibvirtUri ?? "URI"}` on {plan.From}. " +
                $"Only if that can never succeed, because its process on one host is gone, it is lost: then `virsh destroy {plan.Vm.Name}` on both hosts and `virsh start {plan.Vm.Name}` where its definition is.",
            DomainState.Running => $"It runs on {plan.From}; a paused copy on {plan.To} is removed there with `virsh destroy {plan.Vm.Name}`.",
            DomainState.Absent or DomainState.Shutoff =>
                $"If it runs on {plan.To}, nothing is to be done; if it runs on neither, let it run with `virsh start {plan.Vm.Name}` where its definition is.",
            _ => $"If it runs on {plan.To}, remove the paused copy with `virsh destroy {plan.Vm.Name}` on {plan.From}; " +
                $"only if it never ran on {plan.To}, let it run with `virsh resume {plan.Vm.Name}` on {plan.From}.",
        } + AutostartToo();
    }

    /// <summary>In post-copy each process has a part of the memory that the other has not: with one of them the guest is gone, whatever the other still shows. Null if it is not so.</summary>
    private string? WhyLost(DomainLook look, ArrivalStands? stands)
    {
        var (vm, from, to) = (plan.Vm.Name, plan.From, plan.To);
        return (look, stands) switch
        {
            // Shut off as migrated it had given all of it away.
            ({ State: DomainState.Absent or DomainState.Shutoff, Reason: not StateReason.Migrated }, { Look.IsIncomplete: true }) =>
                $"{vm} is lost: its process on {from} is gone, and with it the part of its memory that had not come to {to}, where it runs only until it needs that. " +
                $"End it with `virsh destroy {vm}` on {to}, and then let it run from its disk with `virsh start {vm}` where its definition is.",
            ({ State: DomainState.Paused, Reason: StateReason.PostCopyFailed }, { HasRun: true, Look.State: DomainState.Absent or DomainState.Shutoff }) =>
                $"{vm} is lost: it ran on {to}, its process there is gone, and with it a part of its memory; its copy on {from} is older than its disk and must never run again. " +
                $"End that with `virsh destroy {vm}` on {from}, and then let it run from its disk with `virsh start {vm}` where its definition is.",
            _ => null,
        };
    }

    private string AutostartToo() =>
        _isAutostartHeld ? $" It does not start with {plan.From} any more: say `virsh autostart {plan.Vm.Name}` where it stays." : "";

    private void Settle(LegOutcome outcome, string reason, MigrationFigures? figures = null, bool isInDoubt = false, Refusal? refusal = null)
    {
        var settled = new MigrationSettled(plan.Migration, outcome, reason, figures, refusal, isInDoubt);
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
        Context.Tell(around.Host, new MigrationEnded(
            plan, settled.Outcome, settled.Reason, _isDoubting, _isDoubleRunSeen || _arrival is { HasRun: true },
            settled.Outcome == LegOutcome.Completed ? settled.Figures?.DowntimeMs : null));
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
}
