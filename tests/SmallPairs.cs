using ActorMig.Policies.Affinity;

namespace ActorMig.Tests;

/// <summary>
/// Pairs of hosts so small that all exchanges can be tried, and what each of them is worth, computed from nothing but who talks to whom and where all are.
/// Linked into each project that needs it.
/// </summary>
internal static class SmallPairs
{
    public const long GiB = 1L << 30;

    /// <summary>A pair with 1 to 5 VMs each way; now and then hosts are tight in CPUs or NICs too, third hosts are nearer to one of the two, or a VM may not move.</summary>
    public static PairProblem Draw(Random random)
    {
        var (a, b) = (random.Next(1, 6), random.Next(1, 6));
        var hasFar = random.Next(2) == 0;
        string[] uuids = [.. Enumerable.Range(0, a + b).Select(i => $"{random.Next(10)}{i}")];
        var rates = new double[a + b, a + b];
        for (var i = 0; i < a + b; i++)
        {
            for (var j = 0; j < i; j++)
            {
                rates[i, j] = rates[j, i] = random.Next(2) == 0 ? 0 : Math.Min(1e9, 1e6 * Math.Pow(1 - random.NextDouble(), -1));
            }
        }

        PairVm[] vms =
        [
            .. Enumerable.Range(0, a + b).Select(i => new PairVm(
                uuids[i],
                new Resources((1L << random.Next(4)) * GiB, random.Next(1, 5), random.Next(1, 100) * 1e6),
                [.. Enumerable.Range(0, a + b).Where(j => rates[i, j] > 0).Select(j => new PairTie(uuids[j], rates[i, j]))],
                hasFar ? [new FarTraffic(random.Next(10) * 1e6, random.Next(1, 4), random.Next(1, 4)), new FarTraffic(random.Next(10) * 1e6)] : [],
                random.Next(10) > 0,
                random.Next(5) == 0 ? 2 : 1)),
        ];
        return new PairProblem(Host("alpha", vms[..a]), Host("beta", vms[a..]), vms[..a], vms[a..], random.Next(3) == 0 ? 2 : 1);

        PairHost Host(string name, PairVm[] mine)
        {
            var used = mine.Aggregate(default(Resources), (sum, v) => sum + v.Load);
            var free = random.Next(4) == 0
                ? new Resources(random.Next(9) * GiB, random.Next(5), random.Next(100) * 1e6)
                : Resources.OfMemory(random.Next(9) * GiB);
            return new PairHost(name, used + free, used);
        }
    }

    /// <summary>All VMs, those of A first.</summary>
    public static PairVm[] All(this PairProblem problem) => [.. problem.VmsOfA, .. problem.VmsOfB];

    /// <summary>All traffic times its distance, with some VMs moved: bit i for VM i.</summary>
    public static double Cost(this PairProblem problem, int moved)
    {
        var vms = problem.All();
        var cost = 0.0;
        for (var i = 0; i < vms.Length; i++)
        {
            cost += vms[i].Far.Sum(f => f.BitPerSecond * (IsOnB(i) ? f.DistanceFromB : f.DistanceFromA));
            foreach (var tie in vms[i].Ties)
            {
                var j = Array.FindIndex(vms, v => v.Uuid == tie.Uuid);
                cost += j > i && IsOnB(i) != IsOnB(j) ? tie.BitPerSecond * problem.Distance : 0;
            }
        }

        return cost;

        bool IsOnB(int vm) => (vm >= problem.VmsOfA.Count) != ((moved >> vm & 1) == 1);
    }

    /// <summary>What moving them costs.</summary>
    public static double Price(this PairProblem problem, int moved, ExchangeOptions options)
    {
        var vms = problem.All();
        var traffic = vms.Average(v => v.Ties.Sum(t => t.BitPerSecond) + v.Far.Sum(f => f.BitPerSecond));
        var memory = vms.Average(v => (double)v.Load.MemoryBytes);
        return Moved(vms, moved).Sum(v => options.PriceShare * traffic * v.PriceFactor * v.Load.MemoryBytes / memory);
    }

    /// <summary>True if all may move, both hosts have room at the end, and memory holds on the way in some order.</summary>
    public static bool IsPossible(this PairProblem problem, int moved)
    {
        var vms = problem.All();
        var toB = problem.VmsOfA.Where((_, i) => (moved >> i & 1) == 1).ToArray();
        var toA = problem.VmsOfB.Where((_, i) => (moved >> (i + problem.VmsOfA.Count) & 1) == 1).ToArray();
        var (onB, onA) = (Sum(toB), Sum(toA));
        return Moved(vms, moved).All(v => v.IsMovable) && IsRoom(problem.A.Free + onB - onA) && IsRoom(problem.B.Free + onA - onB)
            && HasOrder(problem.A.Free.MemoryBytes, problem.B.Free.MemoryBytes, toB, toA);
    }

    /// <summary>The most that any exchange wins beyond its price; 0 if none wins.</summary>
    /// <param name="problem">The pair.</param>
    /// <param name="options">The price, and how many may move.</param>
    /// <param name="eachWayMax">How many may move each way.</param>
    public static double Best(this PairProblem problem, ExchangeOptions options, int eachWayMax = int.MaxValue)
    {
        var (ofA, all, before, best) = (problem.VmsOfA.Count, problem.All().Length, problem.Cost(0), 0.0);
        for (var moved = 1; moved < 1 << all; moved++)
        {
            var (there, back) = (int.PopCount(moved & ((1 << ofA) - 1)), int.PopCount(moved >> ofA));
            if (there <= eachWayMax && back <= eachWayMax && there + back <= options.MovesMax
                && before - problem.Cost(moved) - problem.Price(moved, options) is var net && net > best && problem.IsPossible(moved))
            {
                best = net;
            }
        }

        return best;
    }

    /// <summary>The bits of VMs.</summary>
    public static int Bits(this PairProblem problem, IEnumerable<string> uuids)
    {
        var vms = problem.All();
        return uuids.Aggregate(0, (bits, uuid) => bits | (1 << Array.FindIndex(vms, v => v.Uuid == uuid)));
    }

    private static IEnumerable<PairVm> Moved(PairVm[] vms, int moved) => vms.Where((_, i) => (moved >> i & 1) == 1);

    private static Resources Sum(IEnumerable<PairVm> vms) => vms.Aggregate(default(Resources), (sum, v) => sum + v.Load);

    private static bool IsRoom(Resources free) => free is { MemoryBytes: >= 0, Cpus: >= 0, LoadBitPerSecond: >= 0 };

    /// <summary>Every order, one after the other.</summary>
    private static bool HasOrder(long freeOfA, long freeOfB, PairVm[] toB, PairVm[] toA) =>
        toA.Length + toB.Length == 0
        || toB.Any(v => v.Load.MemoryBytes <= freeOfB && HasOrder(freeOfA + v.Load.MemoryBytes, freeOfB - v.Load.MemoryBytes, [.. toB.Where(o => o != v)], toA))
        || toA.Any(v => v.Load.MemoryBytes <= freeOfA && HasOrder(freeOfA - v.Load.MemoryBytes, freeOfB + v.Load.MemoryBytes, toB, [.. toA.Where(o => o != v)]));
}
