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

    /// <summary>So often an exchange is looked for without what rules keep back of the one before.</summary>
    private const int TriesMax = 8;

    /// <summary>Which exchange with one of the peers wins most.</summary>
    /// <param name="view">The host.</param>
    public (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Pair is not { } own)
        {
            return (null, Refusal.Calm, null, $"with whom the VMs of {view.Host} talk is not known");
        }

        var away = own.Vms.SelectMany(v => v.Ties).Where(t => t.Host != own.Host).Sum(t => t.SentBitPerSecond);
        if (away <= 0)
        {
            return (null, Refusal.Calm, null, $"no VM of {view.Host} talks to one of another host");
        }

        var sends = $"{view.Host} sends {Words.Rate(away)} to VMs of other hosts";
        (Digest Peer, ExchangePlan Plan)? best = null;
        string? isTheirs = null;
        var asked = view.Peers.Where(p => p is { Mode: Mode.Auto, Pair: not null }).ToArray();
        foreach (var peer in asked)
        {
            if (Find(own, peer, view) is { } plan)
            {
                if (plan.FromA.Count == 0)
                {
                    isTheirs ??= peer.Host;
                }
                else if (best is null || plan.Gain.Net > best.Value.Plan.Gain.Net)
                {
                    best = (peer, plan);
                }
            }
        }

        if (best is var (with, exchange))
        {
            return (
                new Proposal(
                    BarterKind.Exchange, with.Host, exchange.FromA[0], Apart + with.Host, exchange.Gain.Net, "bit/s", new Exchange(exchange.FromA, exchange.FromB, exchange.Gain.Net)),
                null, with.Host, $"{sends}: {InWords(exchange, own, with.Pair!)}");
        }

        return asked.Length == 0 ? (null, Refusal.NoPeer, null, $"{sends}; no host with which they talk, and that has refused nothing lately, has answered that may move VMs and knows with whom its own talk")
            : isTheirs is not null ? (null, Refusal.Calm, isTheirs, $"{sends}; what would be won comes from {isTheirs}, which offers it")
            : (null, Refusal.Calm, null, $"{sends}; no exchange with {string.Join(", ", asked.Select(p => p.Host))} wins more than its price");
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
    private ExchangePlan? Find(PairHalf own, Digest peer, HostView view)
    {
        var facts = new SortedDictionary<string, VmFacts>(StringComparer.Ordinal);
        foreach (var vm in view.Vms)
        {
            facts[vm.Facts.Uuid] = vm.Facts;
        }

        var held = new SortedSet<string>(facts.Values.Where(f => RuleJudge.WhyNotTo(f, peer.Host, peer.Groups) is not null).Select(f => f.Uuid), StringComparer.Ordinal);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var half = held.Count == 0 ? own : own with { Vms = [.. own.Vms.Select(v => held.Contains(v.Uuid) ? v with { IsMovable = false } : v)] };
            var problem = PairHalves.Problem(half, view.FreeBytes, peer.Pair!, peer.FreeBytes, options);
            if (problem.WhyNot() is not null || PairExchange.Find(problem, options.Exchange) is not { } plan)
            {
                return null;
            }

            VmFacts[] leave = [.. plan.FromA.Select(u => facts[u])];
            VmFacts[] stay = [.. facts.Values.Where(f => !plan.FromA.Contains(f.Uuid))];
            var breaks = leave.FirstOrDefault(f => RuleJudge.WhyNotFrom(f, view.Host, stay) is not null || RuleJudge.WhyNotTo(f, peer.Host, leave) is not null);
            if (breaks is null)
            {
                return plan;
            }

            held.Add(breaks.Uuid);
        }

        return null;
    }

    private static string InWords(ExchangePlan plan, PairHalf a, PairHalf b)
    {
        var back = plan.FromB.Count == 0 ? "" : $", {Names(plan.FromB, b)} to {a.Host}";
        var near = Math.Abs(plan.Gain.Far) < 1 ? "" : plan.Gain.Far > 0 ? $", bring {Words.Rate(plan.Gain.Far)} nearer to third hosts" : $", take {Words.Rate(-plan.Gain.Far)} farther from third hosts";
        return $"{Names(plan.FromA, a)} to {b.Host}{back} bring {Words.Rate(plan.Gain.BroughtTogether)} together, tear {Words.Rate(plan.Gain.TornApart)} apart{near} and cost {Words.Rate(plan.Gain.Price)}";
    }

    private static string Names(IReadOnlyList<string> uuids, PairHalf half)
    {
        var names = string.Join(", ", uuids.Take(NamesMax).Select(u => NameOf(u, half)));
        return uuids.Count <= NamesMax ? names : FormattableString.Invariant($"{names} and {uuids.Count - NamesMax} more");
    }

    private static string NameOf(string uuid, PairHalf half) => half.Vms.FirstOrDefault(v => v.Uuid == uuid)?.Name ?? uuid;
}
