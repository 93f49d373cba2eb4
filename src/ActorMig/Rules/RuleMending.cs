using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Rules;

/// <summary>
/// Finds the rules that are broken on a host, and the next move that mends one. Each such move leaves one VM fewer where it must not be, and breaks nothing
/// that holds, but that VMs that keep together leave one by one where none of them may stay: of VMs that keep apart all but one leave, and VMs that keep
/// together go to where most of them are. A VM of several rules goes only to where fewer of them are broken than here, taken all together, so that no two
/// groups draw it to and fro. So there are no more moves than needed.
/// </summary>
public static class RuleMending
{
    /// <summary>The next move, or none.</summary>
    /// <param name="view">The host.</param>
    public static Proposal? Propose(HostView view) => Look(view).Select(l => l.Proposal).FirstOrDefault(p => p is not null);

    /// <summary>What is broken, what would mend it, and why nothing does.</summary>
    /// <param name="view">The host.</param>
    public static IReadOnlyList<(BrokenRule Broken, Proposal? Proposal)> Look(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Vms.All(v => v.Facts.Rules is null))
        {
            return [];
        }

        var found = new List<(BrokenRule Broken, Proposal? Proposal)>();
        foreach (var vm in view.Vms.OrderByDescending(v => v.Facts.Rules?.Priority ?? 0).ThenBy(v => v.Facts.Name, StringComparer.Ordinal).ThenBy(v => v.Facts.Uuid, StringComparer.Ordinal))
        {
            if (WhyBroken(vm, view) is var (why, only))
            {
                var cannot = WhyHeld(vm) ?? WhyKeptHere(vm, view);
                var peer = cannot is null ? PeerFor(vm, view, only) : null;
                found.Add((
                    new BrokenRule(vm.Facts.Name, why, peer is null ? cannot ?? WhyNoPeer(vm, view, only) : null),
                    peer is null ? null : new Proposal(BarterKind.Mend, peer.Host, vm.Facts.Uuid, "rule", 1, "VM")));
            }
        }

        return found;
    }

    private static (string Why, Digest? Only)? WhyBroken(VmView vm, HostView view)
    {
        if (RuleJudge.WhyNotOn(vm.Facts, view.Host) is { } on)
        {
            return (on, null);
        }

        (string Why, Digest? Only)? scattered = null;
        foreach (var rule in RuleJudge.GroupsOf(vm.Facts))
        {
            if (rule.Kind == RuleKind.Apart && view.Vms.Where(v => RuleJudge.Has(v.Facts, rule)).OrderByDescending(Stays).ThenBy(v => v.Facts.Uuid, StringComparer.Ordinal).First() is var first && first != vm)
            {
                return ($"rule {rule.Name} keeps {vm.Facts.Name} apart from {first.Facts.Name}, and both are on {view.Host}", null);
            }

            if (rule.Kind == RuleKind.Together && WhereMost(rule, view) is { } most
                && (scattered is not { Only: { } known } || (WhyNot(vm, view, known) is not null && WhyNot(vm, view, most) is null)))
            {
                scattered = ($"rule {rule.Name} keeps {vm.Facts.Name} together with VMs that are on {most.Host}", most);
            }
        }

        return scattered;
    }

    /// <summary>Where more VMs of a rule are than here, or as many and its name comes first; null if they belong here.</summary>
    private static Digest? WhereMost(VmRule rule, HostView view)
    {
        var here = view.Vms.Count(v => RuleJudge.Has(v.Facts, rule));
        return view.Peers
            .Where(p => RuleJudge.CountOf(p.Groups, rule) is var count && (count > here || (count == here && string.CompareOrdinal(p.Host, view.Host) < 0)))
            .OrderByDescending(p => RuleJudge.CountOf(p.Groups, rule)).ThenBy(p => p.Host, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>
    /// True if fewer of a VM's rules are broken once it has gone: of those that say where it may be and from whom it keeps apart, else of those by which VMs
    /// keep together, of which each VM counts that is not where most of its group are.
    /// </summary>
    private static bool IsLessBroken(VmView vm, HostView view, Digest peer)
    {
        int hard = RuleJudge.BrokenOn(vm.Facts, peer.Host) - RuleJudge.BrokenOn(vm.Facts, view.Host), together = 0;
        foreach (var rule in RuleJudge.GroupsOf(vm.Facts))
        {
            int here = view.Vms.Count(v => RuleJudge.Has(v.Facts, rule)), there = RuleJudge.CountOf(peer.Groups, rule);
            if (rule.Kind == RuleKind.Apart)
            {
                hard += (there > 0 ? 1 : 0) - (here > 1 ? 1 : 0);
            }
            else
            {
                var most = view.Peers.Max(p => RuleJudge.CountOf(p.Groups, rule));
                together += Math.Max(most, here) - Math.Max(Math.Max(most, here - 1), there + 1);
            }
        }

        return hard < 0 || (hard == 0 && together < 0);
    }

    /// <summary>Of those that keep apart one stays: one that cannot move, else the one of the highest priority.</summary>
    private static (bool IsHeld, int Priority) Stays(VmView vm) => (WhyHeld(vm) is not null, vm.Facts.Rules?.Priority ?? 0);

    private static string? WhyHeld(VmView vm) => vm switch
    {
        { IsManaged: false } => "it is not tagged to be managed; tag it in its metadata, or move it by hand",
        { CannotMove: { } cannot } => cannot,
        { HeldByRule: { } held } => held,
        { Status: VmStatus.Cooling, IsByPerson: true } => "a person has just moved it there",
        { Status: VmStatus.Idle or VmStatus.Cooling } => null,
        _ => $"it is {Words.Of(vm.Status)}",
    };

    /// <summary>VMs that keep together leave one by one only if none of them may stay, or if most of them are elsewhere.</summary>
    private static string? WhyKeptHere(VmView vm, HostView view) => RuleJudge.GroupsOf(vm.Facts).Where(r => r.Kind == RuleKind.Together)
        .Select(r => view.Vms.FirstOrDefault(v => v != vm && RuleJudge.Has(v.Facts, r) && RuleJudge.WhyNotOn(v.Facts, view.Host) is null
                && view.Peers.All(p => RuleJudge.CountOf(p.Groups, r) == 0)) is { } other
            ? $"rule {r.Name} keeps it together with {other.Facts.Name}"
            : null)
        .FirstOrDefault(why => why is not null);

    private static Digest? PeerFor(VmView vm, HostView view, Digest? only) => view.Peers
        .Where(p => (only is null || p == only) && WhyNot(vm, view, p) is null)
        .OrderByDescending(p => RuleJudge.TogetherWith(vm.Facts, p.Groups))
        .ThenBy(p => p.LoadBitPerSecond).ThenBy(p => p.Host, StringComparer.Ordinal).FirstOrDefault();

    private static string WhyNoPeer(VmView vm, HostView view, Digest? only) =>
        view.Peers.Count == 0 ? "no host that could take it answers" : string.Join("; ", view.Peers.Where(p => only is null || p == only).Select(p => WhyNot(vm, view, p)));

    private static string? WhyNot(VmView vm, HostView view, Digest peer) =>
        RuleJudge.WhyNotTo(vm.Facts, peer.Host, peer.Groups)
        ?? (peer.Mode != Mode.Auto ? $"{peer.Host} is in mode {Words.Of(peer.Mode)}"
            : peer.FreeBytes < vm.Facts.MemoryBytes ? DrainRules.NoRoom(vm.Facts, peer)
            : !IsLessBroken(vm, view, peer) ? $"on {peer.Host} no fewer of the rules of {vm.Facts.Name} would be broken than here"
            : view.Mend?.Refused.FirstOrDefault(r => r.IsOf(vm.Facts, peer)) is { } refused ? $"{peer.Host}: {refused.Reason}"
            : null);
}
