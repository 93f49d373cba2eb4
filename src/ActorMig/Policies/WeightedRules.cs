using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Several loads at once: of all moves that leave no host over any limit the one that wins most, each load's part counted in limits of its own policy and
/// by its weight, and who talks to whom with them. Who has less traffic for more memory gets both told. Pure functions, which both sides of a barter compute
/// alike.
/// </summary>
/// <param name="loads">The loads whose weights are above zero.</param>
/// <param name="margin">By how much of itself a level must fall that is over its limit.</param>
/// <param name="price">What moves cost.</param>
/// <param name="talk">How who talks to whom counts; null: not at all.</param>
public sealed class WeightedRules(IReadOnlyList<WeighedLoad> loads, double margin, MovePrice price, WeighedTalk? talk = null)
{
    /// <summary>The cause under which an overload is held, whichever load it is.</summary>
    public const string Overload = "weighted-overload";

    /// <summary>The unit of a gain.</summary>
    public const string Unit = "of the limits";

    /// <summary>What a host would do about its loads.</summary>
    /// <param name="view">The host.</param>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (loads.Count == 0)
        {
            return (null, Refusal.Calm, null, "no load has a weight (actormig.policies.weights)");
        }

        var known = loads.Where(l => l.Kind.Of(view.LoadBitPerSecond, view.Use) is not null).ToArray();
        var over = known.Where(l => Mine(l, view).Level > l.Limits.Overload).ToArray();
        if (known.Length == 0 || over.Length == 0)
        {
            return known.Length == 0
                ? (null, Refusal.StaleView, null, $"what {view.Host} has is not measured yet")
                : (null, Refusal.Calm, null, $"{view.Host} has {string.Join(", ", known.Select(l => l.Kind.Level(Mine(l, view).Level)))}, none of it over its limit");
        }

        var has = $"{view.Host} has {string.Join(" and ", over.Select(l => $"{l.Kind.Level(Mine(l, view).Level)}, over {l.Kind.Level(l.Limits.Overload)}"))}";
        var movable = view.Vms.Where(v => v.IsMovable).ToArray();
        if (view.Peers.Count == 0)
        {
            return (null, Refusal.NoPeer, null, $"{has}; no peer has answered");
        }

        if (movable.Length == 0)
        {
            return (null, view.Vms.Any(v => v.Status == VmStatus.Cooling) ? Refusal.Cooling : Refusal.NotMovable, null, $"{has}; no VM may move now");
        }

        var all = Moves(view);
        if (all.FirstOrDefault(m => m.WhyNot is null) is { Parts: { } parts } best)
        {
            return (
                new Proposal(BarterKind.Migrate, best.Peer, best.Vm.Uuid, Overload, Total(parts), Unit) { Parts = parts }, null, best.Peer,
                $"{has}: move {best.Vm.Name} to {best.Peer}, which wins {InWords(parts)}");
        }

        var nearest = all[0];
        return all.Any(m => m.HasRoom)
            ? (null, Refusal.NoFittingVm, nearest.Peer, $"{has}; no VM that may move wins enough on any host that answered; the best would be {nearest.Vm.Name} to {nearest.Peer}, but {nearest.WhyNot}")
            : (null, Refusal.NoRoom, nearest.Peer, $"{has}; no VM that may move has room on a host that answered");
    }

    /// <summary>What else was looked at, the next best first.</summary>
    /// <param name="view">The host.</param>
    /// <param name="proposal">What it proposes, or null.</param>
    public IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal)
    {
        ArgumentNullException.ThrowIfNull(view);
        return proposal is null && !loads.Any(l => l.Kind.Of(view.LoadBitPerSecond, view.Use) is { } mine && mine.Level > l.Limits.Overload) ? []
            : [.. Moves(view).Where(m => m.Vm.Uuid != proposal?.Give || m.Peer != proposal.Peer).Take(Alternative.Max)
                .Select(m => new Alternative(m.Peer, m.Vm.Name, Total(m.Parts), m.WhyNot ?? $"it would win {InWords(m.Parts)}"))];
    }

    /// <summary>What a host that is asked thinks of an offer: its own kind's it computes anew, others' as each load's own policy does.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        if (offer.Policy != WeightedPolicyActor.PolicyName)
        {
            var answers = loads.Select(l => new ThresholdRules(l.Kind, l.Limits, margin, price).Judge(offer, view)).ToArray();
            return answers.FirstOrDefault(a => a.Refusal is not null) is { Refusal: not null } no ? no
                : (null, answers.Select(a => a.GiveBack).FirstOrDefault(g => g is not null), string.Join("; ", answers.Select(a => a.Reason)));
        }

        if (offer.Exchange is not null)
        {
            return (Refusal.Nonsense, null, $"{WeightedPolicyActor.PolicyName} exchanges nothing");
        }

        var vm = offer.Vms.First(v => v.Uuid == offer.Give);
        var parts = new List<GainPart>();
        foreach (var load in loads)
        {
            if (load.Kind.Of(offer.LoadBitPerSecond, offer.Use) is { } theirs && load.Kind.Of(view.LoadBitPerSecond, view.Use) is { } mine && load.Kind.Of(vm) is { } amount)
            {
                if (mine.With(amount) > load.Limits.Overload)
                {
                    return (Refusal.WorseForMe, null, $"with {vm.Name} I would have {load.Kind.Level(mine.With(amount))}, over {load.Kind.Level(load.Limits.Overload)}");
                }

                parts.Add(PartOf(load, theirs, mine, amount));
            }
        }

        if (parts.Count > 0 && offer.Pair is { } giver && view.Pair is { } taker
            && talk?.Parts(giver, offer.FreeBytes, view.Host, taker, view.FreeBytes)?.GetValueOrDefault(vm.Uuid) is { } talked)
        {
            parts.Add(talked);
        }

        return parts.Count == 0 ? (Refusal.StaleView, null, $"what {view.Host} has is not measured yet")
            : Total(parts) > 0 ? (null, null, $"that wins {InWords(parts)}")
            : (Refusal.WorseForMe, null, $"that wins nothing: {InWords(parts)}");
    }

    private static Burden Mine(WeighedLoad load, HostView view) => load.Kind.Of(view.LoadBitPerSecond, view.Use)!.Value;

    private static double Total(IReadOnlyList<GainPart> parts) => parts.Sum(p => p.Gain);

    private static string InWords(IReadOnlyList<GainPart> parts) => string.Create(CultureInfo.InvariantCulture, $"{Total(parts):0.000} {Unit} ({string.Join(", ", parts.Select(p => p.InWords()))})");

    private static GainPart PartOf(WeighedLoad load, Burden giver, Burden taker, double amount)
    {
        var before = Math.Max(giver.Level, taker.Level);
        var after = Math.Max(giver.With(-amount), taker.With(amount));
        return new GainPart(load.Kind.Policy, load.Weight * (before - after) / load.Limits.Overload, load.Weight);
    }

    /// <summary>All moves of a VM to a peer, those that may be made first, and of these what wins most; equals by VM, then as the peers stand.</summary>
    private Move[] Moves(HostView view) =>
    [
        .. view.Peers.SelectMany(p => Moves(view, p, view.Pair is { } own ? talk?.Parts(own, view.FreeBytes, p.Host, p.Pair, p.FreeBytes) : null))
            .OrderBy(m => m.WhyNot is not null).ThenBy(m => !m.HasRoom).ThenByDescending(m => Total(m.Parts)).ThenBy(m => m.Vm.Uuid, StringComparer.Ordinal),
    ];

    private IEnumerable<Move> Moves(HostView view, Digest peer, IReadOnlyDictionary<string, GainPart>? talked) =>
        view.Vms.Where(v => v.IsMovable).Select(v => Look(v, peer, view, talked?.GetValueOrDefault(v.Facts.Uuid)));

    private Move Look(VmView vm, Digest peer, HostView view, GainPart? talked)
    {
        var parts = new List<GainPart>();
        var (hasRoom, helps) = (peer.FreeBytes >= vm.Facts.MemoryBytes, false);
        var whyNot = hasRoom ? null : DrainRules.NoRoom(vm.Facts, peer);
        string? unworthy = null;
        foreach (var load in loads)
        {
            // What is not known of one of them has no part in it.
            if (load.Kind.Of(view.LoadBitPerSecond, view.Use) is { } mine && load.Kind.Of(peer.LoadBitPerSecond, peer.Use) is { } theirs && load.Kind.Of(vm.Facts) is { } amount)
            {
                parts.Add(PartOf(load, mine, theirs, amount));
                var (before, after) = (Math.Max(mine.Level, theirs.Level), Math.Max(mine.With(-amount), theirs.With(amount)));
                if (theirs.With(amount) > load.Limits.Overload)
                {
                    whyNot ??= $"{peer.Host} would have {load.Kind.Level(theirs.With(amount))}, over {load.Kind.Level(load.Limits.Overload)}";
                }
                else if (mine.Level > load.Limits.Overload && before - after >= margin * before)
                {
                    var notWorth = price.WhyNot(load.Kind, mine, theirs, amount, vm.Facts);
                    helps |= notWorth is null;
                    unworthy ??= notWorth;
                }
            }
        }

        if (parts.Count > 0 && talked is not null)
        {
            parts.Add(talked);
        }

        whyNot ??= !helps ? unworthy ?? "what is over its limit would hardly fall"
            : Total(parts) <= 0 ? $"it wins nothing: {InWords(parts)}"
            : null;
        return new Move(vm.Facts, peer.Host, parts, whyNot, hasRoom);
    }

    private sealed record Move(VmFacts Vm, string Peer, IReadOnlyList<GainPart> Parts, string? WhyNot, bool HasRoom);
}

/// <summary>A load, and how much it counts.</summary>
/// <param name="Kind">The load.</param>
/// <param name="Limits">Its levels.</param>
/// <param name="Weight">How much it counts: above 0.</param>
public sealed record WeighedLoad(LoadKind Kind, LoadLimits Limits, double Weight);

/// <summary>What a load has in a gain, or who talks to whom.</summary>
/// <param name="Policy">The policy that looks at it.</param>
/// <param name="Gain">By how much the busier host's level falls, in limits and by weight, or less traffic passes between hosts; below zero where it rises.</param>
/// <param name="Weight">The weight.</param>
public sealed record GainPart(string Policy, double Gain, double Weight)
{
    /// <summary>In words.</summary>
    public string InWords() => string.Create(CultureInfo.InvariantCulture, $"{Policy} {Gain:+0.000;-0.000;0.000} by weight {Weight:0.##}");
}
