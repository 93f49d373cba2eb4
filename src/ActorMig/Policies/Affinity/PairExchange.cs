using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// Affinity between two hosts (Starling's idea; the search is ours): which of their VMs they should exchange so that less traffic crosses between them. Pure
/// functions of what both know of each other; both compute the same, to the last bit, whichever of them is called A.
/// </summary>
public static class PairExchange
{
    /// <summary>The best exchange that was found.</summary>
    /// <param name="problem">The two hosts and their VMs.</param>
    /// <param name="options">Bounds and prices.</param>
    /// <returns>The exchange, or null if none wins more than its price.</returns>
    public static ExchangePlan? Find(PairProblem problem, ExchangeOptions options) => Search(problem, options).Plan;

    /// <summary>The best exchange that was found, and what would win more if there were room for it.</summary>
    /// <param name="problem">The two hosts and their VMs.</param>
    /// <param name="options">Bounds and prices.</param>
    public static ExchangeSearch Search(PairProblem problem, ExchangeOptions options)
    {
        Check(problem, options);
        if (string.CompareOrdinal(problem.A.Host, problem.B.Host) > 0)
        {
            var (plan, needOfB, needOfA) = Search(problem.Reversed(), options);
            return new ExchangeSearch(Reversed(plan), needOfA, needOfB);
        }

        var search = new ChainSearch(new PairState(problem, options), options);
        var best = search.Run();
        var isWorth = best.Moved > 0 && best.Gain().Net > Math.Max(best.Noise, options.GainMinBitPerSecond);
        return new ExchangeSearch(isWorth ? Plan(best, best.Gain()) : null, Worth(search.Needs.OfA), Worth(search.Needs.OfB));

        RoomNeed? Worth(RoomNeed? need) => need?.NetBitPerSecond > options.GainMinBitPerSecond ? need : null;
    }

    /// <summary>What it wins to exchange given VMs: how a host that is asked sees for itself what the other one says.</summary>
    /// <param name="problem">The two hosts and their VMs.</param>
    /// <param name="options">Bounds and prices.</param>
    /// <param name="uuids">The VMs that change hosts.</param>
    /// <returns>The exchange, worth it or not; null if one of them is not there or must not move, or if they do not fit or have no order.</returns>
    public static ExchangePlan? Weigh(PairProblem problem, ExchangeOptions options, IReadOnlyCollection<string> uuids)
    {
        Check(problem, options);
        ArgumentNullException.ThrowIfNull(uuids);
        if (string.CompareOrdinal(problem.A.Host, problem.B.Host) > 0)
        {
            return Reversed(Weigh(problem.Reversed(), options, uuids));
        }

        var wanted = new SortedSet<string>(uuids, StringComparer.Ordinal);
        var state = new PairState(problem, options);
        for (var vm = 0; vm < state.Count; vm++)
        {
            if (state.IsMovable(vm) && wanted.Remove(state.UuidOf(vm)))
            {
                state.Move(vm);
            }
        }

        return wanted.Count == 0 && state.Moved <= LegOrder.LegsMax && state.Holds(false) && state.Holds(true) ? Plan(state, state.Gain()) : null;
    }

    /// <summary>
    /// What each VM of A wins if it alone moves to B: what that brings together and nearer, less what it tears apart and takes farther. Neither its price nor
    /// room has a part in it.
    /// </summary>
    /// <param name="problem">The two hosts and their VMs.</param>
    /// <param name="options">Bounds and prices.</param>
    /// <returns>Bit/s times distance, by UUID; of those that may move.</returns>
    public static IReadOnlyDictionary<string, double> MovesAlone(PairProblem problem, ExchangeOptions options)
    {
        Check(problem, options);
        var isReversed = string.CompareOrdinal(problem.A.Host, problem.B.Host) > 0;
        var state = new PairState(isReversed ? problem.Reversed() : problem, options);
        var gains = new SortedDictionary<string, double>(StringComparer.Ordinal);
        for (var vm = 0; vm < state.Count; vm++)
        {
            if (state.IsMovable(vm) && state.IsOnB(vm) == isReversed)
            {
                gains[state.UuidOf(vm)] = state.TrafficGainOf(vm);
            }
        }

        return gains;
    }

    private static void Check(PairProblem problem, ExchangeOptions options)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.PriceShare, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.RoomPrice, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MovesMax, LegOrder.LegsMax, nameof(options));
        if (problem.WhyNot() is { } why)
        {
            throw new ArgumentException(why, nameof(problem));
        }
    }

    /// <summary>The plan of a state; null if it has no order.</summary>
    private static ExchangePlan? Plan(PairState state, ExchangeGain gain)
    {
        int[] moved = [.. Enumerable.Range(0, state.Count).Where(state.HasMoved)];
        int[] fromA = [.. moved.Where(state.IsOnB)];
        int[] fromB = [.. moved.Where(vm => !state.IsOnB(vm))];
        var order = LegOrder.Longest(
            state.FreeOfAAtStart.MemoryBytes, state.FreeOfBAtStart.MemoryBytes, [.. fromA.Select(state.MemoryOf)], [.. fromB.Select(state.MemoryOf)]);
        return new ExchangePlan(
            [.. fromA.Select(state.UuidOf)], [.. fromB.Select(state.UuidOf)], [.. order.Select(n => state.UuidOf(n < fromA.Length ? fromA[n] : fromB[n - fromA.Length]))], gain);
    }

    private static ExchangePlan? Reversed(ExchangePlan? plan) => plan is null ? null : plan with { FromA = plan.FromB, FromB = plan.FromA };
}
