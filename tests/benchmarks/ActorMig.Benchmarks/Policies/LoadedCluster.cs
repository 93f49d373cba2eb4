using System.Globalization;
using ActorMig.Policies;
using ActorMig.Simulation;

namespace ActorMig.Benchmarks;

/// <summary>
/// A cluster with loads, and where its VMs are at the start: seven in ten are crowded on the first half of the hosts, the others anywhere. VMs take CPU time,
/// touch memory and talk, each of these by chances of its own: one in five takes much of it. They talk within tenants, and those who talk much, past all hosts.
/// </summary>
internal sealed class LoadedCluster
{
    private readonly double _bitPerSecondShare;
    private readonly double[] _cpus;
    private readonly double[] _outside;
    private readonly long[] _usedBytes;

    /// <summary>Draws one.</summary>
    /// <param name="hosts">How many hosts.</param>
    /// <param name="vms">How many VMs.</param>
    /// <param name="level">What the mean host carries of CPU time and traffic, as a share of the level at which it is overloaded.</param>
    /// <param name="memoryLevel">The same of memory.</param>
    /// <param name="overcommit">How much of a host's memory may be promised.</param>
    /// <param name="seed">The seed.</param>
    public LoadedCluster(int hosts, int vms, double level, double memoryLevel, double overcommit, int seed)
    {
        var random = new Random(seed);
        (Hosts, Options) = (hosts, new ActorMigOptions { HostName = "", Mode = Mode.Auto, Manage = Manage.All, MemoryReserveBytes = 0, MemoryOvercommit = overcommit });
        Graph = new TrafficGraph("dense", vms, random);
        var much = 4 * Enumerable.Range(0, vms).Average(TiesOf);
        _outside = [.. Enumerable.Range(0, vms).Select(_ => random.Next(5) == 0 ? much * (1 + random.NextDouble()) : 0)];
        _bitPerSecondShare = level * hosts * Options.Threshold.OverloadBitPerSecond / (Enumerable.Range(0, vms).Sum(TiesOf) + _outside.Sum());
        var cpus = Enumerable.Range(0, vms).Select(_ => (0.2 + random.NextDouble()) * (random.Next(5) == 0 ? 6 : 1)).ToArray();
        _cpus = [.. cpus.Select(c => c * level * hosts * Options.Cpu.Overload * HostCpus / cpus.Sum())];
        _usedBytes = [.. Graph.MemoryBytes.Select(m => (long)(m * (0.4 + (0.5 * random.NextDouble()))))];
        Options = Options with { MemoryTotalBytes = (long)(_usedBytes.Sum() / (memoryLevel * hosts * Options.Memory.Overload)) >> 20 << 20 };
        Start = Crowded(random, (long)(Options.MemoryTotalBytes * overcommit));
    }

    public const int HostCpus = 16;

    public int Hosts { get; }

    public int Vms => Graph.Vms;

    public TrafficGraph Graph { get; }

    /// <summary>Defaults, but that agents move VMs, and may move all.</summary>
    public ActorMigOptions Options { get; }

    /// <summary>The host of each VM.</summary>
    public int[] Start { get; }

    public static string HostName(int host) => string.Create(CultureInfo.InvariantCulture, $"h{host:0000}");

    public static string VmName(int vm) => string.Create(CultureInfo.InvariantCulture, $"vm{vm:00000}");

    public double CpusOf(int vm) => _cpus[vm];

    public long UsedBytesOf(int vm) => _usedBytes[vm];

    public double BitPerSecondOf(int vm) => _bitPerSecondShare * (TiesOf(vm) + _outside[vm]);

    /// <summary>Traffic between hosts, in bit/s.</summary>
    public double Between(int[] hostOf) => _bitPerSecondShare * Graph.Between(hostOf);

    /// <summary>What each host carries, as a share of the level at which it is overloaded: CPU time, memory, traffic.</summary>
    public double[][] Levels(int[] hostOf)
    {
        double[][] levels = [new double[Hosts], new double[Hosts], new double[Hosts]];
        for (var vm = 0; vm < Vms; vm++)
        {
            levels[0][hostOf[vm]] += _cpus[vm] / (HostCpus * Options.Cpu.Overload);
            levels[1][hostOf[vm]] += _usedBytes[vm] / (Options.MemoryTotalBytes * Options.Memory.Overload);
            levels[2][hostOf[vm]] += BitPerSecondOf(vm) / Options.Threshold.OverloadBitPerSecond;
        }

        return levels;
    }

    /// <summary>The simulated cluster with the real actors; agents start within its first round, each at a moment of its own.</summary>
    public SimWorld World(Func<ActorMigOptions, IReadOnlyList<PolicySpec>> policies)
    {
        var world = new SimWorld(1) { ChecksEachSlice = false };
        for (var host = 0; host < Hosts; host++)
        {
            var added = world.AddHost(Options with { HostName = HostName(host) });
            (added.PoliciesOf, added.Hypervisor.Cpus) = (policies, HostCpus);
            world.Time.After(world.Time.Draw(Options.RoundMs), added.Start);
        }

        for (var vm = 0; vm < Vms; vm++)
        {
            var guest = world.AddGuest(HostName(Start[vm]), VmName(vm), Graph.MemoryBytes[vm]);
            (guest.BitPerSecond, guest.Cpus, guest.UsedMemoryBytes) = (BitPerSecondOf(vm), _cpus[vm], _usedBytes[vm]);
        }

        return world;
    }

    private double TiesOf(int vm) => Graph.TiesOf(vm).Values.Sum();

    private int[] Crowded(Random random, long capacityBytes)
    {
        var (hostOf, used) = (new int[Vms], new long[Hosts]);
        foreach (var vm in Enumerable.Range(0, Vms).OrderByDescending(v => Graph.MemoryBytes[v]))
        {
            bool HasRoom(int host) => used[host] + Graph.MemoryBytes[vm] <= capacityBytes;
            var wanted = Enumerable.Range(0, random.NextDouble() < 0.7 ? Hosts / 2 : Hosts).Where(HasRoom).ToArray();
            int[] with = wanted.Length > 0 ? wanted : [.. Enumerable.Range(0, Hosts).Where(HasRoom)];
            hostOf[vm] = with[random.Next(with.Length)];
            used[hostOf[vm]] += Graph.MemoryBytes[vm];
        }

        return hostOf;
    }
}
