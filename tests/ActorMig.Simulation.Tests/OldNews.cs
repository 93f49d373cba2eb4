using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>What is old when it comes: agents that stand still for longer than a lease and go on, messages that are late or come again.</summary>
public sealed class OldNews
{
    private const long LongerThanALeaseMs = 5 * 60_000;

    /// <summary>The destination has said that it is ready, and has given the reservation up by the time at which the source hears it.</summary>
    [Fact]
    public void A_source_that_stood_still_for_longer_than_the_lease_does_not_begin()
    {
        var world = Moving();
        Story.While(world, () => !Story.Has<MigrationPrepared>(world, "h1"));
        world.Do(new AgentStopped("h1"));
        world.Run(LongerThanALeaseMs);
        Assert.False(Story.Has<PreCopyBegan>(world, "h1"));
        world.Do(new AgentContinued("h1"));
        world.Run(60_000);
        Assert.False(Story.Has<PreCopyBegan>(world, "h1"));
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Equal(LegOutcome.Failed, Story.Events<MigrationSettled>(world, "h1").Single().Outcome);
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>The call is decided on and written down, and has not been made: where it would arrive nobody waits for it any more.</summary>
    [Fact]
    public void A_call_that_was_decided_on_is_not_made_when_its_lease_is_over()
    {
        var world = Moving();
        Story.While(world, () => !Story.Has<PreCopyBegan>(world, "h1"));
        world.Do(new AgentStopped("h1"));
        world.Run(LongerThanALeaseMs);
        world.Do(new AgentContinued("h1"));
        world.Run(2 * 60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Equal(LegOutcome.Failed, Story.Events<MigrationSettled>(world, "h1").Single().Outcome);
        Story.AssertNothingIsOpen(world);
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2")]
    public void A_migration_that_runs_goes_on_while_an_agent_stands_still(string host)
    {
        var world = Moving();
        Story.While(world, () => !Story.Has<PostCopyBegan>(world, "h1"));
        world.Do(new AgentStopped(host));
        world.Run(LongerThanALeaseMs);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        world.Do(new AgentContinued(host));
        world.Run(60_000);
        Assert.Equal(LegOutcome.Completed, Story.Events<MigrationSettled>(world, "h1").Single().Outcome);
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>A confirmation that is answered with most of its lease over is answered too late; the next ones are not, once the network is well.</summary>
    [Fact]
    public void A_late_answer_to_an_old_renewal_begins_no_leg()
    {
        var world = Moving();
        Story.While(world, () => !Story.Has<BarterConfirmed>(world, "h1"));
        var leaseMs = world.Hosts["h1"].Options.LeaseMs;
        world.Do(new LinkDelayed("h2", "h1", leaseMs * 8 / 10));
        world.Run(leaseMs * 9 / 10);
        Assert.False(Story.Has<LegBegan>(world, "h1"));
        world.Do(new LinkDelayed("h2", "h1", 0));
        world.Run(2 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void What_comes_again_minutes_later_changes_nothing()
    {
        var world = Moving();
        world.Do(new LinkEchoed("h1", "h2", 4 * 60_000));
        world.Do(new LinkEchoed("h2", "h1", 4 * 60_000));
        world.Run(60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        var events = All(world);
        world.Do(new LinkEchoed("h1", "h2", 0));
        world.Do(new LinkEchoed("h2", "h1", 0));
        world.Run(6 * 60_000);
        Assert.Equal(events, All(world));
        Story.AssertNothingIsOpen(world);
    }

    private static SimWorld Moving()
    {
        var world = Story.TwoHosts(5);
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        return world;
    }

    private static List<object> All(SimWorld world) => [.. world.Hosts.Keys.SelectMany(h => Story.Events<object>(world, h))];
}
