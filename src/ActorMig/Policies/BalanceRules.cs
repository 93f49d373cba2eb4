using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Two hosts share what they carry: a VM moves, or two are exchanged, if the squares of the two hosts' levels add up to less afterwards, those of CPU time, of
/// memory and of traffic alike. Each is counted as a share of the level at which the policies <c>cpu</c>, <c>memory</c> and <c>threshold</c> call a host
/// overloaded; hosts that are far from it are balanced, too. Pure functions of what both sides of a barter know.
/// </summary>
/// <param name="options">The levels, and by how much of itself the imbalance of the two must fall.</param>
public sealed class BalanceRules(ActorMigOptions options)
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "balance";

    /// <summary>The cause under which an imbalance is held.</summary>
    public const string Imbalance = "imbalance";

    /// <summary>Two hosts that differ by less than this share of a level in each of the three are left alone: that may be noise.</summary>
    public const double DifferenceMin = 0.1;

    /// <summary>What the squares must fall by for each VM that moves: the price of a move.</summary>
    public const double Price = 0.001;

    private const string Unit = "of the squares of levels";

    private readonly (LoadKind Kind, double Level)[] _kinds =
    [
        (LoadKind.Cpu, options.Cpu.Overload),
        (LoadKind.Memory, options.Memory.Overload),
        (LoadKind.Network, options.Threshold.OverloadBitPerSecond),
    ];

    /// <summary>What a host would do about its own load.</summary>
    /// <param name="view">The host.</param>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (Of(view.LoadBitPerSecond, view.Use) is not { } mine)
        {
            return (null, Refusal.StaleView, null, $"what {view.Host} carries is not measured yet");
        }

        // The peer that is farthest off is the first: there most is to be won. Of equals it is the first by name.
        var peers = view.Peers.Select(p => (Digest: p, Pair: Of(p.LoadBitPerSecond, p.Use) is { } theirs ? new Pair(mine, theirs) : null)).Where(p => p.Pair is not null)
            .OrderByDescending(p => p.Pair!.Imbalance).ToArray();
        if (peers.Length == 0)
        {
            return (null, Refusal.NoPeer, null, view.Peers.Count == 0 ? "no peer has answered" : "no peer has said what it carries");
        }

        var apart = peers.Where(p => !p.Pair!.IsAlike).ToArray();
        if (apart.Length == 0)
        {
            return (null, Refusal.Calm, peers[0].Digest.Host, $"{view.Host} carries nearly what {peers[0].Digest.Host} does: {peers[0].Pair!.InWords}");
        }

        var movable = view.Vms.Where(v => v.IsMovable).Select(v => (v.Facts, Amounts: Of(v.Facts))).Where(v => v.Amounts is not null).ToArray();
        if (movable.Length == 0)
        {
            return (null, view.Vms.Any(v => v.Status == VmStatus.Cooling) ? Refusal.Cooling : Refusal.NotMovable, apart[0].Digest.Host, "no VM may move now");
        }

        (Digest Peer, Pair Pair, VmFacts Vm, double Gain)? best = null;
        foreach (var (peer, pair) in apart)
        {
            foreach (var (vm, amounts) in movable)
            {
                var gain = pair!.Gain(amounts!);
                if (vm.MemoryBytes <= peer.FreeBytes && IsWorth(pair, gain, 1) && (best is null || gain > best.Value.Gain))
                {
                    best = (peer, pair, vm, gain);
                }
            }
        }

        return best is { } found
            ? (
                new Proposal(BarterKind.Migrate, found.Peer.Host, found.Vm.Uuid, Imbalance, found.Gain, Unit), null, found.Peer.Host,
                $"{view.Host} beside {found.Peer.Host}: {found.Pair.InWords}; move {found.Vm.Name}: {Falls(found.Pair, found.Gain)}")
            : Swap(view, apart[0].Digest, apart[0].Pair!, [.. movable.Select(v => (v.Facts, v.Amounts!))]);
    }

    /// <summary>What a host that is asked thinks of an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        var vm = offer.Vms.First(v => v.Uuid == offer.Give);
        if (Of(view.LoadBitPerSecond, view.Use) is not { } mine || Of(vm) is not { } given)
        {
            return offer.Policy == Policy ? (Refusal.StaleView, null, $"what {view.Host} carries is not measured yet") : (null, null, "what it changes is not measured yet");
        }

        if (offer.Policy != Policy)
        {
            // What others want for their own reasons must only not overload anything.
            return Enumerable.Range(0, mine.Length).Any(i => given[i] > 0 && mine[i].With(given[i]) > 1)
                ? (Refusal.WorseForMe, null, $"with {vm.Name} I would be overloaded")
                : (null, null, "it overloads nothing here");
        }

        if (Of(offer.LoadBitPerSecond, offer.Use) is not { } theirs)
        {
            return (Refusal.StaleView, null, "what the host that offers carries is not measured yet");
        }

        var pair = new Pair(theirs, mine);
        if (pair.IsAlike)
        {
            return (Refusal.WorseForMe, null, $"we carry nearly the same: {pair.InWords}");
        }

        if (offer.Kind != BarterKind.Swap)
        {
            var gain = pair.Gain(given);
            return IsWorth(pair, gain, 1) ? (null, null, Falls(pair, gain)) : (Refusal.WorseForMe, null, $"{vm.Name} wins too little: {Falls(pair, gain)}");
        }

        (VmFacts Vm, double Gain)? best = null;
        foreach (var back in view.Vms.Where(v => v.IsMovable))
        {
            if (Of(back.Facts) is { } amounts && pair.Gain([.. given.Zip(amounts, (g, b) => g - b)]) is var gain && IsWorth(pair, gain, 2)
                && (best is null || gain > best.Value.Gain)
                && SwapOrder.Find("", offer.FreeBytes, view.Host, view.FreeBytes, vm, back.Facts).Refusal is null)
            {
                best = (back.Facts, gain);
            }
        }

        return best is { } found
            ? (null, found.Vm.Uuid, $"{found.Vm.Name} for {vm.Name}: {Falls(pair, found.Gain)}")
            : (Refusal.NoFittingVm, null, $"none of my VMs wins enough in exchange for {vm.Name}");
    }

    private static string Falls(Pair pair, double gain) =>
        string.Create(CultureInfo.InvariantCulture, $"the squares of what they differ by fall from {pair.Imbalance:0.0000} to {pair.Imbalance - gain:0.0000}");

    private bool IsWorth(Pair pair, double gain, int moves) => gain > moves * Price && gain >= options.Margin * pair.Imbalance;

    /// <summary>No single VM helps, or none has room: one of those that take of what is too much here is offered for one of theirs, another one in each round.</summary>
    private static (Proposal?, Refusal?, string?, string) Swap(HostView view, Digest peer, Pair pair, (VmFacts Vm, double[] Amounts)[] movable)
    {
        var wanted = movable.Select(v => (v.Vm, Slope: pair.Slope(v.Amounts))).Where(v => v.Slope > 0).OrderByDescending(v => v.Slope).ToArray();
        if (wanted.Length == 0)
        {
            return (null, Refusal.NoFittingVm, peer.Host, $"{view.Host} beside {peer.Host}: {pair.InWords}; no VM that may move brings them nearer");
        }

        var vm = wanted[view.Round % wanted.Length].Vm;
        return (
            new Proposal(BarterKind.Swap, peer.Host, vm.Uuid, Imbalance, 2 * Price, Unit), null, peer.Host,
            $"{view.Host} beside {peer.Host}: {pair.InWords}; no single VM helps: swap {vm.Name}");
    }

    private Burden[]? Of(double bitPerSecond, HostUse? use)
    {
        var burdens = new Burden[_kinds.Length];
        for (var i = 0; i < burdens.Length; i++)
        {
            if (_kinds[i].Kind.Of(bitPerSecond, use) is not { } burden)
            {
                return null;
            }

            burdens[i] = burden with { Capacity = burden.Capacity * _kinds[i].Level };
        }

        return burdens;
    }

    private double[]? Of(VmFacts vm)
    {
        var amounts = new double[_kinds.Length];
        for (var i = 0; i < amounts.Length; i++)
        {
            if (_kinds[i].Kind.Of(vm) is not { } amount)
            {
                return null;
            }

            amounts[i] = amount;
        }

        return amounts;
    }

    /// <summary>Who might give, and who might take. A host that has more of something counts for more of it: then the least is where both have the same level.</summary>
    private sealed class Pair(Burden[] giver, Burden[] taker)
    {
        /// <summary>What could fall: for hosts alike half of the squares of what they differ by.</summary>
        public double Imbalance { get; } = Enumerable.Range(0, giver.Length).Sum(i => Squares(giver[i], taker[i], 0) - Least(giver[i], taker[i]));

        public bool IsAlike { get; } = Enumerable.Range(0, giver.Length).All(i => Math.Abs(giver[i].Level - taker[i].Level) < DifferenceMin);

        public string InWords => string.Create(
            CultureInfo.InvariantCulture,
            $"CPUs at {100 * giver[0].Level:0} and {100 * taker[0].Level:0}, memory at {100 * giver[1].Level:0} and {100 * taker[1].Level:0}, traffic at {100 * giver[2].Level:0} and {100 * taker[2].Level:0} % of their levels");

        /// <summary>By how much the squares fall if so much goes over.</summary>
        public double Gain(double[] over)
        {
            var gain = 0.0;
            for (var i = 0; i < giver.Length; i++)
            {
                gain += Squares(giver[i], taker[i], 0) - Squares(giver[i], taker[i], over[i]);
            }

            return gain;
        }

        /// <summary>How much would be won by the first little bit of it.</summary>
        public double Slope(double[] over)
        {
            var slope = 0.0;
            for (var i = 0; i < giver.Length; i++)
            {
                slope += (giver[i].Level - taker[i].Level) * over[i] / (giver[i].Capacity + taker[i].Capacity);
            }

            return slope;
        }

        private static double Squares(Burden giver, Burden taker, double over)
        {
            var (left, right) = (giver.With(-over), taker.With(over));
            return 2 * ((giver.Capacity * left * left) + (taker.Capacity * right * right)) / (giver.Capacity + taker.Capacity);
        }

        private static double Least(Burden giver, Burden taker)
        {
            var level = (giver.Amount + taker.Amount) / (giver.Capacity + taker.Capacity);
            return 2 * level * level;
        }
    }
}
