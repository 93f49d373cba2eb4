using ActorMig.Bartering;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// Brings VMs together that talk to each other (Starling's aim), by exchanges with one peer: pure functions of both hosts' halves, which both sides of a
/// barter compute alike.
/// </summary>
/// <param name="options">The numbers.</param>
public sealed class AffinityRules(AffinityOptions options)
{
    /// <summary>Begins the cause under which an exchange is held; the peer's name follows.</summary>
    public const string Apart = "apart-";

    private const int NamesMax = 4;

    /// <summary>A peer with which an exchange would win at least so much of the best stays the one until it has held.</summary>
    private const double StaysShare = 0.9;

    /// <summary>So often an exchange is looked for without what rules keep back of the one before.</summary>
    private const int TriesMax = 8;

    /// <summary>Which exchange with one of the peers wins most.</summary>
    /// <param name="view">The host.</param>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => Look(view).Answer;

    /// <summary>The same, with what was looked at besides.</summary>
    /// <param name="view">The host.</param>
    /// <param name="heldWith">
    /// The peer of the last proposal: it stays the one while others would win hardly more, else of two that are equal neither would ever hold. Null: none.
    /// </param>
    public AffinityLook Look(HostView view, string? heldWith = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Pair is not { } own)
        {
            return new((null, Refusal.Calm, null, $"with whom the VMs of {view.Host} talk is not known"), [], []);
        }

        var away = own.Vms.SelectMany(v => v.Ties).Where(t => t.Host != own.Host).Sum(t => t.SentBitPerSecond);
        if (away <= 0)
        {
            return new((null, Refusal.Calm, null, $"no VM of {view.Host} talks to one of another host"), [], []);
        }

        var sends = $"{view.Host} sends {Words.Rate(away)} to VMs of other hosts";
        var looked = view.Peers.Where(p => p is { Mode: Mode.Auto, Pair: not null }).Select(p => (Peer: p, Found: Find(own, p, view))).ToArray();
        var asked = looked.Select(l => (l.Peer, l.Found.Plan)).ToArray();

        // For the same exchange only one of the two gathers: if both would, the first by name.
        (string, RoomNeed?, bool)[] needs =
        [
            .. looked.Select(l => (l.Peer.Host, l.Peer.Pair!.Wanted?.Peer == view.Host && string.CompareOrdinal(l.Peer.Host, view.Host) < 0 ? null : l.Found.Need, l.Found.Plan is not null)),
        ];
        var ours = asked.Where(a => a.Plan is { FromA.Count: > 0 }).Select(a => (a.Peer, Plan: a.Plan!)).OrderByDescending(a => a.Plan.Gain.Net).ToArray();
        if (ours.Length > 0)
        {
            var best = ours[0];
            var (with, exchange) = ours.FirstOrDefault(o => o.Peer.Host == heldWith && o.Plan.Gain.Net >= StaysShare * best.Plan.Gain.Net) is { Plan: not null } held ? held : best;
            var proposal = new Proposal(
                BarterKind.Exchange, with.Host, exchange.FromA[0], Apart + with.Host, exchange.Gain.Net, "bit/s", new Exchange(exchange.FromA, exchange.FromB, exchange.Gain.Net, exchange.Gain.Room));
            return new((proposal, null, with.Host, $"{sends}: {InWords(exchange, own, with.Pair!)}"), Others(own, view, asked, (with, exchange)), needs);
        }

        var isTheirs = asked.FirstOrDefault(a => a.Plan is not null).Peer?.Host;
        return new(
            asked.Length == 0 ? (null, Refusal.NoPeer, null, $"{sends}; no host with which they talk, and that has refused nothing lately, has answered that may move VMs and knows with whom its own talk")
                : isTheirs is not null ? (null, Refusal.Calm, isTheirs, $"{sends}; what would be won comes from {isTheirs}, which offers it")
                : (null, Refusal.Calm, null, $"{sends}; no exchange with {string.Join(", ", asked.Select(a => a.Peer.Host))} wins more than its price"),
            Others(own, view, asked, null), needs);
    }

    /// <summary>What a host that is asked thinks of an exchange.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="view">The host that was asked.</param>
    public (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        if (offer is not { Policy: AffinityPolicyActor.PolicyName, Exchange: { } exchange, Pair: { } theirs })
        {
            return (null, null, "who talks to whom has no say in what others want");
        }

        if (view.Pair is not { } own)
        {
            return (Refusal.StaleView, null, $"with whom the VMs of {view.Host} talk is not known");
        }

        var problem = PairHalves.Problem(theirs, offer.FreeBytes, own, view.FreeBytes, options);
        if (problem.WhyNot() is { } nonsense)
        {
            return (Refusal.Nonsense, null, $"the offer makes no sense: {nonsense}");
        }

        if (exchange.Gives.FirstOrDefault(g => !theirs.Vms.Any(v => v.Uuid == g && v.IsMovable)) is { } stays)
        {
            return (Refusal.NotMovable, null, $"{NameOf(stays, theirs)} may not move");
        }

        if (exchange.Takes.FirstOrDefault(t => !own.Vms.Any(v => v.Uuid == t && v.IsMovable)) is { } kept)
        {
            return (Refusal.NotMovable, null, $"{NameOf(kept, own)} is not on {view.Host}, or may not move now");
        }

        if (PairExchange.Weigh(problem, options.Exchange, [.. exchange.Gives, .. exchange.Takes]) is not { } plan)
        {
            return (exchange.Takes.Count == 0 ? Refusal.NoRoom : Refusal.NoRoomToSwap, null, $"{own.Host} and {theirs.Host} have no room for it");
        }

        // Never rounded: what wins nothing here is not done, whatever the other one has measured.
        var (mine, said) = (plan.Gain.Net, exchange.GainBitPerSecond);
        return mine <= options.Exchange.GainMinBitPerSecond ? (Refusal.WorseForMe, null, $"by what {view.Host} knows it wins nothing: {InWords(plan, theirs, own)}")
            : Math.Abs(mine - said) > options.Tolerance * Math.Max(mine, said)
                ? (Refusal.StaleView, null, $"{theirs.Host} says that it wins {Words.Rate(said)}, and by what {view.Host} knows it is {Words.Rate(mine)}")
            : (null, null, InWords(plan, theirs, own));
    }

    /// <summary>The best exchange with a peer that breaks no rule of this host's VMs.</summary>
    private (ExchangePlan? Plan, RoomNeed? Need) Find(PairHalf own, Digest peer, HostView view)
    {
        var facts = new SortedDictionary<string, VmFacts>(StringComparer.Ordinal);
        foreach (var vm in view.Vms)
        {
            facts[vm.Facts.Uuid] = vm.Facts;
        }

        var held = new SortedSet<string>(facts.Values.Where(f => RuleJudge.WhyNotTo(f, peer.Host, peer.Groups) is not null).Select(f => f.Uuid), StringComparer.Ordinal);
        var units = new TogetherUnits(facts.Values);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var half = held.Count == 0 ? own : own with { Vms = [.. own.Vms.Select(v => held.Contains(v.Uuid) ? v with { IsMovable = false } : v)] };
            var problem = PairHalves.Problem(half, view.FreeBytes, peer.Pair!, peer.FreeBytes, options);
            var merged = units.Merged(problem);
            if (problem.WhyNot() is not null || merged.WhyNot() is not null)
            {
                return (null, null);
            }

            var (best, need, _) = PairExchange.Search(merged, options.Exchange);
            if (best is not { } found)
            {
                return (null, need);
            }

            var plan = found;
            if (units.Any && found.FromA.Count > 0)
            {
                // What it wins and in which order it has room follows from the VMs one by one, which is how they go and how the peer sees it.
                string[] all = [.. found.FromA.SelectMany(units.With), .. found.FromB];
                plan = all.Length <= options.Exchange.MovesMax && PairExchange.Weigh(problem, options.Exchange, all) is { } exact && exact.Gain.Net > options.Exchange.GainMinBitPerSecond ? exact : null;
            }

            if (plan is null)
            {
                held.Add(found.FromA.MaxBy(u => units.With(u).Count)!);
                continue;
            }

            VmFacts[] leave = [.. plan.FromA.Select(u => facts[u])];
            VmFacts[] stay = [.. facts.Values.Where(f => !plan.FromA.Contains(f.Uuid))];
            var breaks = leave.FirstOrDefault(f => RuleJudge.WhyNotFrom(f, view.Host, stay) is not null || RuleJudge.WhyNotTo(f, peer.Host, leave) is not null);
            if (breaks is null)
            {
                return (plan, need);
            }

            held.Add(breaks.Uuid);
        }

        return (null, null);
    }

    /// <summary>What was looked at with other peers than the one that is chosen, what wins most first; then hosts with which the VMs talk, too, and that were passed over.</summary>
    private Alternative[] Others(PairHalf own, HostView view, (Digest Peer, ExchangePlan? Plan)[] asked, (Digest Peer, ExchangePlan Plan)? chosen)
    {
        var talksTo = own.Vms.SelectMany(v => v.Ties).Select(t => t.Host).Distinct().Order(StringComparer.Ordinal);
        return
        [
            .. asked.Where(a => a.Peer != chosen?.Peer && a.Plan is not null).OrderByDescending(a => a.Plan!.Gain.Net).Select(a => Other(own, a.Peer, a.Plan!, chosen))
                .Concat(asked.Where(a => a.Plan is null).Select(a => Nearest(own, a.Peer, view)))
                .Concat(talksTo.Select(h => view.Peers.FirstOrDefault(p => p.Host == h)).OfType<Digest>().Where(p => asked.All(a => a.Peer != p)).Select(PassedOver))
                .Take(Alternative.Max).Select(a => a.Reason.Length <= Alternative.ReasonCharsMax ? a : a with { Reason = a.Reason[..Alternative.ReasonCharsMax] }),
        ];
    }

    private static Alternative Other(PairHalf own, Digest peer, ExchangePlan plan, (Digest Peer, ExchangePlan Plan)? chosen)
    {
        var (net, wins) = (plan.Gain.Net, $"{InWords(plan, own, peer.Pair!)}, so {Words.Rate(plan.Gain.Net)} are won");
        return plan.FromA.Count == 0
            ? new(peer.Host, null, net, $"{Names(plan.FromB, peer.Pair!)} would come from {peer.Host}, which offers that")
            : new(peer.Host, NameOf(plan.FromA[0], own), net, chosen is not var (with, exchange) ? wins
                : net > exchange.Gain.Net ? $"{wins}, hardly more than the {Words.Rate(exchange.Gain.Net)} with {with.Host}, with which it is held already"
                : $"{wins}, no more than the {Words.Rate(exchange.Gain.Net)} with {with.Host}");
    }

    /// <summary>Nothing with a peer wins more than its price: what the VM alone would come to that talks most to VMs there.</summary>
    private Alternative Nearest(PairHalf own, Digest peer, HostView view)
    {
        double To(PairHalfVm vm) => vm.Ties.Where(t => t.Host == peer.Host).Sum(t => t.SentBitPerSecond + (t.HeardBitPerSecond ?? 0));
        var talkers = own.Vms.Where(v => To(v) > 0).OrderByDescending(To).ToArray();
        if (talkers.FirstOrDefault(v => v.IsMovable) is not { } vm || view.Vms.FirstOrDefault(v => v.Facts.Uuid == vm.Uuid) is not { } here)
        {
            return new(peer.Host, null, null, talkers.Length == 0 ? $"no VM of {own.Host} talks to one of {peer.Host}" : $"none of the VMs that talk to VMs of {peer.Host} may move now");
        }

        var problem = PairHalves.Problem(own, view.FreeBytes, peer.Pair!, peer.FreeBytes, options);
        if (problem.WhyNot() is { } nonsense)
        {
            return new(peer.Host, null, null, $"what {peer.Host} tells of its VMs makes no sense: {nonsense}");
        }

        var plan = PairExchange.Weigh(problem, options.Exchange, [vm.Uuid]);
        var why = RuleJudge.WhyNotTo(here.Facts, peer.Host, peer.Groups)
            ?? (plan is null ? DrainRules.NoRoom(here.Facts, peer)
                : $"{InWords(plan, own, peer.Pair!)}, {(plan.Gain.Net > 0 ? $"so only {Words.Rate(plan.Gain.Net)} are won" : "so nothing is won")}");
        return new(peer.Host, vm.Name, plan?.Gain.Net, why);
    }

    private static Alternative PassedOver(Digest peer) => new(peer.Host, null, null, peer.Mode != Mode.Auto
        ? $"{peer.Host} is in mode {Words.Of(peer.Mode)}"
        : $"{peer.Host} has refused an exchange lately, or has not said with whom its VMs talk");

    private static string InWords(double room, PairHalf a, PairHalf b)
    {
        var wants = string.Join(" and ", new[] { a, b }.Where(h => h.Wanted is not null).Select(h => $"{h.Host} for an exchange with {h.Wanted!.Peer}"));
        return room == 0 ? "" : $", {(room > 0 ? "gather" : "give up")} room that is worth {Words.Rate(Math.Abs(room))} to {wants}";
    }

    /// <summary>That it waits for room, in words.</summary>
    /// <param name="view">The host.</param>
    /// <param name="wanted">The room.</param>
    public static string InWords(HostView view, RoomWanted wanted)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(wanted);
        return $"an exchange with {wanted.Peer} would win more if {view.Host} had {Words.Memory(wanted.FreeBytes)} free instead of {Words.Memory(view.FreeBytes)}, and to gather that may cost {Words.Rate(wanted.BitPerSecond)}";
    }

    private static string InWords(ExchangePlan plan, PairHalf a, PairHalf b)
    {
        var back = plan.FromB.Count == 0 ? "" : $", {Names(plan.FromB, b)} to {a.Host}";
        var near = Math.Abs(plan.Gain.Far) < 1 ? "" : plan.Gain.Far > 0 ? $", bring {Words.Rate(plan.Gain.Far)} nearer to third hosts" : $", take {Words.Rate(-plan.Gain.Far)} farther from third hosts";
        return $"{Names(plan.FromA, a)} to {b.Host}{back} bring {Words.Rate(plan.Gain.BroughtTogether)} together, tear {Words.Rate(plan.Gain.TornApart)} apart{near}{InWords(plan.Gain.Room, a, b)} and cost {Words.Rate(plan.Gain.Price)}";
    }

    private static string Names(IReadOnlyList<string> uuids, PairHalf half)
    {
        var names = string.Join(", ", uuids.Take(NamesMax).Select(u => NameOf(u, half)));
        return uuids.Count <= NamesMax ? names : FormattableString.Invariant($"{names} and {uuids.Count - NamesMax} more");
    }

    private static string NameOf(string uuid, PairHalf half) => half.Vms.FirstOrDefault(v => v.Uuid == uuid)?.Name ?? uuid;
}
