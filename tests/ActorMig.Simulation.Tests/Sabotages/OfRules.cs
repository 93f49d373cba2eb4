using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Rules;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>What binds VMs is told to the BarterActor otherwise than it is.</summary>
internal abstract class RulesNotHeeded : Sabotage
{
    public sealed override object? Receive(ActorRef actor, object message) => message is BarterRound round && IsBarter(actor)
        ? round with { Vms = [.. round.Vms.Select(v => v with { Facts = v.Facts with { Rules = v.Facts.Rules is { } rules ? Change(rules) : null } })] }
        : message;

    private protected abstract VmRules? Change(VmRules rules);
}

/// <summary>A VM leaves those with which it keeps together.</summary>
internal sealed class TornApart : RulesNotHeeded
{
    private protected override VmRules? Change(VmRules rules) => rules with { Rules = [.. rules.Rules.Where(r => r.Kind != RuleKind.Together)] };
}

/// <summary>A VM goes where it may not be, or where one is from which it keeps apart: its metadata says so, and is not read.</summary>
internal sealed class PutWhereItMayNotBe : RulesNotHeeded
{
    private protected override VmRules? Change(VmRules rules) => rules with { Rules = [.. rules.Rules.Where(r => r.Kind == RuleKind.Together)] };
}

/// <summary>A VM that is to be spared is moved though another one would do.</summary>
internal sealed class NotSpared : RulesNotHeeded
{
    private protected override VmRules? Change(VmRules rules) => rules with { Priority = 0 };
}

/// <summary>A VM is moved at hours at which it is not to be.</summary>
internal sealed class MovedAtAnyHour : RulesNotHeeded
{
    private protected override VmRules? Change(VmRules rules) => rules with { NotDuring = null };
}
