using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// A pair with some of its VMs moved: what moving each of them now would win, and the room on both hosts. Both sides make the same state of the same
/// problem, to the last bit: hosts are in the order of their names and VMs in that of their UUIDs, whoever asks.
/// </summary>
internal sealed class PairState
{
    private readonly Pair _pair;
    private readonly bool[] _isOnB;
    private readonly double[] _gains;
    private Resources _freeOfA;
    private Resources _freeOfB;

    /// <summary>A state in which nothing has moved.</summary>
    public PairState(PairProblem problem, ExchangeOptions options)
    {
        _pair = new Pair(problem, options);
        (_isOnB, _gains) = ([.. _pair.StartsOnB], [.. _pair.Gains]);
        (_freeOfA, _freeOfB) = (problem.A.Free, problem.B.Free);
        (FreeOfAAtStart, FreeOfBAtStart) = (_freeOfA, _freeOfB);
    }

    /// <summary>A copy, to try something.</summary>
    public PairState(PairState other)
    {
        _pair = other._pair;
        (_isOnB, _gains) = ([.. other._isOnB], [.. other._gains]);
        (FreeOfAAtStart, FreeOfBAtStart) = (other.FreeOfAAtStart, other.FreeOfBAtStart);
        Become(other);
    }

    public int Count => _isOnB.Length;

    public Resources FreeOfAAtStart { get; }

    public Resources FreeOfBAtStart { get; }

    /// <summary>Less than this is nothing: it may come from rounding.</summary>
    public double Noise => _pair.Noise;

    /// <summary>How many are not where they were.</summary>
    public int Moved { get; private set; }

    /// <summary>What has been won so far beyond the price, step by step; see <see cref="Gain"/> for the exact sum.</summary>
    public double Net { get; private set; }

    public void Become(PairState other)
    {
        other._isOnB.CopyTo(_isOnB, 0);
        other._gains.CopyTo(_gains, 0);
        (_freeOfA, _freeOfB, Moved, Net) = (other._freeOfA, other._freeOfB, other.Moved, other.Net);
    }

    public string UuidOf(int vm) => _pair.Vms[vm].Uuid;

    public long MemoryOf(int vm) => _pair.Vms[vm].Load.MemoryBytes;

    /// <summary>What it costs to move a byte, in bit/s times distance.</summary>
    public double PricePerByte => _pair.PricePerByte;

    public bool IsMovable(int vm) => _pair.Vms[vm].IsMovable;

    public bool IsOnB(int vm) => _isOnB[vm];

    public bool HasMoved(int vm) => _isOnB[vm] != _pair.StartsOnB[vm];

    /// <summary>What moving it now wins; the price is paid for leaving one's host, and is back on returning to it.</summary>
    public double GainOf(int vm) => (HasMoved(vm) ? _gains[vm] + _pair.Prices[vm] : _gains[vm] - _pair.Prices[vm]) + RoomGainOf(vm);

    /// <summary>What moving it now brings together and nearer, less what it tears apart and takes farther; without its price, and without what room is worth.</summary>
    public double TrafficGainOf(int vm) => _gains[vm];

    /// <summary>The ties of a VM within the pair: the other end and bit/s times distance.</summary>
    public ReadOnlySpan<(int Other, double Weight)> TiesOf(int vm) => _pair.TiesOf(vm);

    public void Move(int vm)
    {
        Net += GainOf(vm);
        Moved += HasMoved(vm) ? -_pair.Vms[vm].Count : _pair.Vms[vm].Count;
        var load = _pair.Vms[vm].Load;
        (_freeOfA, _freeOfB) = _isOnB[vm] ? (_freeOfA - load, _freeOfB + load) : (_freeOfA + load, _freeOfB - load);
        _isOnB[vm] = !_isOnB[vm];
        _gains[vm] = -_gains[vm];
        foreach (var (other, weight) in _pair.TiesOf(vm))
        {
            // Who is with it now would lose by leaving what it would have won before.
            _gains[other] += _isOnB[other] == _isOnB[vm] ? -2 * weight : 2 * weight;
        }
    }

    /// <summary>True if a host has room for what is there; where it had not at the start, it must not have less.</summary>
    public bool Holds(bool onB) => onB ? Holds(_freeOfB, FreeOfBAtStart) : Holds(_freeOfA, FreeOfAAtStart);

    /// <summary>True if the host to which it would move still had room.</summary>
    public bool Fits(int vm) => _isOnB[vm]
        ? Holds(_freeOfA - _pair.Vms[vm].Load, FreeOfAAtStart)
        : Holds(_freeOfB - _pair.Vms[vm].Load, FreeOfBAtStart);

    /// <summary>True if the host that it would leave then had room.</summary>
    public bool Relieves(int vm) => _isOnB[vm]
        ? Holds(_freeOfB + _pair.Vms[vm].Load, FreeOfBAtStart)
        : Holds(_freeOfA + _pair.Vms[vm].Load, FreeOfAAtStart);

    /// <summary>The parts of what has been won, computed anew from where all are: no sum of small steps.</summary>
    public ExchangeGain Gain()
    {
        double together = 0, apart = 0, far = 0, price = 0;
        for (var vm = 0; vm < Count; vm++)
        {
            if (!HasMoved(vm))
            {
                continue;
            }

            price += _pair.Prices[vm];
            far += _pair.FarGains[vm];
            foreach (var (other, weight) in _pair.TiesOf(vm))
            {
                // A tie between two that move is looked at from both ends, and is as it was.
                if (!HasMoved(other))
                {
                    (together, apart) = _isOnB[vm] == _isOnB[other] ? (together + weight, apart) : (together, apart + weight);
                }
            }
        }

        return new ExchangeGain(
            together, apart, far, price,
            Room(FreeOfAAtStart.MemoryBytes, _freeOfA.MemoryBytes, FreeOfBAtStart.MemoryBytes, _freeOfB.MemoryBytes));
    }

    private double RoomGainOf(int vm)
    {
        var bytes = _isOnB[vm] ? -_pair.Vms[vm].Load.MemoryBytes : _pair.Vms[vm].Load.MemoryBytes;
        return Room(_freeOfA.MemoryBytes, _freeOfA.MemoryBytes + bytes, _freeOfB.MemoryBytes, _freeOfB.MemoryBytes - bytes);
    }

    private double Room(long fromA, long toA, long fromB, long toB) =>
        (_pair.WantedByA?.Worth(FreeOfAAtStart.MemoryBytes, fromA, toA) ?? 0) + (_pair.WantedByB?.Worth(FreeOfBAtStart.MemoryBytes, fromB, toB) ?? 0);

    private static bool Holds(Resources free, Resources atStart) =>
        (free.MemoryBytes >= 0 || free.MemoryBytes >= atStart.MemoryBytes)
        && (free.Cpus >= 0 || free.Cpus >= atStart.Cpus)
        && (free.LoadBitPerSecond >= 0 || free.LoadBitPerSecond >= atStart.LoadBitPerSecond);

    /// <summary>What of a pair never changes: ties, prices, and what each VM's move would win at the start.</summary>
    private sealed class Pair
    {
        private readonly int[] _first;
        private readonly (int Other, double Weight)[] _ties;

        public Pair(PairProblem problem, ExchangeOptions options)
        {
            (PairVm Vm, bool IsOnB)[] vms = [.. problem.VmsOfA.Select(v => (v, false)), .. problem.VmsOfB.Select(v => (v, true))];
            Array.Sort(vms, (x, y) => string.CompareOrdinal(x.Vm.Uuid, y.Vm.Uuid));
            Vms = [.. vms.Select(v => v.Vm)];
            StartsOnB = [.. vms.Select(v => v.IsOnB)];
            FarGains = [.. vms.Select(v => v.Vm.Far.Sum(f => f.BitPerSecond * (v.IsOnB ? f.DistanceFromB - f.DistanceFromA : f.DistanceFromA - f.DistanceFromB)))];
            (_first, _ties) = Tie(Vms, problem.Distance);
            Gains = [.. FarGains];
            for (var vm = 0; vm < Vms.Length; vm++)
            {
                foreach (var (other, weight) in TiesOf(vm))
                {
                    Gains[vm] += StartsOnB[vm] == StartsOnB[other] ? -weight : weight;
                }
            }

            PricePerByte = PriceOf(Vms, options);
            Prices = [.. Vms.Select(v => v.PriceFactor * v.Load.MemoryBytes * PricePerByte)];

            // Between the two for whose exchange it is gathered room is what the exchange needs, and nothing else.
            WantedByA = problem.A.Wanted is { } a && a.Peer != problem.B.Host ? a : null;
            WantedByB = problem.B.Wanted is { } b && b.Peer != problem.A.Host ? b : null;
            Noise = 1e-9 * (_ties.Sum(t => t.Weight) + FarGains.Sum(Math.Abs));
        }

        public RoomWanted? WantedByA { get; }

        public RoomWanted? WantedByB { get; }

        public PairVm[] Vms { get; }

        public bool[] StartsOnB { get; }

        public double[] FarGains { get; }

        public double[] Gains { get; }

        public double[] Prices { get; }

        public double PricePerByte { get; }

        public double Noise { get; }

        public ReadOnlySpan<(int Other, double Weight)> TiesOf(int vm) => _ties.AsSpan(_first[vm].._first[vm + 1]);

        private static (int[] First, (int Other, double Weight)[] Ties) Tie(PairVm[] vms, double distance)
        {
            // Each tie from both its ends, whoever has told it.
            var told = new List<(int One, int Other, double BitPerSecond)>();
            string[] uuids = [.. vms.Select(v => v.Uuid)];
            for (var vm = 0; vm < vms.Length; vm++)
            {
                foreach (var tie in vms[vm].Ties)
                {
                    if (Array.BinarySearch(uuids, tie.Uuid, StringComparer.Ordinal) is var other && other >= 0 && other != vm && tie.BitPerSecond > 0)
                    {
                        told.Add((vm, other, tie.BitPerSecond));
                        told.Add((other, vm, tie.BitPerSecond));
                    }
                }
            }

            told.Sort();
            var ties = new List<(int Other, double Weight)>();
            var first = new int[vms.Length + 1];
            for (var i = 0; i < told.Count; i++)
            {
                // Of equal pairs the last has the largest figure.
                var (one, other, bitPerSecond) = told[i];
                if (i + 1 == told.Count || (told[i + 1].One, told[i + 1].Other) != (one, other))
                {
                    ties.Add((other, distance * bitPerSecond));
                    first[one + 1]++;
                }
            }

            for (var vm = 0; vm < vms.Length; vm++)
            {
                first[vm + 1] += first[vm];
            }

            return (first, [.. ties]);
        }

        private static double PriceOf(PairVm[] vms, ExchangeOptions options)
        {
            if (vms.Length == 0)
            {
                return 0;
            }

            var traffic = vms.Average(v => v.Ties.Sum(t => t.BitPerSecond) + v.Far.Sum(f => f.BitPerSecond));
            var memory = vms.Average(v => (double)v.Load.MemoryBytes);
            var payback = options.PaybackMs > 0 ? 8_000.0 / options.PaybackMs : 0;
            return (options.PriceShare * traffic / memory) + payback;
        }
    }
}
