using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>A cluster of equal hosts, its VMs, and where they happen to be at the start: anywhere, but where there is room.</summary>
internal sealed class PlacementInstance
{
    public PlacementInstance(string kind, int hosts, int perHost, int fullPercent, int seed)
    {
        var random = new Random(HashCodeOf(kind, hosts, perHost, fullPercent, seed));
        (Kind, Hosts, PerHost, FullPercent) = (kind, hosts, perHost, fullPercent);
        Graph = new TrafficGraph(kind, hosts * perHost, random);
        HostBytes = (long)Math.Ceiling(Graph.MemoryBytes.Sum() * 100.0 / fullPercent / hosts);
        Start = AnywhereWithRoom(random);
        Seed = random.Next();
    }

    public string Kind { get; }

    public int Hosts { get; }

    public int PerHost { get; }

    public int FullPercent { get; }

    public TrafficGraph Graph { get; }

    /// <summary>The memory of a host.</summary>
    public long HostBytes { get; }

    /// <summary>The host of each VM.</summary>
    public int[] Start { get; }

    /// <summary>For whatever else is drawn.</summary>
    public int Seed { get; }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Kind,-6} {Hosts,5} hosts x {PerHost,2} VMs, {FullPercent} % full");

    /// <summary>The memory in use on each host.</summary>
    public long[] Used(int[] hostOf)
    {
        var used = new long[Hosts];
        for (var vm = 0; vm < hostOf.Length; vm++)
        {
            used[hostOf[vm]] += Graph.MemoryBytes[vm];
        }

        return used;
    }

    private static int HashCodeOf(string kind, int hosts, int perHost, int fullPercent, int seed) =>
        (((((seed * 31) + hosts) * 31) + perHost) * 101) + fullPercent + (kind == "dense" ? 1_000_003 : 0);

    private int[] AnywhereWithRoom(Random random)
    {
        var (hostOf, used) = (new int[Graph.Vms], new long[Hosts]);
        var order = Enumerable.Range(0, Graph.Vms).ToArray();
        random.Shuffle(order);
        foreach (var vm in order.OrderByDescending(v => Graph.MemoryBytes[v]))
        {
            int[] with = [.. Enumerable.Range(0, Hosts).Where(h => used[h] + Graph.MemoryBytes[vm] <= HostBytes)];
            if (with.Length == 0)
            {
                throw new InvalidOperationException($"{Name}: they do not fit.");
            }

            hostOf[vm] = with[random.Next(with.Length)];
            used[hostOf[vm]] += Graph.MemoryBytes[vm];
        }

        return hostOf;
    }
}
