using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// Looks for the best exchange of a pair with chains of moves, after Kernighan and Lin (1970) and Fiduccia and Mattheyses (1982): from a first VM on, the
/// move that wins most is made although it may lose, each VM at most once, and the best place along the chain counts. A chain is begun at every VM, and at the swaps that win most.
/// </summary>
/// <remarks>
/// Per pass it takes at most (starts x 3 + swaps x 2) x moves steps, and a step looks at every candidate once and at the ties of the one that moves. The best
/// of 2 x 10 VMs takes some 1 ms, of 2 x 50 some 10 ms.
/// </remarks>
internal sealed class ChainSearch
{
    private const long RoomStepBytes = 16L << 20;
    private static readonly Manner[] s_manners = Enum.GetValues<Manner>();
    private readonly ExchangeOptions _options;
    private readonly PairState _start;
    private readonly PairState _best;
    private readonly PairState _trial;
    private readonly int[] _candidates;
    private readonly bool[] _isLocked;
    private RoomNeed? _needOfA;
    private RoomNeed? _needOfB;

    public ChainSearch(PairState start, ExchangeOptions options)
    {
        (_options, _start) = (options, start);
        (_best, _trial) = (new PairState(start), new PairState(start));
        _candidates = [.. Enumerable.Range(0, start.Count).Where(start.IsMovable).OrderByDescending(start.GainOf).Take(options.CandidatesMax).Order()];
        _isLocked = new bool[start.Count];
    }

    /// <summary>How a chain goes on when a host is too full for what has come to it.</summary>
    private enum Manner
    {
        /// <summary>Whichever wins most of that host's leaves next.</summary>
        Freely,

        /// <summary>Whichever wins most of those leaves next with which the host has room again, if any.</summary>
        Relieving,

        /// <summary>Nothing moves to where it has no room.</summary>
        Strictly,
    }

    /// <summary>What room on A, and on B, would make possible that wins more than the best that has an order.</summary>
    public (RoomNeed? OfA, RoomNeed? OfB) Needs => (Beyond(_needOfA), Beyond(_needOfB));

    private RoomNeed? Beyond(RoomNeed? need) => need is not null && need.NetBitPerSecond > Math.Max(_best.Net, 0) + _best.Noise
        ? need with { GainBitPerSecond = need.GainBitPerSecond - _best.Net, NetBitPerSecond = need.NetBitPerSecond - _best.Net } : null;

    /// <summary>The state after the best exchange; nothing has moved in it if there is none.</summary>
    public PairState Run()
    {
        var from = new PairState(_start);
        for (var pass = 0; pass < _options.PassesMax; pass++)
        {
            foreach (var first in _candidates.OrderByDescending(from.GainOf).ThenBy(c => c).Take(_options.StartsMax).ToArray())
            {
                foreach (var manner in s_manners)
                {
                    Chain(from, first, manner);
                }
            }

            foreach (var (one, other) in Swaps(from))
            {
                // The two together need not go through what a strict chain needs room for.
                Chain(from, one, Manner.Freely, other);
                Chain(from, one, Manner.Relieving, other);
            }

            if (_best.Net <= from.Net)
            {
                break;
            }

            from.Become(_best);
        }

        return _best;
    }

    /// <summary>One for one, those first that win most: where hosts are full, no single move is a way to begin.</summary>
    private (int One, int Other)[] Swaps(PairState from)
    {
        var swaps = new List<(double Gain, int One, int Other)>();
        var ties = new double[from.Count];
        foreach (var one in _candidates.Where(c => !from.IsOnB(c)))
        {
            foreach (var (other, weight) in from.TiesOf(one))
            {
                ties[other] = weight;
            }

            foreach (var other in _candidates.Where(from.IsOnB))
            {
                swaps.Add((from.GainOf(one) + from.GainOf(other) - (2 * ties[other]), one, other));
            }

            Array.Clear(ties);
        }

        return [.. swaps.OrderByDescending(s => s.Gain).ThenBy(s => s.One).ThenBy(s => s.Other).Take(_options.SwapStartsMax).Select(s => (s.One, s.Other))];
    }

    private void Chain(PairState from, int first, Manner manner, int? second = null)
    {
        _trial.Become(from);
        Array.Clear(_isLocked);
        int? next = manner == Manner.Strictly && !_trial.Fits(first) ? null : first;
        for (var step = 0; step < _options.MovesMax && next is { } vm; step++)
        {
            _trial.Move(vm);
            _isLocked[vm] = true;
            if (_trial.Net > _best.Net + _best.Noise && _trial.Moved <= _options.MovesMax && _trial.Holds(false) && _trial.Holds(true))
            {
                Keep();
            }

            next = step == 0 && second is not null ? second : Next(manner);
        }
    }

    private int? Next(Manner manner)
    {
        bool? full = !_trial.Holds(false) ? false : !_trial.Holds(true) ? true : null;
        int? best = null;
        var (bestGain, bestRelieves) = (0.0, false);
        foreach (var vm in _candidates)
        {
            if (_isLocked[vm] || (full is { } side && _trial.IsOnB(vm) != side) || (manner == Manner.Strictly && !_trial.Fits(vm)))
            {
                continue;
            }

            var gain = _trial.GainOf(vm);
            var relieves = manner == Manner.Relieving && full is not null && _trial.Relieves(vm);
            if (best is null || (relieves && !bestRelieves) || (relieves == bestRelieves && gain > bestGain))
            {
                (best, bestGain, bestRelieves) = (vm, gain, relieves);
            }
        }

        return best;
    }

    /// <summary>The best so far, if it has an order; if not, room might be gathered for it.</summary>
    private void Keep()
    {
        var (give, back) = (new List<long>(), new List<long>());
        foreach (var vm in _candidates)
        {
            if (_options.NeedsOrder && _trial.HasMoved(vm))
            {
                (_trial.IsOnB(vm) ? give : back).Add(_trial.MemoryOf(vm));
            }
        }

        if (HasOrder(give, back, 0, 0))
        {
            _best.Become(_trial);
        }
        else if (_options.RoomShare > 0)
        {
            _needOfA = Larger(_needOfA, _trial.FreeOfAAtStart.MemoryBytes, bytes => HasOrder(give, back, bytes, 0));
            _needOfB = Larger(_needOfB, _trial.FreeOfBAtStart.MemoryBytes, bytes => HasOrder(give, back, 0, bytes));
        }
    }

    private bool HasOrder(List<long> give, List<long> back, long moreOnA, long moreOnB) =>
        LegOrder.Longest(_trial.FreeOfAAtStart.MemoryBytes + moreOnA, _trial.FreeOfBAtStart.MemoryBytes + moreOnB, [.. give], [.. back]).Length == give.Count + back.Count;

    /// <summary>Of two needs that of which more is left when the room has been paid for. How much is missing is found by halving.</summary>
    private RoomNeed? Larger(RoomNeed? need, long freeBytes, Func<long, bool> hasOrder)
    {
        if (_trial.Net <= (need?.NetBitPerSecond ?? 0) + _trial.Noise)
        {
            return need;
        }

        // With more than so much nothing would be left.
        var price = _options.RoomPrice * _trial.PricePerByte;
        var (few, enough) = (0L, Math.Max(0, -freeBytes) + Enumerable.Range(0, _trial.Count).Where(_trial.HasMoved).Sum(_trial.MemoryOf));
        enough = (long)Math.Min(enough, (_trial.Net - (need?.NetBitPerSecond ?? 0)) / price);
        if (!hasOrder(enough))
        {
            return need;
        }

        while (enough - few > RoomStepBytes)
        {
            var middle = few + ((enough - few) / 2);
            (few, enough) = hasOrder(middle) ? (few, middle) : (middle, enough);
        }

        var net = _trial.Net - (price * enough);
        return net > (need?.NetBitPerSecond ?? 0) + _trial.Noise ? new RoomNeed(Math.Max(1, freeBytes + enough), _trial.Net, net) : need;
    }
}
