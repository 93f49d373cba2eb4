using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>Hosts that lose power or their journal, and daemons that die, in the middle of a migration by a person's command.</summary>
public sealed class PowerAndDisks
{
    /// <summary>The guest is lost with its host, and only with it; nobody starts it again.</summary>
    [Theory]
    [InlineData(nameof(PreCopyBegan), "h1", 0)]
    [InlineData(nameof(PreCopyBegan), "h2", 1)]
    [InlineData(nameof(PostCopyBegan), "h1", 1)] // it runs on h2 until it needs a page that was on h1
    [InlineData(nameof(PostCopyBegan), "h2", 0)]
    public void A_host_that_loses_power_takes_with_it_what_was_on_it(string step, string off, int copies)
    {
        var world = Moving(step);
        world.Do(new PowerLost(off));
        world.Run(5 * 60_000);
        Assert.Equal(copies, world.WhereRuns("vm1").Count);
        world.Do(new PowerBack(off));
        world.Run(60 * 60_000);
        Assert.Empty(world.Violations);
        var settled = Migration(world).OfType<MigrationSettled>().Single();
        Assert.Equal(copies == 1 && step == nameof(PreCopyBegan) ? LegOutcome.Failed : LegOutcome.NeedsOperator, settled.Outcome);
        Assert.Contains("vm1", settled.Reason, StringComparison.Ordinal);
        Assert.True(world.WhereRuns("vm1").Count <= copies);
        foreach (var host in world.Hosts.Values)
        {
            Assert.Empty(Story.Status(world, host).Barter.OpenBarters);
        }
    }

    [Theory]
    [InlineData(nameof(PreCopyBegan), "h1", "h1")]
    [InlineData(nameof(PreCopyBegan), "h2", "h1")]
    [InlineData(nameof(PostCopyBegan), "h1", "h2")]
    [InlineData(nameof(PostCopyBegan), "h2", "h2")]
    public void A_daemon_that_dies_loses_no_guest_and_what_it_leaves_is_put_right(string step, string which, string runs)
    {
        var world = Moving(step);
        world.Run(100);
        world.Do(new LibvirtdKilled(which));
        world.Run(20_000);
        world.Do(new LibvirtdRestarted(which));
        world.Run(60 * 60_000);
        Assert.Empty(world.Violations);
        Assert.Equal([runs], world.WhereRuns("vm1"));
        var other = world.Hosts[runs == "h1" ? "h2" : "h1"].Hypervisor;

        // A definition that an unattended end leaves behind would be a second copy after the next boot.
        Assert.Null(other.Find(world.Guests["vm1"].Uuid));
        foreach (var host in world.Hosts.Values)
        {
            Assert.Empty(Story.Status(world, host).Barter.OpenBarters);
        }
    }

    /// <summary>The stream ends unattended, and the source keeps a definition: it must not start a second copy with its host.</summary>
    [Fact]
    public void A_host_that_is_off_and_on_after_an_unattended_end_starts_no_second_copy()
    {
        var world = Moving(nameof(PostCopyBegan), isAutostart: true);
        world.Do(new LibvirtdKilled("h1"));
        world.Do(new AgentKilled("h1"));
        world.Run(60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.NotNull(world.Hosts["h1"].Hypervisor.Find(world.Guests["vm1"].Uuid));
        world.Do(new PowerLost("h1"));
        world.Run(60_000);
        world.Do(new PowerBack("h1"));
        world.Run(1_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        world.Run(10 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.Null(world.Hosts["h1"].Hypervisor.Find(world.Guests["vm1"].Uuid));
        Assert.True(world.Hosts["h2"].Hypervisor.Find(world.Guests["vm1"].Uuid)!.IsAutostart);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_host_whose_journal_was_torn_observes_until_that_is_accepted_and_counts_on()
    {
        var world = Story.TwoHosts(8);
        world.Start();
        world.Run(60_000);
        var host = world.Hosts["h1"];
        var before = Story.Status(world, host).Incarnation;
        world.Do(new JournalTorn("h1"));
        world.Do(new AgentRestarted("h1"));
        world.Run(60_000);
        Assert.Equal((before + 1, Mode.Observe), (Story.Status(world, host).Incarnation, Story.Status(world, host).Mode));
        world.Do(new LossAccepted("h1"));
        world.Run(1_000);
        Assert.Equal(Mode.Auto, Story.Status(world, host).Mode);
    }

    /// <summary>vm1 is on its way from h1 to h2, at a step of its journal.</summary>
    private static SimWorld Moving(string step, bool isAutostart = false)
    {
        var world = Story.TwoHosts(12);
        Assert.Null(world.Hosts["h1"].Hypervisor.SetAutostart(world.Guests["vm1"].Uuid, isAutostart));
        Story.Loads(world, 50, 50, 40, 40);
        world.Guests["vm1"].DirtyBytePerSecond = 400 << 20;
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        for (var i = 0; !Migration(world).Any(e => e.GetType().Name == step); i++)
        {
            Assert.True(i < 100_000, $"There was no {step}.");
            world.Run(1);
        }

        world.Run(10);
        return world;
    }

    private static IEnumerable<object> Migration(SimWorld world) =>
        world.Hosts["h1"].Journal.Ids.Where(i => i.StartsWith("migration-", StringComparison.Ordinal)).SelectMany(world.Hosts["h1"].Journal.Replay);
}
