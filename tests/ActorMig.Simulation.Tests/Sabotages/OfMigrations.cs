using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>A migration that breaks after the switch is answered by letting the source run.</summary>
internal sealed class SourceResumedAfterTheSwitch : Sabotage
{
    private readonly SortedSet<string> _switched = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (message is MigrateReturned { Error: not null } && _switched.Contains(actor.Name))
        {
            Do(actor, DomainVerb.Resume);
        }

        return message;
    }

    private protected override IReadOnlyList<object> Write(ActorRef actor, IReadOnlyList<object> events)
    {
        if (events.Any(e => e is SwitchIntended))
        {
            _switched.Add(actor.Name);
        }

        return events;
    }
}

/// <summary>A destination that says nothing is taken for one on which nothing ran.</summary>
internal sealed class SourceResumedOnSilence : Sabotage
{
    private readonly SortedDictionary<string, int> _asked = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (message is ArrivalStands)
        {
            _asked.Remove(actor.Name);
        }

        return message;
    }

    private protected override object? Send(ActorRef actor, SendToPeer send)
    {
        if (send.Message is GetArrival && (_asked[actor.Name] = (_asked.TryGetValue(actor.Name, out var asked) ? asked : 0) + 1) == 3)
        {
            Do(actor, DomainVerb.Resume);
        }

        return send.Message;
    }
}

/// <summary>An answer to an earlier question is taken for the answer to the newest.</summary>
internal sealed class OldStatementTakenForANewOne : Sabotage
{
    private readonly SortedDictionary<string, ArrivalStands> _first = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message) => message is ArrivalStands stands && IsMigration(actor)
        ? (_first.TryAdd(actor.Name, stands) ? stands : _first[actor.Name] with { Question = stands.Question })
        : message;
}

/// <summary>A call that returned with an error is taken for one that returned well.</summary>
internal sealed class LostFinishTakenForSuccess : Sabotage
{
    private readonly SortedSet<string> _broken = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        switch (message)
        {
            case MigrateReturned { Error: not null } returned:
                _broken.Add(actor.Name);
                return returned with { Error = null };
            case DomainLooked looked when _broken.Contains(actor.Name):
                return looked with { Look = Gone(looked.Look) };
            case DomainChanged changed when _broken.Contains(actor.Name):
                return changed with { Look = Gone(changed.Look) };
            default:
                return message;
        }
    }

    private static DomainLook Gone(DomainLook look) => look with { State = DomainState.Absent, Reason = StateReason.None, Job = DomainJob.None, Figures = null };
}

/// <summary>A migration that ended well after its call had broken is written down as failed.</summary>
internal sealed class UnattendedCompletionTakenForFailure : Sabotage
{
    private readonly SortedSet<string> _broken = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (message is MigrateReturned { Error: not null })
        {
            _broken.Add(actor.Name);
        }

        return message;
    }

    private protected override IReadOnlyList<object> Write(ActorRef actor, IReadOnlyList<object> events) => _broken.Contains(actor.Name)
        ? [.. events.Select(e => e is MigrationSettled { Outcome: LegOutcome.Completed } settled ? settled with { Outcome = LegOutcome.Failed } : e)]
        : events;
}

/// <summary>The definition that an unattended completion leaves on the source is not seen, and stays.</summary>
internal sealed class DefinitionLeftOnTheSource : Sabotage
{
    public override object? Receive(ActorRef actor, object message) => !IsMigration(actor) ? message : message switch
    {
        DomainLooked { Look.State: DomainState.Shutoff } looked => looked with { Look = looked.Look with { State = DomainState.Absent } },
        DomainChanged { Look.State: DomainState.Shutoff } changed => changed with { Look = changed.Look with { State = DomainState.Absent } },
        _ => message,
    };
}

/// <summary>Autostart stays on on the source while the guest leaves.</summary>
internal sealed class AutostartLeftOn : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message)
    {
        if (message is DoToDomain { Verb: DomainVerb.ClearAutostart } clear)
        {
            SayAs(target, actor, new DomainDone(clear.Token, clear.Verb, null));
            return null;
        }

        return message;
    }
}

/// <summary>A guest that starts with its host does not any more where it has arrived.</summary>
internal sealed class AutostartNotCarried : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message) => message is DoToDomain { Verb: DomainVerb.SetAutostart } ? null : message;
}

/// <summary>A job that is not ours is meddled with: the edge has no verb that aborts one, so it is switched.</summary>
internal sealed class ForeignJobTouched : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message)
    {
        if (message is BarterRound round && Hypervisor is { } hypervisor)
        {
            foreach (var vm in round.Vms.Where(v => v.Status == Vms.VmStatus.Foreign && Host!.Hypervisor.Find(v.Facts.Uuid) is { Job: DomainJob.Outgoing }))
            {
                SayAs(actor, hypervisor, new DoToDomain(actor, "sabotage", vm.Facts.Uuid, DomainVerb.StartPostCopy));
            }
        }

        return message;
    }
}

/// <summary>After a restart the journal is asked where the guest is, and not libvirt.</summary>
internal sealed class JournalTrustedOverLibvirt : Sabotage
{
    private readonly SortedDictionary<string, DomainState> _believed = new(StringComparer.Ordinal);

    public override object? Receive(ActorRef actor, object message)
    {
        if (!_believed.TryGetValue(actor.Name, out var here))
        {
            return message;
        }

        var there = here == DomainState.Running ? DomainState.Absent : DomainState.Running;
        return message switch
        {
            DomainLooked looked => looked with { Look = Believed(looked.Look, here) },
            DomainChanged changed => changed with { Look = Believed(changed.Look, here) },
            ArrivalStands stands => stands with { Look = Believed(stands.Look, there), HasRun = there == DomainState.Running },
            _ => message,
        };
    }

    private protected override object? Begin(ActorRef actor, object @event)
    {
        switch (@event)
        {
            case PreCopyBegan:
                _believed[actor.Name] = DomainState.Running;
                break;
            case SwitchIntended:
                _believed[actor.Name] = DomainState.Absent;
                break;
        }

        return @event;
    }

    private static DomainLook Believed(DomainLook look, DomainState state) => look with { State = state, Reason = StateReason.None, Job = DomainJob.None };
}

/// <summary>Who was away says that it has watched all the time, and has seen nothing run.</summary>
internal sealed class GaplessWithoutHavingLooked : Sabotage
{
    private protected override object? Send(ActorRef actor, SendToPeer send) => send.Message is ArrivalStands stands
        ? stands with { HasRun = false, IsGapless = true, Look = stands.Look with { State = DomainState.Absent } }
        : send.Message;
}

/// <summary>A guest that runs twice is let run twice.</summary>
internal sealed class DoubleRunIgnored : Sabotage
{
    private protected override object? Say(ActorRef actor, ActorRef target, object message) => message is DoToDomain { Verb: DomainVerb.Suspend } ? null : message;
}

/// <summary>Whatever is left on the source when a call breaks is destroyed.</summary>
internal sealed class RemnantDestroyedUnseen : Sabotage
{
    public override object? Receive(ActorRef actor, object message)
    {
        if (message is MigrateReturned { Error: not null })
        {
            Do(actor, DomainVerb.DestroyRemnant);
        }

        return message;
    }
}

/// <summary>libvirt is called before it is known to be written down.</summary>
internal sealed class CalledBeforeItIsDurable : Sabotage
{
    public override bool WaitsForDisk(ActorRef actor, IReadOnlyList<object> events) => !events.Any(e => e is PreCopyBegan);
}

/// <summary>The intent to switch is not written.</summary>
internal sealed class SwitchNotIntended : Sabotage
{
    private protected override IReadOnlyList<object> Write(ActorRef actor, IReadOnlyList<object> events) => [.. events.Where(e => e is not SwitchIntended)];
}
