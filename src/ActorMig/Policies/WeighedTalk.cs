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
        var problem = PairHalves.Problem(from, freeOfFrom, to ?? AsCountedBy(from, host), freeOfTo, Options);
        if (problem.WhyNot() is not null)
        {
            return null;
        }

        var parts = new SortedDictionary<string, GainPart>(StringComparer.Ordinal);
        foreach (var (vm, bitPerSecond) in PairExchange.MovesAlone(problem, Options.Exchange))
        {
            parts[vm] = new GainPart(AffinityPolicyActor.PolicyName, Weight * bitPerSecond / LimitBitPerSecond, Weight);
        }

        return parts;
    }

    /// <summary>The half of a host that has told none: those of its VMs with which this host's own talk, and nothing of what they say themselves.</summary>
    private static PairHalf AsCountedBy(PairHalf from, string host)
    {
        var there = new SortedSet<string>(from.Vms.SelectMany(v => v.Ties).Where(t => t.Host == host).Select(t => t.Uuid), StringComparer.Ordinal);
        there.ExceptWith(from.Vms.Select(v => v.Uuid));
        return new PairHalf(host, [.. there.Select(u => new PairHalfVm(u, u, MemoryBytes: 1, IsMovable: false, []))], []);
    }
}
