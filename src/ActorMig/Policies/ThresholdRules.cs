using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Paper B's rules, where it is silent by the reading in the documentation: pure functions that both sides of a barter compute alike.
/// </summary>
/// <param name="options">The numbers.</param>
/// <param name="margin">By how much of itself the busier host's load must fall.</param>
public sealed class ThresholdRules(ThresholdOptions options, double margin)
{
    /// <summary>The cause under which an overload is held.</summary>
    public const string Overload = "overload";

    /// <summary>What a host would do about its load.</summary>
    /// <param name="view">The host.</param>
    /// <returns>A proposal or a refusal, with the peer that decided it and the reason in words.</returns>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return IsOver(view.LoadBitPerSecond) ? Relieve(view) : GoBack(view);
    }

    /// <summary>The VM that is the best answer to a VM that comes: the one that leaves the lower maximum of the two hosts.</summary>
    /// <param name="theirLoad">The load of the host that offers.</param>
    /// <param name="theirVm">The load of the VM that it gives.</param>
    /// <param name="myLoad">The load of the host that was asked.</param>
    /// <param name="mine">Its VMs.</param>
    /// <returns>The VM and the maximum, or null if none leaves both at or under the threshold with enough gain.</returns>
    public (VmFacts Vm, double MaximumBitPerSecond)? SwapPartner(double theirLoad, double theirVm, double myLoad, IReadOnlyList<VmView> mine)
    {
        ArgumentNullException.ThrowIfNull(mine);
        (VmFacts Vm, double Maximum)? best = null;
        foreach (var vm in mine)
        {
            var load = vm.Facts.LoadBitPerSecond;
            var maximum = Math.Max(theirLoad - theirVm + load, myLoad + theirVm - load);
            if (vm.IsMovable && IsWorth(Math.Max(theirLoad, myLoad), maximum) && (best is null || maximum < best.Value.Maximum))
            {
                best = (vm.Facts, maximum);
            }
        }

        return best;
    }

    /// <summary>What a host that is asked thinks of an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        var vm = offer.Vms.First(v => v.Uuid == offer.Give);
        var with = view.LoadBitPerSecond + vm.LoadBitPerSecond;
        var mine = $"I have {Words.Rate(view.LoadBitPerSecond)} myself";
        if (offer.Policy is not (null or ThresholdPolicyActor.PolicyName))
        {
            // What another policy wants for its own reasons must only not make this one's worse.
            return IsOver(with) ? (Refusal.WorseForMe, null, $"with {vm.Name} I would have {Words.Rate(with)}, over {Words.Rate(options.OverloadBitPerSecond)}") : (null, null, $"with {vm.Name} I would have {Words.Rate(with)}");
        }

        switch (offer.Kind)
        {
            case BarterKind.Migrate or BarterKind.Swap when IsOver(view.LoadBitPerSecond):
                return (Refusal.BothOverloaded, null, mine);
            case BarterKind.Migrate or BarterKind.Swap when view.LoadBitPerSecond > options.WindowHighBitPerSecond:
                return (Refusal.PeerTooFull, null, $"{mine}, over {Words.Rate(options.WindowHighBitPerSecond)}");
            case BarterKind.Migrate when view.LoadBitPerSecond >= options.WindowLowBitPerSecond:
                return (Refusal.WorseForMe, null, $"{mine}, not under {Words.Rate(options.WindowLowBitPerSecond)}: I would only swap");
            case BarterKind.Remigrate:
                return with <= options.WindowHighBitPerSecond
                    ? (null, null, $"with {vm.Name} I would have {Words.Rate(with)}, which is at most {Words.Rate(options.WindowHighBitPerSecond)}")
                    : (Refusal.WorseForMe, null, $"with {vm.Name} I would have {Words.Rate(with)}, over {Words.Rate(options.WindowHighBitPerSecond)}");
            case BarterKind.Swap:
                return SwapPartner(offer.LoadBitPerSecond, vm.LoadBitPerSecond, view.LoadBitPerSecond, view.Vms) is { } partner
                    ? (null, partner.Vm.Uuid, $"{partner.Vm.Name} ({Words.Rate(partner.Vm.LoadBitPerSecond)}) for {vm.Name} ({Words.Rate(vm.LoadBitPerSecond)}) leaves neither host above {Words.Rate(partner.MaximumBitPerSecond)}")
                    : (Refusal.NoFittingVm, null, $"none of my VMs leaves both hosts at or under {Words.Rate(options.OverloadBitPerSecond)} in exchange for {vm.Name}");
            default:
                return Relieves(offer.LoadBitPerSecond, view.LoadBitPerSecond, vm.LoadBitPerSecond)
                    ? (null, null, $"with {vm.Name} I would have {Words.Rate(with)}")
                    : (Refusal.WorseForMe, null, $"with {vm.Name} I would have {Words.Rate(with)}");
        }
    }

    private bool IsOver(double bitPerSecond) => bitPerSecond > options.OverloadBitPerSecond;

    private bool IsWorth(double before, double after) => !IsOver(after) && Gains(before, after);

    private bool Gains(double before, double after) => before - after >= margin * before;

    /// <summary>A migration need not bring the giver under the threshold at once; it must not bring the taker over it.</summary>
    private bool Relieves(double giver, double taker, double vm) =>
        !IsOver(taker + vm) && Gains(Math.Max(giver, taker), Math.Max(giver - vm, taker + vm));

    private (Proposal?, Refusal?, string?, string) Relieve(HostView view)
    {
        var over = $"{view.Host} has {Words.Rate(view.LoadBitPerSecond)}, over {Words.Rate(options.OverloadBitPerSecond)}";
        if (view.Peers.Count == 0)
        {
            return (null, Refusal.NoPeer, null, $"{over}; no peer has answered");
        }

        // The emptiest peer decides; of equals the first by name.
        var peer = view.Peers.MinBy(p => p.LoadBitPerSecond)!;
        var has = $"{over}; {peer.Host} has {Words.Rate(peer.LoadBitPerSecond)}";
        if (IsOver(peer.LoadBitPerSecond))
        {
            return (null, Refusal.BothOverloaded, peer.Host, $"{has}: both are overloaded, nothing would be won");
        }

        if (peer.LoadBitPerSecond > options.WindowHighBitPerSecond)
        {
            return (null, Refusal.PeerTooFull, peer.Host, $"{has}, over {Words.Rate(options.WindowHighBitPerSecond)}");
        }

        var movable = view.Vms.Where(v => v.IsMovable).OrderByDescending(v => v.Facts.LoadBitPerSecond).ToArray();
        if (movable.Length == 0 && view.Vms.FirstOrDefault(v => v.IsManaged && v.CannotMove is not null) is { } held)
        {
            return (null, Refusal.PreFlight, peer.Host, $"{has}; no VM may move: {held.Facts.Name} cannot be moved: {held.CannotMove}");
        }

        if (movable.Length == 0)
        {
            return (null, view.Vms.Any(v => v.Status == VmStatus.Cooling) ? Refusal.Cooling : Refusal.NotMovable, peer.Host, $"{has}; no VM may move now");
        }

        if (peer.LoadBitPerSecond >= options.WindowLowBitPerSecond)
        {
            var busiest = movable[0].Facts;
            var excess = view.LoadBitPerSecond - options.OverloadBitPerSecond;
            return (
                new Proposal(BarterKind.Swap, peer.Host, busiest.Uuid, Overload, excess, "bit/s"), null, peer.Host,
                $"{has}, within {Words.Rate(options.WindowLowBitPerSecond)} to {Words.Rate(options.WindowHighBitPerSecond)}: swap the busiest VM {busiest.Name} ({Words.Rate(busiest.LoadBitPerSecond)})");
        }

        foreach (var vm in movable)
        {
            var after = Math.Max(view.LoadBitPerSecond - vm.Facts.LoadBitPerSecond, peer.LoadBitPerSecond + vm.Facts.LoadBitPerSecond);
            if (Relieves(view.LoadBitPerSecond, peer.LoadBitPerSecond, vm.Facts.LoadBitPerSecond))
            {
                return (
                    new Proposal(BarterKind.Migrate, peer.Host, vm.Facts.Uuid, Overload, view.LoadBitPerSecond - after, "bit/s"), null, peer.Host,
                    $"{has}: move {vm.Facts.Name} ({Words.Rate(vm.Facts.LoadBitPerSecond)}), then neither has more than {Words.Rate(after)}");
            }
        }

        return (null, Refusal.NoFittingVm, peer.Host, $"{has}; no VM that may move leaves {peer.Host} at or under {Words.Rate(options.OverloadBitPerSecond)} with enough gain");
    }

    private (Proposal?, Refusal?, string?, string) GoBack(HostView view)
    {
        foreach (var vm in view.Vms)
        {
            var origin = view.Peers.FirstOrDefault(p => p.Host == vm.Facts.Origin);
            var with = (origin?.LoadBitPerSecond ?? 0) + vm.Facts.LoadBitPerSecond;
            if (vm.IsMovable && origin is not null && with <= options.WindowHighBitPerSecond)
            {
                return (
                    new Proposal(BarterKind.Remigrate, origin.Host, vm.Facts.Uuid, "remigrate-" + vm.Facts.Uuid, 0, "bit/s"), null, origin.Host,
                    $"{vm.Facts.Name} came from {origin.Host}, which would have {Words.Rate(with)} with it: it goes back");
            }
        }

        return (null, Refusal.Calm, null, $"{view.Host} has {Words.Rate(view.LoadBitPerSecond)}, not over {Words.Rate(options.OverloadBitPerSecond)}");
    }
}
