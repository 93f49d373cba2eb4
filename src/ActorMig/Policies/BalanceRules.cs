using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Two hosts share what they carry: a VM moves, or two are exchanged, if the squares of the two hosts' levels add up to less afterwards, those of CPU time, of
/// memory and of traffic alike. Each is counted as a share of the level at which the policies <c>cpu</c>, <c>memory</c> and <c>threshold</c> call a host
/// overloaded; hosts that are far from it are balanced, too. What is won must be more than what the fluctuation of the loads could feign, and than what the
/// copying costs. Pure functions of what both sides of a barter know, which compute the same.
/// </summary>
public sealed class BalanceRules
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "balance";

    /// <summary>The cause under which an imbalance is held.</summary>
    public const string Imbalance = "imbalance";

    /// <summary>What the squares must fall by for each VM that moves, whatever it costs: less cannot be seen.</summary>
    public const double GainMin = 0.0005;

    private const string Unit = "of the squares of levels";

    private readonly ActorMigOptions _options;
    private readonly (LoadKind Kind, double Level)[] _kinds;
    private readonly MovePrice _price;

    /// <summary>The rules.</summary>
    /// <param name="options">The levels, by how much of itself the imbalance of the two must fall, how much is doubted and what is paid.</param>
    public BalanceRules(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _kinds =
        [
            (LoadKind.Cpu, options.Cpu.Overload),
            (LoadKind.Memory, options.Memory.Overload),
            (LoadKind.Network, options.Threshold.OverloadBitPerSecond),
        ];
        _price = MovePrice.Of(options) with { HorizonMs = options.Balance.PaybackMs };
    }

    /// <summary>What a host would do about its own load.</summary>
    /// <param name="view">The host.</param>
    /// <param name="swaps">How many swaps it has offered in vain; null if it rests after these.</param>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view, int? swaps = 0)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (Of(view.LoadBitPerSecond, view.Use) is not { } mine)
        {
            return (null, Refusal.StaleView, null, WhyUnknown(view.Host, view.Use));
        }

        // The peer that is farthest off is the first: there most is to be won. Of equals it is the first by name.
        var peers = Pairs(view, mine);
        if (peers.Length == 0)
        {
            return (null, Refusal.NoPeer, null, view.Peers.Count == 0 ? "no peer has answered" : "no peer has said what it carries, and how that fluctuates");
        }

        var apart = peers.Where(p => p.Pair.Certain > GainMin).ToArray();
        if (apart.Length == 0)
        {
            return (null, Refusal.Calm, peers[0].Peer.Host, $"{view.Host} carries nearly what {peers[0].Peer.Host} does: {peers[0].Pair.InWords}{Fluctuates(peers[0].Pair)}");
        }

        var movable = view.Vms.Where(v => v.IsMovable).Select(v => (v.Facts, Amounts: Of(v.Facts))).Where(v => v.Amounts is not null).Select(v => (v.Facts, Amounts: v.Amounts!)).ToArray();
        if (movable.Length == 0)
        {
            return (null, view.Vms.Any(v => v.Status == VmStatus.Cooling) ? Refusal.Cooling : Refusal.NotMovable, apart[0].Peer.Host, "no VM may move now");
        }

        (Digest Peer, Pair Pair, VmFacts Vm, Win Win)? best = null;
        foreach (var (peer, pair) in apart)
        {
            foreach (var (vm, amounts) in movable)
            {
                var win = pair.Look(amounts, vm);
                if (vm.MemoryBytes <= peer.FreeBytes && (best is null || win.Net > best.Value.Win.Net) && WhyNot(pair, win, 1) is null)
                {
                    best = (peer, pair, vm, win);
                }
            }
        }

        return best is { } found
            ? (
                new Proposal(BarterKind.Migrate, found.Peer.Host, found.Vm.Uuid, Imbalance, found.Win.Gain, Unit), null, found.Peer.Host,
                $"{view.Host} beside {found.Peer.Host}: {found.Pair.InWords}; move {found.Vm.Name}: {Falls(found.Pair, found.Win)}")
            : Swap(view, apart[0].Peer, apart[0].Pair, movable, swaps);
    }

    /// <summary>What else a host could do, and why that is worse or not enough.</summary>
    /// <param name="view">The host.</param>
    /// <param name="proposal">What it proposes, or null.</param>
    public IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Of(view.LoadBitPerSecond, view.Use) is not { } mine ? []
            : [.. Pairs(view, mine).Where(p => p.Pair.Certain > GainMin).SelectMany(p => view.Vms.Where(v => v.IsMovable).Select(v => (p.Peer, p.Pair, v.Facts, Amounts: Of(v.Facts))))
                .Where(m => m.Amounts is not null && (m.Peer.Host != proposal?.Peer || m.Facts.Uuid != proposal.Give))
                .Select(m => (m.Peer, m.Pair, m.Facts, Win: m.Pair.Look(m.Amounts!, m.Facts))).OrderByDescending(m => m.Win.Net).Take(Alternative.Max)
                .Select(m => new Alternative(m.Peer.Host, m.Facts.Name, m.Win.Net, m.Facts.MemoryBytes > m.Peer.FreeBytes ? DrainRules.NoRoom(m.Facts, m.Peer)
                    : WhyNot(m.Pair, m.Win, 1) ?? Falls(m.Pair, m.Win)))];
    }

    /// <summary>What a host that is asked thinks of an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        if (offer.Policy != Policy)
        {
            return JudgeOthers(offer, view);
        }

        var vm = offer.Vms.First(v => v.Uuid == offer.Give);
        if (Of(view.LoadBitPerSecond, view.Use) is not { } mine)
        {
            return (Refusal.StaleView, null, WhyUnknown(view.Host, view.Use));
        }

        if (Of(offer.LoadBitPerSecond, offer.Use) is not { } theirs || Of(vm) is not { } given)
        {
            return (Refusal.StaleView, null, WhyUnknown("the host that offers", offer.Use));
        }

        var pair = new Pair(_kinds, _price, _options.Balance.Doubt, theirs, mine);
        if (offer.Kind != BarterKind.Swap)
        {
            var win = pair.Look(given, vm);
            return WhyNot(pair, win, 1) is { } unworthy ? (Refusal.WorseForMe, null, $"{vm.Name} wins too little: {unworthy}") : (null, null, Falls(pair, win));
        }

        (VmFacts Vm, Win Win)? best = null;
        foreach (var back in view.Vms.Where(v => v.IsMovable))
        {
            if (Of(back.Facts) is { } amounts && pair.Look([.. given.Zip(amounts, (g, b) => g - b)], vm, back.Facts) is var win
                && (best is null || win.Net > best.Value.Win.Net) && WhyNot(pair, win, 2) is null
                && SwapOrder.Find("", offer.FreeBytes, view.Host, view.FreeBytes, vm, back.Facts).Refusal is null)
            {
                best = (back.Facts, win);
            }
        }

        return best is { } found
            ? (null, found.Vm.Uuid, $"{found.Vm.Name} for {vm.Name}: {Falls(pair, found.Win)}")
            : (Refusal.NoFittingVm, null, $"none of my VMs wins enough in exchange for {vm.Name}");
    }

    /// <summary>What others want for their own reasons must only not overload anything here; and what goes back must not have gone to make hosts alike.</summary>
    private (Refusal? Refusal, string? GiveBack, string Reason) JudgeOthers(Offer offer, HostView view)
    {
        foreach (var (kind, level) in _kinds)
        {
            var more = offer.Given().Sum(v => kind.Of(v) ?? 0) - view.Vms.Where(v => offer.Taken().Contains(v.Facts.Uuid)).Sum(v => kind.Of(v.Facts) ?? 0);
            if (more > 0 && kind.Of(view.LoadBitPerSecond, view.Use) is { } mine && mine.With(more) > level)
            {
                return (Refusal.WorseForMe, null, $"after it I would have {kind.Level(mine.With(more))}, over {kind.Level(level)}");
            }
        }

        if (offer.Kind != BarterKind.Remigrate)
        {
            return (null, null, "it overloads nothing here that is measured");
        }

        if (Of(view.LoadBitPerSecond, view.Use) is not { } taker)
        {
            return (Refusal.StaleView, null, WhyUnknown(view.Host, view.Use));
        }

        if (Of(offer.LoadBitPerSecond, offer.Use) is not { } giver)
        {
            return (Refusal.StaleView, null, WhyUnknown("the host that offers", offer.Use));
        }

        if (offer.Given() is [var back] && Of(back) is { } amounts && new Pair(_kinds, _price, _options.Balance.Doubt, giver, taker).Look(amounts).Gain <= 0)
        {
            return (Refusal.WorseForMe, null, $"with {back.Name} back here we would be less alike");
        }

        return (null, null, "it overloads nothing here that is measured");
    }

    private static string WhyUnknown(string host, HostUse? use) =>
        use is { Spread: null } ? $"how the load of {host} fluctuates is not known yet" : $"what {host} carries is not measured yet";

    private static string Falls(Pair pair, Win win) =>
        string.Create(CultureInfo.InvariantCulture, $"the squares of what they differ by fall from {pair.Imbalance:0.0000} to {pair.Imbalance - win.Gain:0.0000}");

    private string Fluctuates(Pair pair) =>
        pair.Imbalance <= GainMin ? "" : string.Create(CultureInfo.InvariantCulture, $"; by how they fluctuate that may be chance (actormig.balance.doubt = {_options.Balance.Doubt:0.##})");

    /// <summary>Why it is not worth it, in words; null if it is.</summary>
    private string? WhyNot(Pair pair, Win win, int moves) =>
        !(win.Gain > moves * GainMin) ? Text($"the squares of what they differ by would fall by {win.Gain:0.0000} only")
        : win.Gain < _options.Margin * pair.Imbalance ? Text($"the squares of what they differ by would fall by {win.Gain:0.0000} of {pair.Imbalance:0.0000}, less than actormig.barter.margin asks for")
        : win.Gain <= win.Chance ? Text($"the squares would fall by {win.Gain:0.0000}, and by how these loads fluctuate {win.Chance:0.0000} of that may be chance (actormig.balance.doubt)")
        : win.Net <= 0 ? Text($"the squares would fall by {win.Gain:0.0000}, {win.Chance:0.0000} of that may be chance, and copying costs {win.Cost:0.0000} within {Words.Span(_price.HorizonMs)} (actormig.balance.payback)")
        : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>No single VM helps, or none has room: one of those that take of what is too much here is offered for one of theirs, another one each time.</summary>
    private (Proposal?, Refusal?, string?, string) Swap(HostView view, Digest peer, Pair pair, (VmFacts Vm, double[] Amounts)[] movable, int? swaps)
    {
        // The most that could be won is all that they certainly differ by; what moving this VM alone would cost must be less.
        var wanted = movable.Where(v => pair.Certain >= _options.Margin * pair.Imbalance && pair.Look(v.Amounts, v.Vm).Cost + (2 * GainMin) < pair.Certain)
            .Select(v => (v.Vm, Slope: pair.Slope(v.Amounts))).Where(v => v.Slope > 0).OrderByDescending(v => v.Slope).ToArray();
        if (wanted.Length == 0)
        {
            return (null, Refusal.NoFittingVm, peer.Host, $"{view.Host} beside {peer.Host}: {pair.InWords}; no VM that may move brings them nearer by enough, for what that costs and what may be chance");
        }

        if (swaps is not { } offered)
        {
            return (null, Refusal.NoFittingVm, peer.Host, $"{view.Host} beside {peer.Host}: {pair.InWords}; no single VM helps, and of the swaps that were proposed none has come about: the next one waits");
        }

        var vm = wanted[offered % wanted.Length].Vm;
        return (
            new Proposal(BarterKind.Swap, peer.Host, vm.Uuid, Imbalance, 2 * GainMin, Unit), null, peer.Host,
            $"{view.Host} beside {peer.Host}: {pair.InWords}; no single VM helps: swap {vm.Name}");
    }

    private (Digest Peer, Pair Pair)[] Pairs(HostView view, Carried[] mine) =>
    [
        .. view.Peers.Select(p => (Peer: p, Theirs: Of(p.LoadBitPerSecond, p.Use))).Where(p => p.Theirs is not null)
            .Select(p => (p.Peer, Pair: new Pair(_kinds, _price, _options.Balance.Doubt, mine, p.Theirs!))).OrderByDescending(p => p.Pair.Certain),
    ];

    private Carried[]? Of(double bitPerSecond, HostUse? use)
    {
        if (use?.Spread is not { } spread)
        {
            return null;
        }

        var carried = new Carried[_kinds.Length];
        for (var i = 0; i < carried.Length; i++)
        {
            var (kind, level) = _kinds[i];
            if (kind.Of(bitPerSecond, use) is not { } burden)
            {
                return null;
            }

            var capacity = burden.Capacity * level;
            carried[i] = new Carried(burden with { Capacity = capacity }, kind.Of(spread) / capacity);
        }

        return carried;
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

    /// <summary>What a host carries of something, and by how much of a level that fluctuates.</summary>
    private readonly record struct Carried(Burden Burden, double Spread);

    /// <summary>What would be won, how much of it may be chance, and what it costs; all in squares of levels.</summary>
    private readonly record struct Win(double Gain, double Chance, double Cost)
    {
        public double Net => Gain - Chance - Cost;
    }

    /// <summary>Who might give, and who might take. A host that has more of something counts for more of it: then the least is where both have the same level.</summary>
    private sealed class Pair
    {
        private readonly (LoadKind Kind, double Level)[] _kinds;
        private readonly MovePrice _price;
        private readonly double _doubt;
        private readonly Carried[] _giver;
        private readonly Carried[] _taker;

        public Pair((LoadKind Kind, double Level)[] kinds, MovePrice price, double doubt, Carried[] giver, Carried[] taker)
        {
            (_kinds, _price, _doubt, _giver, _taker) = (kinds, price, doubt, giver, taker);
            for (var i = 0; i < kinds.Length; i++)
            {
                var (a, b) = (giver[i].Burden, taker[i].Burden);
                var share = 2 * a.Capacity * b.Capacity / ((a.Capacity + b.Capacity) * (a.Capacity + b.Capacity));
                var apart = Math.Abs(a.Level - b.Level);
                var certain = Math.Max(0, apart - (doubt * SpreadOf(i)));
                Imbalance += share * apart * apart;
                Certain += share * certain * certain;
            }
        }

        /// <summary>What could fall: for hosts alike half of the squares of what they differ by.</summary>
        public double Imbalance { get; }

        /// <summary>The same of what cannot be chance.</summary>
        public double Certain { get; }

        public string InWords => string.Create(
            CultureInfo.InvariantCulture,
            $"CPUs at {Percent(_giver, 0)} and {Percent(_taker, 0)}, memory at {Percent(_giver, 1)} and {Percent(_taker, 1)}, traffic at {Percent(_giver, 2)} and {Percent(_taker, 2)} % of their levels");

        /// <summary>What it would come to if so much went over, by moving these VMs.</summary>
        public Win Look(double[] over, params ReadOnlySpan<VmFacts> vms)
        {
            var (gain, chance, cost) = (0.0, 0.0, 0.0);
            for (var i = 0; i < over.Length; i++)
            {
                var (giver, taker) = (_giver[i].Burden, _taker[i].Burden);
                var capacity = giver.Capacity + taker.Capacity;
                var slope = 4 / capacity;
                gain += (slope * over[i] * (giver.Level - taker.Level)) - (slope / 2 * over[i] * over[i] * ((1 / giver.Capacity) + (1 / taker.Capacity)));

                // Whatever the loads have in common: all of them may have been off at the same time.
                chance += _doubt * slope * Math.Abs(over[i]) * SpreadOf(i);
                foreach (var vm in _price.HorizonMs == 0 ? [] : vms)
                {
                    // The copying is carried, too, by both, and as long as it takes.
                    cost += slope * ((giver.Amount * _kinds[i].Kind.Cost(vm, giver, _price)) + (taker.Amount * _kinds[i].Kind.Cost(vm, taker, _price))) / (_price.HorizonMs / 1_000.0);
                }
            }

            return new Win(gain, chance, cost);
        }

        /// <summary>How much would be won by the first little bit of it.</summary>
        public double Slope(double[] over)
        {
            var slope = 0.0;
            for (var i = 0; i < over.Length; i++)
            {
                slope += (_giver[i].Burden.Level - _taker[i].Burden.Level) * over[i] / (_giver[i].Burden.Capacity + _taker[i].Burden.Capacity);
            }

            return slope;
        }

        private double SpreadOf(int kind) => Math.Sqrt((_giver[kind].Spread * _giver[kind].Spread) + (_taker[kind].Spread * _taker[kind].Spread));

        private static string Percent(Carried[] host, int kind) => (100 * host[kind].Burden.Level).ToString("0", CultureInfo.InvariantCulture);
    }
}
