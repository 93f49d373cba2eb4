using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// libvirt itself lets a guest run twice when the call that ends a migration is lost outside post-copy. Then the copy on the source is suspended, the
/// alarm is raised, and nothing else is touched: at once, or as soon as the destination can be heard.
/// </summary>
public sealed class LostFinish
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the same break keeps the two agents apart for longer than anybody is patient
    public void A_double_run_is_stopped_on_the_source_and_nothing_else_is_touched(bool isPeerSilent)
    {
        var world = RunsTwice(isPeerSilent);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        if (isPeerSilent)
        {
            world.Run(20 * 60_000);
            Assert.Equal(LegOutcome.Failed, Settled(h1));
            Assert.Equal(["h1", "h2"], world.WhereRuns("vm1"));

            // Moved on from either side, it would leave a second one behind that nobody looks for.
            foreach (var (host, to) in new[] { (h1, "h2"), (h2, "h1") })
            {
                MoveAnswered? answer = null;
                host.Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), "vm1", to, "a person"));
                world.Run(1_000);
                Assert.False(answer!.IsAccepted);
                Assert.Contains("it may run there, too", answer.Text, StringComparison.Ordinal);
            }

            // Somebody looks what could be done, and leaves it at that.
            Assert.Contains("if vm1 runs there, too, its data will be damaged", Resolve(world, h1, "h1", null).Text, StringComparison.Ordinal);
            world.Network.Cuts.Clear();
        }

        world.Run(5 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        var left = h1.Hypervisor.Find(world.Guests["vm1"].Uuid);
        Assert.Equal((DomainState.Paused, StateReason.User), (left!.State, left.Reason));
        Assert.Equal(LegOutcome.NeedsOperator, Settled(h1));
        Assert.True(Happened<DoubleRunSeen>(h1));
        Assert.Empty(world.Violations);

        // Nobody is busy with it any more, on either side.
        foreach (var host in world.Hosts.Values)
        {
            Assert.Empty(Story.Status(world, host).Barter.OpenBarters);
        }

        // The copy that was suspended must not come back with its host.
        world.Do(new PowerLost("h1"));
        world.Run(60_000);
        world.Do(new PowerBack("h1"));
        world.Run(5 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
    }

    /// <summary>A person was wrong about a host that was silent: it is not taken for resolved there, where the guest runs, too, until one of the copies has ended.</summary>
    [Fact]
    public void Who_was_wrong_about_a_silent_host_finds_the_case_open_there()
    {
        var world = RunsTwice(isPeerSilent: true);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        world.Run(20 * 60_000);
        Assert.Equal(LegOutcome.Failed, Resolve(world, h1, "h1", Resolve(world, h1, "h1", null).View!.Seen).Closed!.Outcome);
        world.Network.Cuts.Clear();
        world.Run(10 * 60_000);
        Assert.Equal(["h1", "h2"], world.WhereRuns("vm1"));
        Assert.Null(Assert.Single(Story.Status(world, h2).Cases!).Closed);
        Assert.Contains("vm1 runs on h1, too: find out which copy is good", Resolve(world, h2, "h2", null).Text, StringComparison.Ordinal);

        Assert.Null(h2.Hypervisor.Destroy(world.Guests["vm1"].Uuid));
        world.Run(3 * 60_000);
        Assert.Equal(LegOutcome.Failed, Assert.Single(Story.Status(world, h2).Cases!).Closed!.Outcome);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
    }

    /// <summary>vm1 has gone from h1 to h2, and h1's libvirt, whose last call was lost, has let it run on.</summary>
    /// <param name="isPeerSilent">True: with that call the agents' connection broke, too.</param>
    private static SimWorld RunsTwice(bool isPeerSilent)
    {
        var world = Story.TwoHosts(5);
        var h1 = world.Hosts["h1"];
        h1.Hypervisor.LosesFinish = () =>
        {
            if (isPeerSilent)
            {
                world.Network.Cuts.Add(("h1", "h2"));
                world.Network.Cuts.Add(("h2", "h1"));
            }

            return true;
        };
        Story.Loads(world, 50, 50, 40, 40);
        Assert.Null(h1.Hypervisor.SetAutostart(world.Guests["vm1"].Uuid, true));
        world.Start();
        world.Run(3 * 60_000);
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm1", "h2", "a person"));

        // Killed in pre-copy, so that nobody switches and the migration converges by itself.
        while (!Happened<PreCopyBegan>(h1))
        {
            world.Run(100);
        }

        h1.Kill();
        world.Run(60_000);
        Assert.Equal(["h1", "h2"], world.WhereRuns("vm1"));
        h1.Start();
        return world;
    }

    private static CaseAnswered Resolve(SimWorld world, SimHost host, string runsOn, string? seen)
    {
        CaseAnswered? answer = null;
        host.Tell(new ResolveMigration(VirtualActorSystem.Listen("asker", m => answer = (CaseAnswered)m), "h1-1-1.1", runsOn, IsLost: false, seen, "a person"));
        world.Run(60_000);
        return answer!;
    }

    private static bool Happened<T>(SimHost host) => Migration(host).OfType<T>().Any();

    private static LegOutcome Settled(SimHost host) => Migration(host).OfType<MigrationSettled>().Last().Outcome;

    private static IEnumerable<object> Migration(SimHost host) =>
        host.Journal.Ids.Where(i => i.StartsWith("migration-", StringComparison.Ordinal)).SelectMany(host.Journal.Replay);
}
