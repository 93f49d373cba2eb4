using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Vms;

namespace ActorMig.Agent.Why;

/// <summary>What forbids that a VM moves, and what would have to change: pure functions of what a host shows.</summary>
internal static class WhyNots
{
    private static readonly IReadOnlyList<Refusal> Refusals = Enum.GetValues<Refusal>();

    /// <summary>What forbids that a VM moves now, by its own state first; empty: nothing does.</summary>
    /// <param name="status">The host.</param>
    /// <param name="vm">The VM.</param>
    public static IReadOnlyList<WhyNot> Of(HostStatus status, VmView vm)
    {
        var all = new List<WhyNot>();
        if (!vm.IsManaged)
        {
            all.Add(new(Refusal.NotMovable, "it is not tagged to be managed", "it is tagged in its metadata (`virsh metadata`), or actormig.manage is set to all"));
        }

        if (OfStatus(status, vm) is { } state)
        {
            all.Add(state);
        }

        if (vm.CannotMove is { } cannot)
        {
            all.Add(new(Refusal.PreFlight, cannot, $"that is put right; `actormig doctor {vm.Facts.Name} --to HOST` tells more"));
        }

        if (vm.HeldByRule is { } rule)
        {
            all.Add(new(Refusal.Rule, rule, "those hours are over, or the rule is changed; a person's `actormig migrate --force` goes before it"));
        }

        if (!vm.IsMeasured)
        {
            all.Add(new(Refusal.StaleView, "its load is not measured yet", "two rounds have measured it"));
        }

        if (status.HypervisorError is { } error)
        {
            all.Add(new(Refusal.NoHypervisor, $"libvirt of {status.Host} cannot be reached: {error}", $"libvirtd of {status.Host} answers"));
        }
        else if (status.HypervisorSilent is { } silent)
        {
            all.Add(new(Refusal.StaleView, $"libvirt of {status.Host} is silent: {silent}", $"libvirtd of {status.Host} tells again what runs there"));
        }
        else if (status.Barter.Hindrance is { } hindrance && !(hindrance.Refusal == Refusal.Busy && vm.Status is VmStatus.Offered or VmStatus.Leaving))
        {
            all.Add(new(hindrance.Refusal, hindrance.Text, OfHost(status, hindrance)));
        }

        return all;
    }

    /// <summary>What would have to change for a VM to move, the nearest first.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="forbids">What forbids it now.</param>
    /// <param name="decided">What was decided last; null if nothing was.</param>
    /// <param name="last">The VM's last barter; null if there was none.</param>
    public static IReadOnlyList<string> Changes(string name, IReadOnlyList<WhyNot> forbids, RoundDecided? decided, VmBarter? last)
    {
        var all = forbids.Select(f => f.Remedy).ToList();
        if (last is { Role: VmRole.Offered, Outcome: BarterOutcome.Declined or BarterOutcome.Withdrawn, Refusal: { } refused } && decided?.IsOf(name) == true)
        {
            all.Add($"{Advice(refused)} (that is why {last.Peer} did not take it)");
        }

        if (decided is null)
        {
            all.Add("this host has decided something: it has not since its agent was started, or only watched");
        }
        else if (RefusalOf(decided.Answer) is { } refusal)
        {
            all.Add(Advice(refusal));
        }
        else if (decided.Vm is { } chosen && !decided.IsOf(name))
        {
            all.Add($"what {chosen} was chosen for is over; the policies look anew after that");
        }
        else if (last is null or { Outcome: null or BarterOutcome.Settled })
        {
            all.Add("nothing: it is about to be moved");
        }
        else if (all.Count == 0)
        {
            all.Add("nothing: the next rounds decide anew");
        }

        return [.. all.Distinct()];
    }

    /// <summary>The refusal that a word says; null if it says something else.</summary>
    /// <param name="word">The word.</param>
    public static Refusal? RefusalOf(string word) => Refusals.Where(r => Words.Of(r) == word).Select(r => (Refusal?)r).FirstOrDefault();

    /// <summary>What would have to change where this was the reason: continues "It would move if ...".</summary>
    /// <param name="refusal">The reason.</param>
    public static string Advice(Refusal refusal) => refusal switch
    {
        Refusal.Calm => "a policy saw something to be won: as it is, this host is within its limits, and nothing wants to go back where it came from",
        Refusal.Observing => "actormig.mode is auto on both hosts",
        Refusal.Busy => "both hosts are done with the barter that they are in",
        Refusal.StaleView => "both hosts have measured all that they have: that takes two rounds",
        Refusal.WorseForMe => "the other host would not be worse off with it: it has less to carry, or the VM is smaller",
        Refusal.BothOverloaded => "some host has less to carry: between hosts that are all over the limit nothing is won by moves",
        Refusal.PeerTooFull => "the emptiest host that answers comes under the window of the policy (window-high)",
        Refusal.NoFittingVm => "there is a VM whose move leaves both hosts under the limit, and the busier one better by actormig.barter.margin",
        Refusal.NoRoom => "the other host can promise its memory (`actormig status` there says how much it has; actormig.host.memory)",
        Refusal.NoRoomToSwap => "one of the two hosts has room for both VMs for a moment: a swap moves one after the other",
        Refusal.NameTaken => "the other host has no other domain of that name",
        Refusal.Rule => "no rule forbids it",
        Refusal.Cooling => "the VMs that could move have rested (actormig.barter.cool-down-rounds); a person's `actormig migrate` does not wait for that",
        Refusal.NotMovable => "one of the VMs that would help may be moved: it runs, is managed, and is part of nothing else",
        Refusal.UnknownBarter => "both hosts agree anew: one of them has forgotten that barter, and the next round begins another",
        Refusal.NoPeer => "a host that could take it answers (`actormig cluster show`)",
        Refusal.Holding => "the cause holds for as many rounds in a row as actormig.barter.hold-rounds says, and mode is auto; or you move it with `actormig migrate`",
        Refusal.NoAnswer => "the other host answers (`actormig doctor HOST`)",
        Refusal.NoPostCopy => "the host that would take a VM can receive post-copy (`actormig doctor`), or it is moved by pre-copy",
        Refusal.LeaseOver => "the two hosts answer each other in time (actormig.barter.lease)",
        Refusal.Restarted => "nobody restarts an agent in between: the next round begins anew",
        Refusal.NoOpinion => "the policies answer in time (actormig.barter.policy-timeout; the log names those that do not)",
        Refusal.Nonsense => "both agents understand each other: look whether they are of neighbouring releases (`actormig cluster show`)",
        Refusal.NoHypervisor => "libvirtd of the other host answers",
        Refusal.DiskFull => "there is room on the disk of the journal",
        Refusal.PreFlight => "what the check names is put right (`actormig doctor VM --to HOST`)",
        Refusal.Frozen => "the cluster is thawed (`actormig cluster thaw`)",
        Refusal.Draining => "the drain is over; what the drain can move leaves with it",
        Refusal.Budget => "one of the migrations under way has ended, the hour's moves are over, or the limit is raised",
        _ => "that reason is gone",
    };

    private static WhyNot? OfStatus(HostStatus status, VmView vm) => vm.Status switch
    {
        VmStatus.Idle => null,
        VmStatus.Cooling => new(
            Refusal.Cooling,
            $"it rests after {(vm.IsByPerson ? "a person has moved it" : "its last move")}, for {Words.Span(vm.Facts.CoolDownLeftMs)} more",
            $"{Words.Span(vm.Facts.CoolDownLeftMs)} have passed; a person's `actormig migrate` does not wait for that"),
        VmStatus.Offered => new(Refusal.Busy, "it is part of a barter that is under way", "that barter has ended"),
        VmStatus.Leaving => new(Refusal.Busy, "it is on its way to another host", "that move has ended"),
        VmStatus.Arriving => new(Refusal.Busy, "it is still coming here", "all of it has come"),
        VmStatus.Foreign => new(Refusal.NotMovable, "somebody else's job holds it (a migration by hand, a backup, a snapshot)", "that job has ended"),
        VmStatus.Paused => new(Refusal.NotMovable, "it does not run: it is paused, crashed or suspended", "it runs (`virsh resume`)"),
        VmStatus.InDoubt => new(Refusal.NotMovable, "the other host of its last migration is silent, and it may run there, too", "that host can be heard again, or a person says that it never will (`actormig migration resolve`)"),
        VmStatus.NeedsOperator => status.Cases?.FirstOrDefault(c => c.Closed is null && c.Plan.Vm.Uuid == vm.Facts.Uuid)?.Plan.Migration is { } migration
            ? new(Refusal.NotMovable, $"its migration {migration} needs an operator", $"that is resolved: `actormig migration resolve {migration}`")
            : new(Refusal.NotMovable, "a migration of it needs an operator", "that is resolved: `actormig migration resolve`"),
        _ => new(Refusal.NotMovable, $"it is {Words.Of(vm.Status)}", "that is over"),
    };

    private static string OfHost(HostStatus status, Hindrance hindrance) => hindrance.Refusal switch
    {
        Refusal.Observing when status.Mode == Mode.Recommend => "actormig.mode is auto; or you move it with `actormig migrate`",
        Refusal.Observing when status.Mode == Mode.Auto => "the loss of the journal is accepted (`actormig journal accept-loss`)",
        _ => Advice(hindrance.Refusal),
    };
}
