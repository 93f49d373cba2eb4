using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <content>While memory is copied and the guest still runs here: whether that goes on, ends with the switch, or is given up.</content>
internal sealed partial class MigrationActor
{
    private const int PassesKept = 100;
    private readonly List<PassSeen> _passes = [];
    private long? _calledAtMs;
    private long? _downtimeMs;

    /// <summary>Also when libvirt's call broke and the migration goes on: a migration from daemon to daemon does not need us.</summary>
    private bool IsInPreCopy => _phase is MigrationPhase.PreCopy or MigrationPhase.Recovering && !_isSwitchIntended && _ending is null && _settled is null;

    /// <summary>What is left is least right now.</summary>
    private void BeginPass(int number)
    {
        var elapsedMs = _calledAtMs is { } calledAtMs ? Context.Now.MonotonicMs - calledAtMs : 0;
        if (_abortReason is null && Convergence.SwitchesAtOnce(plan.Vm.Mode, number, elapsedMs, options.Migration) is { } reason)
        {
            Switch(number, null, reason);
        }
        else
        {
            Context.Tell(around.Hypervisor, new LookAtDomain(Context.Self, LookToken, plan.Vm.Uuid));
        }
    }

    private void Switch(long passes, JobFigures? figures, string reason)
    {
        Context.Persist(new SwitchIntended(plan.Migration, passes, reason));
        AskToSwitch();
        Report(figures, $"switching to post-copy: {reason}", MigrationPhase.Switching);
    }

    private void Converge(DomainLook look)
    {
        if (!IsInPreCopy || look.State != DomainState.Running)
        {
            return;
        }

        if (_abortReason is not null)
        {
            // Said until it is done.
            Do(DomainVerb.AbortJob);
            return;
        }

        var isNews = NotePass(look.Figures);
        _calledAtMs ??= Context.Now.MonotonicMs;
        _downtimeMs ??= options.Migration.DowntimeMs;
        var elapsedMs = look.Figures?.ElapsedMs ?? Context.Now.MonotonicMs - _calledAtMs.Value;
        var advice = Convergence.Judge(plan.Vm.Mode, _passes, elapsedMs, plan.Vm.MemoryBytes, _downtimeMs.Value, options.Migration);
        switch (advice.Advice)
        {
            case Advice.Switch:
                Switch(look.Figures?.Iteration ?? 0, look.Figures, advice.Reason);
                break;
            case Advice.Abort:
                Abort(advice.Reason);
                break;
            case Advice.RaiseDowntime when isNews:
                _downtimeMs = advice.DowntimeMs;
                Do(DomainVerb.SetMaxDowntime, advice.DowntimeMs);
                Report(look.Figures, $"{advice.Reason}: its switch may take {Words.Duration(advice.DowntimeMs)} now");
                break;
        }
    }

    /// <summary>True if a pass is seen for the first time.</summary>
    private bool NotePass(JobFigures? figures)
    {
        if (figures is not { Iteration: > 0 and { } number, RemainingBytes: { } remaining } || (_passes.Count > 0 && _passes[^1].Number >= number))
        {
            return false;
        }

        if (_passes.Count >= PassesKept)
        {
            _passes.RemoveAt(0);
        }

        _passes.Add(new PassSeen(number, Context.Now.MonotonicMs, remaining, figures.BytePerSecond ?? 0));
        return true;
    }

    private void Abort(string reason)
    {
        Context.Persist(new AbortIntended(plan.Migration, reason));
        Do(DomainVerb.AbortJob);
        Report(null, $"is aborted: {reason}");
    }

    /// <summary>A person wants it ended; that can be had only while the guest runs here.</summary>
    private void Abort(AbortMigration abort)
    {
        var reason = $"{abort.Person} wanted it aborted";
        if (_settled is not null)
        {
            Context.Tell(abort.ReplyTo, new AbortAnswered(false, $"{plan.Migration} has ended: {_settled.Reason}"));
        }
        else if (IsAsking || IsHolding)
        {
            (_isGivenUp, _error) = (true, reason);
            Context.CancelTimer(Ask);
            Look();
            Context.Tell(abort.ReplyTo, new AbortAnswered(true, $"{plan.Migration} is not begun; {plan.Vm.Name} stays on {plan.From}"));
        }
        else if (IsInPreCopy)
        {
            Abort(reason);
            Context.Tell(abort.ReplyTo, new AbortAnswered(true, $"libvirt is asked to abort {plan.Migration}; a guest that is about to arrive just then arrives"));
        }
        else
        {
            Context.Tell(abort.ReplyTo, new AbortAnswered(
                false,
                $"{plan.Migration} is in phase {Words.Of(_phase)} and cannot be aborted: {plan.Vm.Name} runs on {plan.To} or is about to, and neither host has all of its memory; it is followed to its end"));
        }
    }
}
