namespace ActorMig.Benchmarks;

/// <summary>VMs with their memory, and the traffic between them: tenants of 3 to 30 VMs, and a little between tenants.</summary>
internal sealed class TrafficGraph
{
    private const long GiB = 1L << 30;

    /// <summary>Of ten VMs four have 1 GiB, three 2, two 4 and one 8.</summary>
    private static readonly long[] s_sizes = [GiB, GiB, GiB, GiB, 2 * GiB, 2 * GiB, 2 * GiB, 4 * GiB, 4 * GiB, 8 * GiB];

    private readonly SortedDictionary<int, double>[] _ties;

    public TrafficGraph(string kind, int vms, Random random)
    {
        MemoryBytes = [.. Enumerable.Range(0, vms).Select(_ => s_sizes[random.Next(s_sizes.Length)])];
        _ties = [.. Enumerable.Range(0, vms).Select(_ => new SortedDictionary<int, double>())];

        // The members of a tenant are not neighbours by number: nothing may be won by looking at numbers.
        var numbers = Enumerable.Range(0, vms).ToArray();
        random.Shuffle(numbers);
        for (var first = 0; first < vms;)
        {
            var tenant = numbers.AsSpan(first, Math.Min(vms - first, random.Next(3, 31))).ToArray();
            first += tenant.Length;
            if (kind == "dense")
            {
                Mesh(tenant, random);
            }
            else
            {
                Tree(tenant, random);
            }
        }

        for (var vm = 0; vm < vms; vm++)
        {
            // A third of the VMs also talks, and little, to one that is none of its tenant's.
            if (random.Next(3) == 0 && random.Next(vms) is var other && other != vm)
            {
                Tie(vm, other, 1e6 * (0.1 + (0.9 * random.NextDouble())));
            }
        }
    }

    public int Vms => MemoryBytes.Length;

    public long[] MemoryBytes { get; }

    /// <summary>All that cross between hosts, in bit/s.</summary>
    public double Between(int[] hostOf)
    {
        var sum = 0.0;
        for (var vm = 0; vm < Vms; vm++)
        {
            foreach (var (other, bitPerSecond) in _ties[vm])
            {
                sum += other > vm && hostOf[other] != hostOf[vm] ? bitPerSecond : 0;
            }
        }

        return sum;
    }

    public IReadOnlyDictionary<int, double> TiesOf(int vm) => _ties[vm];

    /// <summary>Everybody talks to everybody, all alike.</summary>
    private void Mesh(int[] tenant, Random random)
    {
        for (var i = 0; i < tenant.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Tie(tenant[i], tenant[j], 1e6 * (1 + random.NextDouble()));
            }
        }
    }

    /// <summary>Everybody talks to one who was there before, and some to another one: a few much, most of them little (Pareto, exponent 1.2).</summary>
    private void Tree(int[] tenant, Random random)
    {
        for (var i = 1; i < tenant.Length; i++)
        {
            Tie(tenant[i], tenant[random.Next(i)], HeavyTail(random));
            if (random.Next(2) == 0)
            {
                Tie(tenant[i], tenant[random.Next(i)], HeavyTail(random));
            }
        }
    }

    private static double HeavyTail(Random random) => 1e6 * Math.Min(1_000, Math.Pow(1 - random.NextDouble(), -1 / 1.2));

    private void Tie(int one, int other, double bitPerSecond)
    {
        _ties[one][other] = _ties[one].GetValueOrDefault(other) + bitPerSecond;
        _ties[other][one] = _ties[one][other];
    }
}
