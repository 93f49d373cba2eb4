using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Paper B's rules, where it is silent by the reading in the documentation: pure functions that both sides of a barter compute alike. What is balanced
/// by them is the <paramref name="kind"/> of load: the paper's traffic, or CPU time, or memory.
/// </summary>
/// <param name="kind">Which load.</param>
/// <param name="limits">The levels.</param>
/// <param name="margin">By how much of itself the busier host's level must fall.</param>
/// <param name="price">What moves cost; null: nothing.</param>
public sealed class ThresholdRules(LoadKind kind, LoadLimits limits, double margin, MovePrice? price = null)
{
    /// <summary>The cause under which an overload of traffic is held.</summary>
    public const string Overload = "overload";

    /// <summary>More than that is not asked for out of doubt: the best move between two hosts wins half.</summary>
    public const double MarginMost = 0.4;

    /// <summary>What is asked for beyond the margin, in words that go on after a reason; null: nothing is.</summary>
    private string? _doubt;

    /// <summary>The rules over traffic.</summary>
    /// <param name="options">The numbers.</param>
    /// <param name="margin">By how much of itself the busier host's load must fall.</param>
    /// <param name="price">What moves cost; null: nothing.</param>
    public ThresholdRules(ThresholdOptions options, double margin, MovePrice? price = null)
        : this(LoadKind.Network, options?.Limits ?? throw new ArgumentNullException(nameof(options)), margin, price)
    {
    }

    /// <summary>Which load.</summary>
    public LoadKind Kind => kind;

    /// <summary>The same rules of a policy whose predictions are off: what it proposes must win so many times the margin.</summary>
    /// <param name="times">How many times: at least 1.</param>
    /// <param name="off">By how much its predictions are off.</param>
    public ThresholdRules Doubting(double times, PredictionsOff off)
    {
        ArgumentNullException.ThrowIfNull(off);
        var wide = Math.Max(margin, Math.Min(MarginMost, margin * times));
        return new ThresholdRules(kind, limits, wide, price)
        {
            _doubt = wide <= margin ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"; it asks for {wide * 100:0.#} % instead of {margin * 100:0.#} % (actormig.barter.margin) because its predictions were off by {off.Off * 100:0} % in its last {off.Barters} barters"),
        };
    }

    /// <summary>What a host would do about its load.</summary>
    /// <param name="view">The host.</param>
    /// <returns>A proposal or a refusal, with the peer that decided it and the reason in words.</returns>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (kind.Of(view.LoadBitPerSecond, view.Use) is not { } mine)
        {
            return (null, Refusal.StaleView, null, Unknown(view.Host));
        }

        if (!IsOver(mine.Level))
        {
            return GoBack(view, mine);
        }

        var answer = Relieve(view, mine);
        return answer.Refusal is null or Refusal.NoFittingVm ? (answer.Proposal, answer.Refusal, answer.Peer, answer.Reason + _doubt) : answer;
    }

    /// <summary>What else an overloaded host could do, and why that is worse: VMs that do not go to the peer that decides, and peers that do not decide.</summary>
    /// <param name="view">The host.</param>
    /// <param name="proposal">What it proposes, or null.</param>
    /// <param name="peer">The peer that decided it, if any.</param>
    /// <returns>The next best first.</returns>
    public IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer)
    {
        ArgumentNullException.ThrowIfNull(view);
        const int VmsMax = 3;
        const int PeersMax = 2;
        if (kind.Of(view.LoadBitPerSecond, view.Use) is not { } mine || !IsOver(mine.Level)
            || view.Peers.FirstOrDefault(p => p.Host == peer) is not { } decided || kind.Of(decided.LoadBitPerSecond, decided.Use) is not { } theirs)
        {
            return [];
        }

        var movable = view.Vms.Where(v => v.IsMovable && kind.Of(v.Facts) is not null).ToArray();
        var isPeerWrong = proposal is null && theirs.Level > limits.WindowHigh;
        var vms = isPeerWrong ? [] : movable.Where(v => v.Facts.Uuid != proposal?.Give).OrderByDescending(v => kind.Of(v.Facts)).Take(VmsMax)
            .Select(v => Instead(v, decided, mine, theirs, proposal));
        var peers = view.Peers.Where(p => p != decided)
            .Select(p => (Digest: p, Burden: kind.Of(p.LoadBitPerSecond, p.Use))).Where(p => p.Burden is not null).OrderBy(p => p.Burden!.Value.Level).Take(PeersMax)
            .Select(p => new Alternative(p.Digest.Host, null, p.Burden!.Value.Level,
                p.Burden.Value.Level < theirs.Level ? $"{p.Digest.Host} has {kind.Level(p.Burden.Value.Level)}, but room for none of the VMs that may move"
                : $"{p.Digest.Host} has {kind.Level(p.Burden.Value.Level)}, no less than {decided.Host}"));
        return [.. vms, .. peers];
    }

    private Alternative Instead(VmView vm, Digest peer, Burden mine, Burden theirs, Proposal? proposal)
    {
        var amount = kind.Of(vm.Facts)!.Value;
        var (there, after) = (theirs.With(amount), Math.Max(mine.With(-amount), theirs.With(amount)));
        var why = proposal?.Kind == BarterKind.Swap ? "the busiest VM is offered for a swap"
            : IsOver(there) ? $"{peer.Host} would have {kind.Level(there)}, over {kind.Level(limits.Overload)}"
            : !Relieves(mine, theirs, amount) ? $"too little would be won: the busier host would still have {kind.Level(after)}"
            : !HasRoom(peer, vm) ? DrainRules.NoRoom(vm.Facts, peer)
            : WhyNotWorth(vm.Facts, mine, theirs) is { } unworthy ? unworthy
            : "it would do, but of those that do the busiest goes first";
        return new Alternative(peer.Host, vm.Facts.Name, after, $"{vm.Facts.Name} has {kind.Amount(amount)}: {why}");
    }

    /// <summary>The VM that is the best answer to a VM that comes: the one that leaves the lower maximum of the two hosts. Only for traffic.</summary>
    /// <param name="theirLoad">The load of the host that offers.</param>
    /// <param name="theirVm">The load of the VM that it gives.</param>
    /// <param name="myLoad">The load of the host that was asked.</param>
    /// <param name="mine">Its VMs.</param>
    /// <returns>The VM and the maximum, or null if none leaves both at or under the threshold with enough gain.</returns>
    public (VmFacts Vm, double MaximumBitPerSecond)? SwapPartner(double theirLoad, double theirVm, double myLoad, IReadOnlyList<VmView> mine)
    {
        ArgumentNullException.ThrowIfNull(mine);
        return Partner(new Burden(theirLoad, 1), theirVm, new Burden(myLoad, 1), mine, static _ => true);
    }

    /// <summary>What a host that is asked thinks of an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        var vm = offer.Vms.First(v => v.Uuid == offer.Give);
        var isOwn = (offer.Policy ?? ThresholdPolicyActor.PolicyName) == kind.Policy;
        if (kind.Of(view.LoadBitPerSecond, view.Use) is not { } own || kind.Of(vm) is not { } amount)
        {
            // Whoever cannot see whether it would become worse does not stand in the way of what another policy sees.
            return isOwn ? (Refusal.StaleView, null, Unknown(view.Host)) : (null, null, Unknown(view.Host));
        }

        if (offer.Exchange is not null)
        {
            return JudgeExchange(offer, own, view);
        }

        var with = own.With(amount);
        var mine = $"I have {kind.Level(own.Level)} myself";
        var wouldHave = $"with {vm.Name} I would have {kind.Level(with)}";
        if (!isOwn)
        {
            // What another policy wants for its own reasons must only not make this one's worse.
            return IsOver(with) ? (Refusal.WorseForMe, null, $"{wouldHave}, over {kind.Level(limits.Overload)}") : (null, null, wouldHave);
        }

        switch (offer.Kind)
        {
            case BarterKind.Migrate or BarterKind.Swap when IsOver(own.Level):
                return (Refusal.BothOverloaded, null, mine);
            case BarterKind.Migrate or BarterKind.Swap when own.Level > limits.WindowHigh:
                return (Refusal.PeerTooFull, null, $"{mine}, over {kind.Level(limits.WindowHigh)}");
            case BarterKind.Migrate when own.Level >= limits.WindowLow:
                return (Refusal.WorseForMe, null, $"{mine}, not under {kind.Level(limits.WindowLow)}: I would only swap");
            case BarterKind.Remigrate:
                return with <= limits.WindowHigh
                    ? (null, null, $"{wouldHave}, which is at most {kind.Level(limits.WindowHigh)}")
                    : (Refusal.WorseForMe, null, $"{wouldHave}, over {kind.Level(limits.WindowHigh)}");
        }

        if (kind.Of(offer.LoadBitPerSecond, offer.Use) is not { } theirs)
        {
            return (Refusal.StaleView, null, Unknown("the host that offers"));
        }

        if (offer.Kind == BarterKind.Swap)
        {
            var doNotPay = 0;
            bool Fits(VmFacts back) => (!kind.LooksForRoom || SwapOrder.Find("", offer.FreeBytes, view.Host, view.FreeBytes, vm, back).Refusal is null) && Pays(back);
            bool Pays(VmFacts back)
            {
                var pays = price?.WhyNot(kind, theirs, own, amount - (kind.Of(back) ?? 0), vm, back) is null;
                doNotPay += pays ? 0 : 1;
                return pays;
            }

            return Partner(theirs, amount, own, view.Vms, Fits) is { } partner
                ? (null, partner.Vm.Uuid, $"{partner.Vm.Name} ({kind.Amount(kind.Of(partner.Vm) ?? 0)}) for {vm.Name} ({kind.Amount(amount)}) leaves neither host above {kind.Level(partner.Maximum)}")
                : (Refusal.NoFittingVm, null, $"none of my VMs leaves both hosts at or under {kind.Level(limits.Overload)} in exchange for {vm.Name}"
                    + (doNotPay > 0 ? ", so that it pays to move both (actormig.barter.horizon)" : ""));
        }

        return Relieves(theirs, own, amount) ? (null, null, wouldHave) : (Refusal.WorseForMe, null, wouldHave);
    }

    /// <summary>An exchange is another policy's: it must only not bring this host over its threshold, or farther over it.</summary>
    private (Refusal? Refusal, string? GiveBack, string Reason) JudgeExchange(Offer offer, Burden own, HostView view)
    {
        var more = offer.Given().Sum(v => kind.Of(v) ?? 0) - view.Vms.Where(v => offer.Taken().Contains(v.Facts.Uuid)).Sum(v => kind.Of(v.Facts) ?? 0);
        var wouldHave = $"after it I would have {kind.Level(own.With(more))}";
        return IsOver(own.With(more)) && more > 0 ? (Refusal.WorseForMe, null, $"{wouldHave}, over {kind.Level(limits.Overload)}") : (null, null, wouldHave);
    }

    private (VmFacts Vm, double Maximum)? Partner(Burden theirs, double theirVm, Burden own, IReadOnlyList<VmView> mine, Func<VmFacts, bool> fits)
    {
        (VmFacts Vm, double Maximum)? best = null;
        foreach (var vm in mine)
        {
            if (kind.Of(vm.Facts) is not { } load)
            {
                continue;
            }

            var maximum = Math.Max(theirs.With(load - theirVm), own.With(theirVm - load));
            if (vm.IsMovable && IsWorth(Math.Max(theirs.Level, own.Level), maximum) && (best is null || maximum < best.Value.Maximum) && fits(vm.Facts))
            {
                best = (vm.Facts, maximum);
            }
        }

        return best;
    }

    private string Unknown(string host) => $"what {host} has for the policy {kind.Policy} is not measured yet";

    private bool IsOver(double level) => level > limits.Overload;

    private bool IsWorth(double before, double after) => !IsOver(after) && Gains(before, after);

    private bool Gains(double before, double after) => before - after >= margin * before;

    /// <summary>A migration need not bring the giver under the threshold at once; it must not bring the taker over it.</summary>
    private bool Relieves(Burden giver, Burden taker, double vm) =>
        !IsOver(taker.With(vm)) && Gains(Math.Max(giver.Level, taker.Level), Math.Max(giver.With(-vm), taker.With(vm)));

    /// <summary>Why it does not pay to move a VM from one host to the other, in words; null if it does.</summary>
    private string? WhyNotWorth(VmFacts vm, Burden giver, Burden taker) => price?.WhyNot(kind, giver, taker, kind.Of(vm) ?? 0, vm);

    private bool HasRoom(Digest peer, VmView vm) => !kind.LooksForRoom || peer.FreeBytes >= vm.Facts.MemoryBytes;

    private (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Relieve(HostView view, Burden mine)
    {
        var over = $"{view.Host} has {kind.Level(mine.Level)}, over {kind.Level(limits.Overload)}";
        var peers = view.Peers.Select(p => (Digest: p, Burden: kind.Of(p.LoadBitPerSecond, p.Use))).Where(p => p.Burden is not null).ToArray();
        if (peers.Length == 0)
        {
            return (null, Refusal.NoPeer, null, view.Peers.Count == 0 ? $"{over}; no peer has answered" : $"{over}; no peer has said how much it has of that");
        }

        // The emptiest peer decides; of equals the first by name. One that could take none of the VMs decides only where there is no other.
        var roomy = peers.Where(p => view.Vms.Any(v => v.IsMovable && HasRoom(p.Digest, v))).ToArray();
        var (peer, burden) = (roomy.Length > 0 && kind.LooksForRoom ? roomy : peers).MinBy(p => p.Burden!.Value.Level);
        var theirs = burden!.Value;
        var has = $"{over}; {peer.Host} has {kind.Level(theirs.Level)}";
        if (IsOver(theirs.Level))
        {
            return (null, Refusal.BothOverloaded, peer.Host, $"{has}: both are overloaded, nothing would be won");
        }

        if (theirs.Level > limits.WindowHigh)
        {
            return (null, Refusal.PeerTooFull, peer.Host, $"{has}, over {kind.Level(limits.WindowHigh)}");
        }

        var movable = view.Vms.Where(v => v.IsMovable && kind.Of(v.Facts) is not null).OrderByDescending(v => kind.Of(v.Facts)).ToArray();
        if (movable.Length == 0 && view.Vms.FirstOrDefault(v => v.IsManaged && v.CannotMove is not null) is { } held)
        {
            return (null, Refusal.PreFlight, peer.Host, $"{has}; no VM may move: {held.Facts.Name} cannot be moved: {held.CannotMove}");
        }

        if (movable.Length == 0)
        {
            return (null, view.Vms.Any(v => v.Status == VmStatus.Cooling) ? Refusal.Cooling : Refusal.NotMovable, peer.Host, $"{has}; no VM may move now");
        }

        if (theirs.Level >= limits.WindowLow)
        {
            var busiest = movable[0].Facts;
            var even = (mine.Amount + theirs.Amount) / (mine.Capacity + theirs.Capacity);
            if (_doubt is not null && !Gains(mine.Level, even))
            {
                return (null, Refusal.NoFittingVm, peer.Host, $"{has}; even if a swap made both hosts alike they would have {kind.Level(even)}: too little would be won");
            }

            return (
                new Proposal(BarterKind.Swap, peer.Host, busiest.Uuid, kind.Overload, mine.Level - limits.Overload, kind.Unit), null, peer.Host,
                $"{has}, within {kind.Level(limits.WindowLow)} to {kind.Level(limits.WindowHigh)}: swap the busiest VM {busiest.Name} ({kind.Amount(kind.Of(busiest)!.Value)})");
        }

        string? notWorth = null;
        foreach (var vm in movable)
        {
            var amount = kind.Of(vm.Facts)!.Value;
            var after = Math.Max(mine.With(-amount), theirs.With(amount));
            if (Relieves(mine, theirs, amount) && HasRoom(peer, vm) && WhyNotWorth(vm.Facts, mine, theirs) is { } unworthy)
            {
                notWorth ??= $"{vm.Facts.Name} ({kind.Amount(amount)}): {unworthy}";
            }
            else if (Relieves(mine, theirs, amount) && HasRoom(peer, vm))
            {
                return (
                    new Proposal(BarterKind.Migrate, peer.Host, vm.Facts.Uuid, kind.Overload, mine.Level - after, kind.Unit), null, peer.Host,
                    $"{has}: move {vm.Facts.Name} ({kind.Amount(amount)}), then neither has more than {kind.Level(after)}");
            }
        }

        return notWorth is not null ? (null, Refusal.NoFittingVm, peer.Host, $"{has}; {notWorth}") : movable.Any(v => Relieves(mine, theirs, kind.Of(v.Facts)!.Value))
            ? (null, Refusal.NoRoom, peer.Host, $"{has}; no VM that would help has room on {peer.Host}, which can promise {Words.Memory(Math.Max(0, peer.FreeBytes))}")
            : (null, Refusal.NoFittingVm, peer.Host, $"{has}; no VM that may move leaves {peer.Host} at or under {kind.Level(limits.Overload)} with enough gain");
    }

    private (Proposal?, Refusal?, string?, string) GoBack(HostView view, Burden mine)
    {
        string? waits = null;
        foreach (var vm in view.Vms)
        {
            if (vm.IsMovable && view.Peers.FirstOrDefault(p => p.Host == vm.Facts.Origin) is { } origin && HasRoom(origin, vm)
                && kind.Of(origin.LoadBitPerSecond, origin.Use) is { } there && kind.Of(vm.Facts) is { } amount && there.With(amount) is var with && with <= limits.WindowHigh)
            {
                if (vm.NotBack is { } refused)
                {
                    waits ??= $"; {vm.Facts.Name} came from {origin.Host}, and stays: {refused}";
                    continue;
                }

                return (
                    new Proposal(BarterKind.Remigrate, origin.Host, vm.Facts.Uuid, kind.Remigrate + vm.Facts.Uuid, 0, kind.Unit), null, origin.Host,
                    $"{vm.Facts.Name} came from {origin.Host}, which would have {kind.Level(with)} with it: it goes back");
            }
        }

        return (null, Refusal.Calm, null, $"{view.Host} has {kind.Level(mine.Level)}, not over {kind.Level(limits.Overload)}{waits}");
    }
}
