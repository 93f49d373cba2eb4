using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>Options that change while the agents run, as they do on SIGHUP.</summary>
public sealed class Reload
{
    [Fact]
    public void A_host_that_observed_offers_as_soon_as_its_mode_is_auto()
    {
        var world = Story.TwoHosts(7);
        var h1 = world.Hosts["h1"];
        h1.Reload(h1.Options with { Mode = Mode.Observe });
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        world.Run(10 * 60_000);
        Assert.Equal(Mode.Observe, Story.Status(world, h1).Mode);
        Assert.Contains(world.Log, l => l.Contains("h1 observing", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log, l => l.Contains("offers", StringComparison.Ordinal));

        h1.Reload(h1.Options with { Mode = Mode.Auto });
        world.Run(10 * 60_000);
        Assert.Equal(Mode.Auto, Story.Status(world, h1).Mode);
        Assert.Contains(world.Log, l => l.Contains("h1 offers vm1 to h2 (swap)", StringComparison.Ordinal));
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void An_offer_that_the_new_mode_forbids_is_taken_back()
    {
        var world = Story.TwoHosts(7);
        var h1 = world.Hosts["h1"];
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        world.Network.Cuts.Add(("h2", "h1"));
        h1.Tell(new Bartering.MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm1", "h2", "a person"));
        world.Run(2 * 60_000);
        world.Network.Cuts.Clear();
        world.Run(60_000);
        while (!world.Log.Any(l => l.Contains("h1 offers", StringComparison.Ordinal)))
        {
            world.Run(1);
        }

        h1.Reload(h1.Options with { Mode = Mode.Observe });
        world.Run(10 * 60_000);
        Assert.Contains(world.Log, l => l.EndsWith(": withdrawn", StringComparison.Ordinal));
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        foreach (var host in world.Hosts.Values)
        {
            var status = Story.Status(world, host);
            Assert.Empty(status.Barter.OpenBarters);
            Assert.Equal(host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes), status.Barter.PromisedBytes);
        }

        Assert.Empty(world.Violations);
    }

    [Fact]
    public void New_thresholds_reach_the_policies_and_new_rounds_begin_at_once()
    {
        var world = Story.TwoHosts(7);
        var h1 = world.Hosts["h1"];
        h1.Reload(h1.Options with { Mode = Mode.Observe, RoundMs = 10 * 60_000, HoldRounds = 1 });
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        world.Run(25 * 60_000);
        Assert.Contains(world.Log, l => l.Contains("h1 observing", StringComparison.Ordinal));
        var round = Story.Status(world, h1).Round;

        h1.Reload(h1.Options with { RoundMs = 5_000, Threshold = new ThresholdOptions { OverloadBitPerSecond = 900e6 } });
        world.Run(60_000);
        var status = Story.Status(world, h1);
        Assert.InRange(status.Round - round, 8, 13);
        Assert.Equal((5_000L, 900e6), (status.RoundMs, status.OverloadBitPerSecond));
        Assert.Contains("not over 900.0 Mbit/s", status.Barter.Decision, StringComparison.Ordinal);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void Memory_and_managed_guests_count_as_the_new_options_say()
    {
        var world = Story.TwoHosts(7);
        var h1 = world.Hosts["h1"];
        world.Guests["vm2"].IsTagged = false;
        world.Start();
        world.Run(2 * 60_000);
        Assert.All(Story.Status(world, h1).Barter.Vms, v => Assert.True(v.IsManaged));
        h1.Reload(h1.Options with { Manage = Manage.Tagged, MemoryOvercommit = 1.0 });
        world.Run(2 * 60_000);
        var status = Story.Status(world, h1);
        Assert.Equal([true, false], status.Barter.Vms.Select(v => v.IsManaged));
        Assert.Equal(h1.Options.MemoryTotalBytes, status.Barter.CapacityBytes);
        Assert.Empty(world.Violations);
    }

    /// <summary>Options that change at any moment, beside lost messages and killed agents: nothing is doubled, lost or promised for ever.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whenever_options_change_every_barter_ends(int seed)
    {
        var world = Story.TwoHosts((ulong)seed);
        world.Network.LostPerMille = (int)world.Time.Draw(100);
        world.Network.LatencyMaxMs = 1 + world.Time.Draw(3_000);
        world.Start();
        for (var i = 0; i < 25; i++)
        {
            Story.Loads(world, world.Time.Draw(350), world.Time.Draw(350), world.Time.Draw(250), world.Time.Draw(150));
            world.Run(world.Time.Draw(150_000));
            var host = world.Hosts[world.Time.Draw(2) == 0 ? "h1" : "h2"];
            host.Reload(host.Options with
            {
                Mode = world.Time.Draw(3) switch { 0 => Mode.Observe, 1 => Mode.Recommend, _ => Mode.Auto },
                Manage = world.Time.Draw(4) == 0 ? Manage.Tagged : Manage.All,
                RoundMs = 10_000 + world.Time.Draw(60_000),
                LeaseMs = 5_000 + world.Time.Draw(60_000),
                AnswerMs = 500 + world.Time.Draw(4_000),
                HoldRounds = 1 + (int)world.Time.Draw(3),
            });
            if (world.Time.Draw(5) == 0)
            {
                host.Kill();
                world.Run(world.Time.Draw(60_000));
                host.Start();
            }
        }

        world.Network.LostPerMille = 0;
        world.Network.LatencyMaxMs = 5;
        Story.Loads(world, 10, 10, 10, 10);
        world.Run(3 * 3_600_000);
        Assert.Empty(world.Violations);
        foreach (var guest in world.Guests.Keys)
        {
            Assert.Single(world.WhereRuns(guest));
        }

        foreach (var host in world.Hosts.Values)
        {
            var status = Story.Status(world, host);
            Assert.Empty(status.Barter.OpenBarters);
            Assert.Equal(host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes), status.Barter.PromisedBytes);
            foreach (var id in host.Journal.Ids.Where(i => i.StartsWith("migration-", StringComparison.Ordinal)))
            {
                Assert.Contains(host.Journal.Replay(id), e => e is MigrationSettled);
            }
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 30)];
}
