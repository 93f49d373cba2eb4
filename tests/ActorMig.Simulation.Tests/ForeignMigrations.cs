using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>What somebody else has begun with libvirt's own tools is seen on both hosts, shown, charged at once, recorded, and never fought.</summary>
public sealed class ForeignMigrations
{
    [Fact]
    public void Seen_on_both_hosts_and_never_fought()
    {
        var world = Story.TwoHosts(9);
        var records = new List<(string Host, ForeignMigrationEnded Ended)>();
        world.Recorded += (host, record) =>
        {
            if (record is ForeignMigrationEnded ended)
            {
                records.Add((host, ended));
            }
        };

        // Over the threshold: vm1 would be bartered if nobody moved it.
        Story.Loads(world, 300, 160, 20, 20);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        (h1.Hypervisor.BandwidthBytePerSecond, world.Guests["vm1"].DirtyBytePerSecond) = (4 << 20, 0);
        world.Start();
        world.Run(90_000);
        world.Do(new OwnerMigrated("vm1", "h2"));
        world.Run(3_000);
        var (leaves, comes) = (Story.Status(world, h1), Story.Status(world, h2));
        var leaving = Assert.Single(leaves.Foreign!);
        Assert.Equal(("vm1", true), (leaving.Name, leaving.IsOutgoing));
        Assert.True(leaving.Figures!.RemainingBytes > 0);
        Assert.Equal(("vm1", false), (Assert.Single(comes.Foreign!).Name, comes.Foreign![0].IsOutgoing));

        // Not only from the next round on.
        Assert.Equal(world.Guests["vm1"].MemoryBytes, Assert.Single(h2.Journal.Replay("barter").OfType<ChargeBegan>()).MemoryBytes);
        world.Run(60_000);
        Assert.Equal(VmStatus.Foreign, Story.Status(world, h1).Barter.Vms.Single(v => v.Facts.Name == "vm1").Status);
        Assert.Equal(VmStatus.Arriving, Story.Status(world, h2).Barter.Vms.Single(v => v.Facts.Name == "vm1").Status);
        MoveAnswered? refused = null;
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => refused = (MoveAnswered)m), "vm1", "h2", "a person"));
        world.Run(1_000);
        Assert.Equal((false, true), (refused!.IsAccepted, refused.Text.Contains("it is foreign", StringComparison.Ordinal)));

        world.Run(10 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.DoesNotContain(world.Hosts.Values.SelectMany(h => h.Journal.Ids.SelectMany(h.Journal.Replay)).OfType<BarterOffered>(), o => o.Give.Name == "vm1" && o.Peer == "h2");
        Assert.Equal([("h1", "left"), ("h2", "came")], records.Select(r => (r.Host, r.Ended.Outcome)).Order());
        var figures = records.Single(r => r.Host == "h1").Ended;
        Assert.True(figures.TotalMs > 60_000 && figures.Bytes > 0, figures.ToString());
        Assert.All(world.Hosts.Values, h => Assert.Empty(Story.Status(world, h).Foreign!));

        // What is over is not followed for ever.
        Assert.All(world.Hosts.Values, h => Assert.Equal(0, h.Hypervisor.DomainSubscribers));
        Assert.Contains(Story.Status(world, h2).Barter.Vms, v => v.Facts.Name == "vm1");
        Assert.Equal(h2.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes), Story.Status(world, h2).Barter.PromisedBytes);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void One_that_is_aborted_has_stayed()
    {
        var world = Story.TwoHosts(9);
        var ended = new List<string>();
        world.Recorded += (host, record) => ended.AddRange(record is ForeignMigrationEnded e ? [$"{host} {e.Outcome}"] : []);
        Story.Loads(world, 50, 50, 20, 20);
        world.Hosts["h1"].Hypervisor.BandwidthBytePerSecond = 4 << 20;
        world.Start();
        world.Run(90_000);
        world.Do(new OwnerMigrated("vm1", "h2"));
        world.Run(10_000);
        world.Do(new OwnerAbortedJob("vm1"));
        world.Run(3 * 60_000);
        Assert.Equal(["h1 stayed", "h2 did not come"], ended.Order(StringComparer.Ordinal));
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Empty(world.Violations);
    }
}
