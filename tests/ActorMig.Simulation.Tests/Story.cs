using ActorMig.Actors.Tests;
using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>Paper B's story on two hosts, with its numbers: the same actors as in the agent, in virtual time.</summary>
public sealed class Story
{
    private const long GiB = 1L << 30;

    internal static ActorMigOptions Options(string host) => new()
    {
        HostName = host,
        Mode = Mode.Auto,
        Manage = Manage.All,
        MemoryTotalBytes = 2 * GiB,
        MemoryReserveBytes = 0,
        MemoryOvercommit = 1.5,
        CoolDownRounds = 2,
    };

    internal static SimWorld TwoHosts(ulong seed)
    {
        var world = new SimWorld(seed);
        world.AddHost(Options("h1"));
        world.AddHost(Options("h2"));
        foreach (var (host, guest) in new[] { ("h1", "vm1"), ("h1", "vm2"), ("h2", "vm3"), ("h2", "vm4") })
        {
            world.AddGuest(host, guest, GiB);
        }

        return world;
    }

    internal static void Loads(SimWorld world, params double[] mbitPerSecond)
    {
        for (var i = 0; i < 4; i++)
        {
            world.Guests[$"vm{i + 1}"].BitPerSecond = mbitPerSecond[i] * 1e6;
        }
    }

    [Fact]
    public void Calm_swap_migration_remigration_and_nothing_when_both_are_over()
    {
        var world = TwoHosts(7);
        Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(6 * 60_000);
        Assert.All(world.Log, l => Assert.Contains("calm", l, StringComparison.Ordinal));

        Loads(world, 300, 160, 200, 60);
        world.Run(10 * 60_000);
        AssertRuns(world, "h1", "vm2", "vm3");
        AssertRuns(world, "h2", "vm1", "vm4");
        Assert.Contains(world.Log, l => l.Contains("grants h1-1-1: vm1 to h2, vm3 to h1", StringComparison.Ordinal));

        Loads(world, 105, 200, 230, 20);
        world.Run(10 * 60_000);
        AssertRuns(world, "h1", "vm2");
        AssertRuns(world, "h2", "vm1", "vm3", "vm4");

        Loads(world, 20, 20, 20, 20);
        world.Run(30 * 60_000);
        AssertRuns(world, "h1", "vm1", "vm2", "vm3");
        AssertRuns(world, "h2", "vm4");

        var before = world.Log.Count;
        Loads(world, 170, 170, 170, 510);
        world.Run(10 * 60_000);
        AssertRuns(world, "h1", "vm1", "vm2", "vm3");
        Assert.Contains(world.Log.Skip(before), l => l.Contains("both-overloaded", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log.Skip(before), l => l.Contains("offers", StringComparison.Ordinal));
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void One_seed_repeats_everything()
    {
        static IList<string> Play()
        {
            var world = TwoHosts(11);
            world.Network.LostPerMille = 50;
            world.Network.RepeatedPerMille = 50;
            Loads(world, 300, 160, 200, 60);
            world.Start();
            world.Run(20 * 60_000);
            Assert.Empty(world.Violations);
            return world.Log;
        }

        Assert.Equal(Play(), Play());
    }

    /// <summary>Faults first, then a calm phase in which everything must converge: S1 to S5 and L1, for many seeds.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_crashes_no_guest_is_doubled_or_lost_and_every_barter_ends(int seed) => Crash(seed);

    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(ManySeeds))]
    public void Whatever_crashes_for_many_seeds(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            Crash(seed);
        }
    }

    public static TheoryData<int> ManySeeds() => [.. Shard.Of(Enumerable.Range(0, 80).Select(n => 1_000 + (n * 20)))];

    private static void Crash(int seed)
    {
        var world = TwoHosts((ulong)seed);
        world.Network.LostPerMille = (int)world.Time.Draw(200);
        world.Network.RepeatedPerMille = (int)world.Time.Draw(200);
        world.Network.LatencyMaxMs = 1 + world.Time.Draw(3_000);
        foreach (var host in world.Hosts.Values)
        {
            host.SnapshotEvery = 1 + (seed % 17);
            host.Journal.LatencyMs = 1 + world.Time.Draw(50);
            host.Hypervisor.BandwidthBytePerSecond = GiB * 1_000.0 / (500 + world.Time.Draw(20_000));
            host.Hypervisor.BreaksInPreCopy = () => world.Time.Draw(10) == 0;
        }

        foreach (var guest in world.Guests.Values)
        {
            guest.DirtyBytePerSecond = world.Time.Draw(GiB);
        }

        world.Start();
        for (var i = 0; i < 25; i++)
        {
            Loads(world, world.Time.Draw(350), world.Time.Draw(350), world.Time.Draw(250), world.Time.Draw(150));
            world.Run(world.Time.Draw(200_000));
            var host = world.Hosts[world.Time.Draw(2) == 0 ? "h1" : "h2"];
            switch (world.Time.Draw(3))
            {
                case 0:
                    host.Kill();
                    world.Run(world.Time.Draw(90_000));
                    host.Start();
                    break;
                case 1:
                    world.Network.Cuts.Add((host.Options.HostName, host.Options.HostName == "h1" ? "h2" : "h1"));
                    world.Run(world.Time.Draw(120_000));
                    world.Network.Cuts.Clear();
                    break;
            }
        }

        world.Network.LostPerMille = 0;
        world.Network.LatencyMaxMs = 5;
        Loads(world, 10, 10, 10, 10);
        foreach (var host in world.Hosts.Values)
        {
            host.Hypervisor.BreaksInPreCopy = () => false;
        }

        world.Run(3 * 3_600_000);
        Assert.Empty(world.Violations);
        // A cut that lasts just in the moment of the switch leaves a guest that never ran on the destination paused for a person (S7): then a host says so.
        var forPerson = world.Hosts.Values.SelectMany(h => Status(world, h).Cases!).Where(c => c.Closed is null).Select(c => c.Plan.Vm.Name).ToHashSet();
        foreach (var guest in world.Guests.Keys)
        {
            Assert.Equal((guest, forPerson.Contains(guest) ? 0 : 1), (guest, world.WhereRuns(guest).Count));
            Assert.Single(world.Hosts.Values, h => h.Hypervisor.Domains.Any(d => d.Guest.Name == guest && d.IsActive));
        }

        foreach (var host in world.Hosts.Values)
        {
            var status = Status(world, host);
            Assert.Empty(status.Barter.OpenBarters);
            Assert.Equal(host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes), status.Barter.PromisedBytes);
            foreach (var id in host.Journal.Ids.Where(i => i.StartsWith("migration-", StringComparison.Ordinal)))
            {
                Assert.Contains(host.Journal.Replay(id), e => e is MigrationSettled);
            }
        }
    }

    internal static HostStatus Status(SimWorld world, SimHost host)
    {
        HostStatus? status = null;
        host.Tell(new GetHostStatus(VirtualActorSystem.Listen("asker", m => status = (HostStatus)m)));
        world.Run(1_000);
        return status ?? throw new InvalidOperationException($"{host.Options.HostName} did not answer.");
    }

    /// <summary>Runs on for as long as that holds.</summary>
    internal static void While(SimWorld world, Func<bool> condition) =>
        Assert.True(world.Time.RunUntil(() => !condition(), 60_000), "It has not happened within a minute.");

    internal static void AssertNothingIsOpen(SimWorld world)
    {
        Assert.Empty(world.Violations);
        foreach (var host in world.Hosts.Values)
        {
            Assert.Empty(Status(world, host).Barter.OpenBarters);
        }
    }

    internal static bool Has<T>(SimWorld world, string host) => Events<T>(world, host).Any();

    /// <summary>What a host has journaled.</summary>
    internal static IEnumerable<T> Events<T>(SimWorld world, string host) =>
        world.Hosts[host].Journal.Ids.SelectMany(world.Hosts[host].Journal.Replay).OfType<T>();

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 60)];

    private static void AssertRuns(SimWorld world, string host, params string[] guests)
    {
        foreach (var guest in guests)
        {
            Assert.True(world.WhereRuns(guest) is [var h] && h == host, $"{guest} should run on {host}; the log:\n" + string.Join('\n', world.Log) + "\n" + string.Join('\n', world.Violations)+ "\n" + string.Join('\n', world.Notes.TakeLast(20)));
        }
    }
}
