using ActorMig.Bartering;
using ActorMig.Hosts;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>A drain as its policy sees it.</summary>
/// <param name="Order">What was asked for.</param>
/// <param name="Refused">What peers have refused of late, sorted by VM and peer.</param>
public sealed record DrainView(DrainOrder Order, IReadOnlyList<DrainRefused> Refused);

/// <summary>A peer has refused a VM that has to leave, because its host is being drained or a rule is broken; it is not asked again for a while.</summary>
/// <param name="Uuid">The VM; null: it refuses whatever it is offered.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Reason">In words.</param>
public sealed record DrainRefused(string? Uuid, string Peer, string Reason)
{
    /// <summary>True if this peer has refused this VM.</summary>
    internal bool IsOf(VmFacts vm, Digest peer) => Peer == peer.Host && (Uuid is null || Uuid == vm.Uuid);
}

/// <summary>
/// Empties a host: the biggest VM first, because it is the hardest to place, each to the host that has the least to carry of those that have room. Paper A
/// names maintenance as what live migration is for.
/// </summary>
public static class DrainRules
{
    /// <summary>What leaves next.</summary>
    /// <param name="view">The host, whose <see cref="HostView.Drain"/> is set.</param>
    public static (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var drain = view.Drain ?? throw new ArgumentException("the host is not being drained", nameof(view));
        if (view.Vms.Count == 0)
        {
            return (null, Refusal.Calm, null, $"{view.Host} is empty, as {drain.Order.Person} wanted");
        }

        if (drain.Order.IsOverdue)
        {
            return (null, Refusal.Draining, null, $"the time for the drain of {view.Host} is over, and {view.Vms.Count} VMs are left");
        }

        foreach (var vm in view.Vms.Where(MayLeave).OrderByDescending(v => v.Facts.Rules?.Priority ?? 0).ThenByDescending(v => v.Facts.MemoryBytes).ThenBy(v => v.Facts.Uuid, StringComparer.Ordinal))
        {
            if (PeersFor(vm, view).FirstOrDefault() is { } peer)
            {
                var reason = $"{drain.Order.Person} drains {view.Host} ({drain.Order.Why}): {vm.Facts.Name} has room on {peer.Host}";
                return (new Proposal(BarterKind.Drain, peer.Host, vm.Facts.Uuid, "drain", 1, "VM"), null, peer.Host, reason);
            }
        }

        return (null, Refusal.NoPeer, null, $"{view.Host} is being drained, and none of its {view.Vms.Count} VMs can leave now");
    }

    /// <summary>What has not left, and why, sorted by name.</summary>
    /// <param name="view">The host, whose <see cref="HostView.Drain"/> is set.</param>
    /// <param name="held">Why nothing may leave now; null if it may.</param>
    public static IReadOnlyList<StillHere> Left(HostView view, string? held)
    {
        ArgumentNullException.ThrowIfNull(view);
        return [.. view.Vms.OrderBy(v => v.Facts.Name, StringComparer.Ordinal).ThenBy(v => v.Facts.Uuid, StringComparer.Ordinal)
            .Select(v => new StillHere(v.Facts.Name, Why(v, view, held)))];
    }

    /// <summary>True if a drain may move it now: a rest counts for less than a person's word.</summary>
    /// <param name="vm">The VM.</param>
    public static bool MayLeave(VmView vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm is { IsManaged: true, CannotMove: null, HeldByRule: null, Status: VmStatus.Idle or VmStatus.Cooling };
    }

    private static string Why(VmView vm, HostView view, string? held) => vm switch
    {
        { IsManaged: false } => "it is not tagged to be managed; tag it in its metadata, or move it by hand",
        { CannotMove: { } cannot } => cannot,
        { HeldByRule: { } rule } => rule,
        { Status: VmStatus.Leaving or VmStatus.Offered } => "it is about to leave",
        { Status: VmStatus.Idle or VmStatus.Cooling } when held is not null => held,
        { Status: VmStatus.Idle or VmStatus.Cooling } => PeersFor(vm, view).Any() ? "it is one of the next" : NoPeer(vm, view),
        _ => $"it is {Words.Of(vm.Status)}",
    };

    private static string NoPeer(VmView vm, HostView view)
    {
        if (view.Peers.Count == 0)
        {
            return "no host that could take it answers";
        }

        return string.Join("; ", view.Peers.Select(p => RuleJudge.WhyNotTo(vm.Facts, p.Host, p.Groups)
            ?? (Refused(vm, p, view) is { } refused ? $"{p.Host}: {refused.Reason}" : NoRoom(vm.Facts, p))));
    }

    /// <summary>Why a peer cannot take a VM that would find no room there.</summary>
    internal static string NoRoom(VmFacts vm, Digest peer) =>
        $"{peer.Host} has {Words.Memory(Math.Max(0, peer.FreeBytes))} to promise, and it needs {Words.Memory(vm.MemoryBytes)}";

    private static IEnumerable<Digest> PeersFor(VmView vm, HostView view) => view.Peers
        .Where(p => p.Mode != Mode.Observe && p.FreeBytes >= vm.Facts.MemoryBytes && Refused(vm, p, view) is null && RuleJudge.WhyNotTo(vm.Facts, p.Host, p.Groups) is null)
        .OrderByDescending(p => RuleJudge.TogetherWith(vm.Facts, p.Groups)).ThenBy(p => p.LoadBitPerSecond).ThenByDescending(p => p.FreeBytes).ThenBy(p => p.Host, StringComparer.Ordinal);

    private static DrainRefused? Refused(VmView vm, Digest peer, HostView view) =>
        view.Drain!.Refused.FirstOrDefault(r => r.IsOf(vm.Facts, peer));
}
