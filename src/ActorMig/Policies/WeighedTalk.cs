using ActorMig.Bartering;
using ActorMig.Policies.Affinity;

namespace ActorMig.Policies;

/// <summary>
/// Who talks to whom, as one of several things that are weighed: a VM that moves to those to whom it talks wins that traffic, and one that leaves them loses
/// it. It is counted in limits of traffic, as the load of that is. Pure functions.
/// </summary>
/// <param name="Options">How it is counted.</param>
/// <param name="LimitBitPerSecond">The limit of traffic.</param>
/// <param name="Weight">How much it counts: above 0.</param>
public sealed record WeighedTalk(AffinityOptions Options, double LimitBitPerSecond, double Weight)
{
    /// <summary>What each VM of a host has for its part if it alone moves to another one.</summary>
    /// <param name="from">What the host that it leaves says of its VMs.</param>
    /// <param name="freeOfFrom">Its free memory.</param>
    /// <param name="host">The other host.</param>
    /// <param name="to">What that one says of its own; null if it says nothing, or was not asked: then what this host has counted itself must do.</param>
    /// <param name="freeOfTo">Its free memory.</param>
    /// <returns>The part, by UUID; a VM of which it is not known to whom it talks has none. Null if what they say makes no sense together.</returns>
    public IReadOnlyDictionary<string, GainPart>? Parts(PairHalf from, long freeOfFrom, string host, PairHalf? to, long freeOfTo)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (to is null)
        {
            return Of(AloneByOwnCount(from, host));
        }

        var problem = PairHalves.Problem(from, freeOfFrom, to, freeOfTo, Options);
        if (problem.WhyNot() is not null)
        {
            return null;
        }

        return Of(PairExchange.MovesAlone(problem, Options.Exchange).Select(m => (m.Key, m.Value)));
    }

    /// <summary>What its own VMs say to those on the other host, and hear of them as far as that is counted here, less what they say among each other.</summary>
    private IEnumerable<(string Vm, double BitPerSecond)> AloneByOwnCount(PairHalf from, string host)
    {
        var distance = from.Distances.FirstOrDefault(d => d.Host == host) is { } told ? Math.Max(1, told.Ms / Options.NearMs) : 1;
        double With(PairHalfVm vm, string other) => vm.Ties.Where(t => t.Host == other && t.Uuid != vm.Uuid).Sum(t => t.SentBitPerSecond + (t.HeardBitPerSecond ?? 0));
        return from.Vms.Where(v => v.IsMovable).Select(v => (v.Uuid, distance * (With(v, host) - With(v, from.Host))));
    }

    private SortedDictionary<string, GainPart> Of(IEnumerable<(string Vm, double BitPerSecond)> gains)
    {
        var parts = new SortedDictionary<string, GainPart>(StringComparer.Ordinal);
        foreach (var (vm, bitPerSecond) in gains)
        {
            parts[vm] = new GainPart(AffinityPolicyActor.PolicyName, Weight * bitPerSecond / LimitBitPerSecond, Weight);
        }

        return parts;
    }
}
