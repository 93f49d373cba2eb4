using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// What an owner does to a guest at each step of a barter: the guest stays what its owner made of it, the barter ends, both agents go on, and the next
/// barter works.
/// </summary>
public sealed class OwnerActions
{
    public enum Action
    {
        Destroys,
        Pauses,
        MovesByHand,
    }

    public static TheoryData<string, string, Action> Steps()
    {
        var data = new TheoryData<string, string, Action>();
        foreach (var action in Enum.GetValues<Action>())
        {
            foreach (var (host, step) in ((string, string)[])
            [
                ("h1", nameof(BarterOffered)), ("h2", nameof(BarterGranted)), ("h1", nameof(BarterConfirmed)), ("h1", nameof(LegBegan)),
                ("h1", nameof(MigrationPrepared)), ("h2", nameof(ArrivalExpected)), ("h1", nameof(PreCopyBegan)), ("h2", nameof(ArrivalSeen)),
                ("h1", nameof(SwitchIntended)), ("h1", nameof(PostCopyBegan)), ("h2", nameof(ArrivalRan)), ("h2", nameof(ArrivalSettled)),
                ("h1", nameof(MigrationSettled)), ("h2", nameof(VmArrived)), ("h1", nameof(BarterEnded)),
            ])
            {
                data.Add(host, step, action);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void At_each_step(string host, string step, Action action)
    {
        var world = Story.TwoHosts(9);
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        while (!Happened(world.Hosts[host], step))
        {
            Assert.True(world.Time.NowMs < 20 * 60_000, "The step did not come.");
            world.Run(1);
        }

        // The swap gives vm1; what is done is done where it runs now.
        var uuid = world.Guests["vm1"].Uuid;
        var (here, there) = world.WhereRuns("vm1") is ["h2"] ? ("h2", "h1") : ("h1", "h2");
        var (mine, other) = (world.Hosts[here].Hypervisor, world.Hosts[there].Hypervisor);
        var isMoving = mine.Find(uuid)?.Job != DomainJob.None;
        switch (action)
        {
            case Action.Destroys:
                mine.Destroy(uuid);
                break;
            case Action.Pauses:
                mine.Suspend(uuid);
                break;
            case Action.MovesByHand:
                world.Do(new OwnerMigrated("vm1", other.Host));
                break;
        }

        world.Guests["vm1"].BitPerSecond = action == Action.Destroys ? 0 : world.Guests["vm1"].BitPerSecond;
        world.Run(20 * 60_000);
        Assert.Empty(world.Violations);
        var copies = world.Hosts.Values.Select(h => h.Hypervisor.Find(uuid)).Where(d => d is { IsActive: true }).ToArray();
        switch (action)
        {
            case Action.Destroys:
                // At most the remnant of a post-copy that had switched, which is the operator's: it never runs again.
                Assert.All(copies, d => Assert.Equal(DomainState.Paused, d!.State));
                Assert.True(copies.Length == 0 || Settled(world, LegOutcome.NeedsOperator));
                break;
            case Action.Pauses:
                // A pause in the middle of pre-copy is libvirt's to end: it lets the guest run where it arrives. In post-copy libvirt refuses it.
                Assert.Equal(isMoving ? DomainState.Running : DomainState.Paused, Assert.Single(copies)!.State);
                break;
            case Action.MovesByHand:
                Assert.Equal(DomainState.Running, Assert.Single(copies)!.State);
                break;
        }

        // Everything has its end, and a person's command works at once.
        Story.Loads(world, 10, 10, 10, 10);
        world.Run(60 * 60_000);
        foreach (var h in world.Hosts.Values)
        {
            Assert.Empty(Story.Status(world, h).Barter.OpenBarters);
        }

        var (from, to) = world.WhereRuns("vm4") is ["h2"] ? ("h2", "h1") : ("h1", "h2");
        MoveAnswered? answer = null;
        world.Hosts[from].Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), "vm4", to, "a person"));
        world.Run(2 * 60_000);
        Assert.True(answer!.IsAccepted, answer.Text);
        Assert.Equal([to], world.WhereRuns("vm4"));
        Assert.Empty(world.Violations);
    }

    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    public void A_clock_that_jumps_an_hour_is_said_and_changes_no_barter(long jumpMs)
    {
        var world = Story.TwoHosts(9);
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        while (!Happened(world.Hosts["h1"], nameof(PreCopyBegan)))
        {
            world.Run(10);
        }

        world.Hosts["h1"].WallErrorMs = jumpMs;
        world.Run(10 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.Equal(["h1"], world.WhereRuns("vm3"));
        Assert.Single(world.Notes, n => n.Contains("h1 note 308: The clock of h1 jumped", StringComparison.Ordinal));

        // Rests are as long as ever, an hour more or less: load gone, both go home within theirs.
        Story.Loads(world, 20, 20, 20, 20);
        world.Run(30 * 60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Equal(["h2"], world.WhereRuns("vm4"));
        Assert.Empty(world.Violations);
    }

    private static bool Happened(SimHost host, string step) => host.Journal.Ids.SelectMany(host.Journal.Replay).Any(e => e.GetType().Name == step);

    private static bool Settled(SimWorld world, LegOutcome outcome) => world.Hosts.Values
        .SelectMany(h => h.Journal.Ids.SelectMany(h.Journal.Replay)).OfType<MigrationSettled>().Any(s => s.Outcome == outcome);
}
