using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Hosts;

namespace ActorMig.Simulation.Tests;

/// <summary>The hand on the brake, and hosts that are emptied: what the scenarios do not show.</summary>
public sealed class Holds
{
    private static readonly long s_minute = 60_000;

    /// <summary>No agent begins a move: not even the second half of a swap. Both hosts judge anew when it is thawed.</summary>
    [Fact]
    public void The_second_leg_of_a_swap_does_not_begin_in_a_frozen_cluster()
    {
        var world = Story.TwoHosts(7);
        var h1 = world.Hosts["h1"];
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        Assert.True(world.Time.RunUntil(() => h1.Journal.Replay("barter").OfType<LegBegan>().Any(), 20 * s_minute));
        world.Do(new FreezeAsked("h2", null));
        world.Run(10 * s_minute);

        Assert.Single(h1.Journal.Replay("barter").OfType<LegBegan>());
        var ended = h1.Journal.Replay("barter").OfType<BarterEnded>().Single();
        Assert.Equal((BarterOutcome.Half, Refusal.Frozen), (ended.Outcome, ended.Refusal));
        Assert.Empty(world.Violations);

        world.Do(new ThawAsked("h1"));
        world.Run(20 * s_minute);
        Assert.Contains(h1.Journal.Replay("barter").OfType<BarterEnded>(), e => e.Outcome == BarterOutcome.Settled);
        Assert.Empty(world.Violations);
    }

    /// <summary>Each half of a cluster that is cut in two has its own say; when it is whole again, all know the same.</summary>
    [Fact]
    public void Two_people_on_either_side_of_a_cut()
    {
        var world = Hosts(4);
        foreach (var (from, to) in Across())
        {
            world.Do(new LinkCut(from, to));
            world.Do(new LinkCut(to, from));
        }

        world.Start();
        world.Run(2 * s_minute);
        world.Do(new FreezeAsked("h1", null));
        world.Do(new FreezeAsked("h3", 300_000));
        world.Run(30_000);
        Assert.Equal([("h1", 1), ("h1", 1), ("h3", 1), ("h3", 1)], Marks(world));
        foreach (var (from, to) in Across())
        {
            world.Do(new LinkHealed(from, to));
            world.Do(new LinkHealed(to, from));
        }

        // With the same number the higher name's counts, and ends when it was to end.
        world.Run(3 * s_minute);
        Assert.All(Marks(world), m => Assert.Equal(("h3", 1), m));
        Assert.All(Statuses(world), s => Assert.NotNull(s.Brake!.Frozen));
        world.Run(3 * s_minute);
        Assert.All(Statuses(world), s => Assert.Null(s.Brake!.Frozen));
        Assert.Empty(world.Violations);

        static IEnumerable<(string, string)> Across() => from a in (string[])["h1", "h2"] from b in (string[])["h3", "h4"] select (a, b);
    }

    /// <summary>What travels is how much is left, not a time of day.</summary>
    [Fact]
    public void A_wrong_clock_changes_nothing_about_its_end()
    {
        var world = Hosts(2);
        world.Do(new WallClockSet("h2", 3_600_000));
        world.Start();
        world.Run(2 * s_minute);
        world.Do(new FreezeAsked("h1", 120_000));
        world.Run(100_000);
        Assert.All(Statuses(world), s => Assert.NotNull(s.Brake!.Frozen));
        world.Run(40_000);
        Assert.All(Statuses(world), s => Assert.Null(s.Brake!.Frozen));

        // What is over stays over.
        world.Do(new WallClockSet("h2", -3_600_000));
        world.Hosts["h2"].Kill();
        world.Hosts["h2"].Start();
        world.Run(2 * s_minute);
        Assert.All(Statuses(world), s => Assert.Null(s.Brake!.Frozen));
    }

    /// <summary>Whoever sets it knows who has not heard of it, until they have.</summary>
    [Fact]
    public void The_one_who_sets_it_knows_who_has_not_heard_of_it()
    {
        var world = Hosts(3);
        world.Start();
        world.Run(2 * s_minute);
        world.Hosts["h3"].Kill();
        world.Do(new FreezeAsked("h1", null));
        world.Run(5_000);
        Assert.Equal(["h3"], Story.Status(world, world.Hosts["h1"]).Brake!.Untold);
        world.Hosts["h3"].Start();
        world.Run(2 * s_minute);
        Assert.Empty(Story.Status(world, world.Hosts["h1"]).Brake!.Untold);
        Assert.NotNull(Story.Status(world, world.Hosts["h3"]).Brake!.Frozen);
    }

    /// <summary>A number so high that nobody could set it any more is no honest host's.</summary>
    [Fact]
    public void What_cannot_be_meant_is_not_heeded()
    {
        var world = Hosts(2);
        world.Start();
        world.Run(2 * s_minute);
        world.Hosts["h1"].Tell(new Edges.PeerSaid("h2", 1, "brake", new BrakeStands(long.MaxValue, "h2", true, "somebody", "for ever")));
        world.Hosts["h1"].Tell(new Edges.PeerSaid("h2", 1, "brake", new BrakeStands(1, "h2", true, "somebody", new string('x', 10_000))));
        world.Hosts["h1"].Tell(new Edges.PeerSaid("h2", 1, "brake", new BrakeStands(1, "h2", true, "somebody", "for long", long.MaxValue)));
        world.Run(1_000);
        Assert.Single(world.Notes, n => n.StartsWith("h1 note 313: ", StringComparison.Ordinal));
        Assert.Equal((BrakeMark.None, null), (Story.Status(world, world.Hosts["h1"]).Brake!.Mark, Story.Status(world, world.Hosts["h1"]).Brake!.Frozen));
    }

    /// <summary>Each VM that is left is named, with what a person can do; a restart changes nothing.</summary>
    [Fact]
    public void A_drain_names_what_is_left_and_survives_a_restart()
    {
        const long GiB = 1L << 30;
        var world = Hosts(3);
        foreach (var (guest, memory) in new[] { ("device", GiB), ("big", 5 * GiB), ("paused", GiB), ("small", GiB) })
        {
            world.AddGuest("h1", guest, memory);
        }

        world.AddGuest("h2", "there", 4 * GiB);
        world.AddGuest("h3", "elsewhere", 4 * GiB);
        world.Guests["device"].Device = "pci 0000:3b:00.0";
        world.Start();
        world.Run(2 * s_minute);
        world.Do(new OwnerPaused("paused"));
        world.Do(new DrainAsked("h1", null));
        world.Run(5 * s_minute);
        world.Hosts["h1"].Kill();
        world.Run(5_000);
        world.Hosts["h1"].Start();
        world.Run(5 * s_minute);

        var drain = Story.Status(world, world.Hosts["h1"]).Drain!;
        Assert.Equal("a person", drain.Began.Person);
        Assert.Equal(["big", "device", "paused"], drain.Left!.Select(l => l.Vm));
        Assert.Contains("GiB to promise, and it needs 5.00 GiB", drain.Left![0].Why, StringComparison.Ordinal);
        Assert.Contains("0000:3b:00.0", drain.Left[1].Why, StringComparison.Ordinal);
        Assert.Equal("it is paused", drain.Left[2].Why);
        Assert.NotEqual(["h1"], world.WhereRuns("small"));

        // What stood in its way is gone: it leaves, and then so does the rest.
        world.Do(new DeviceDetached("device"));
        world.Do(new OwnerResumed("paused"));
        world.Do(new OwnerShutDown("there"));
        world.Run(5 * s_minute);
        Assert.Empty(Story.Status(world, world.Hosts["h1"]).Drain!.Left!);
        Assert.Empty(world.Hosts["h1"].Hypervisor.Domains);
        Assert.Empty(world.Violations);
    }

    /// <summary>One of 12 hosts that fails is no storm; a second one within a minute is. It passes by itself, or when somebody says so.</summary>
    [Fact]
    public void Many_hosts_that_fail_within_a_minute_are_a_storm()
    {
        var world = Hosts(12);
        var failed = new SortedSet<string>(StringComparer.Ordinal);
        IReadOnlyList<Edges.Member> Members() => [.. world.Hosts.Keys.Where(h => h != "h1").Order(StringComparer.Ordinal)
            .Select(h => new Edges.Member(h, h, h) { State = failed.Contains(h) ? Edges.MemberState.Failed : Edges.MemberState.Alive })];
        world.Network.MembersOf = host => host == "h1" ? Members() : null;
        world.Start();
        world.Run(3 * s_minute);
        Fail("h5");
        Assert.Null(Frozen("h1"));
        world.Run(2 * s_minute);
        Fail("h6");
        Assert.Null(Frozen("h1"));
        Fail("h7");
        Assert.Equal("2 of 12 hosts failed or came back within 1 min (h6, h7); nothing begins for 10 min", Frozen("h1"));
        Assert.Null(Frozen("h2"));
        world.Run(5 * s_minute);
        failed.Clear();
        world.Run(9 * s_minute);
        Assert.StartsWith("3 of 12 hosts failed or came back", Frozen("h1"), StringComparison.Ordinal);
        world.Run(2 * s_minute);
        Assert.Null(Frozen("h1"));

        Fail("h8");
        Fail("h9");
        Assert.NotNull(Frozen("h1"));
        world.Do(new ThawAsked("h1"));

        // It is in the journal first.
        world.Run(1_000);
        Assert.Null(Frozen("h1"));
        Assert.Single(world.Hosts["h1"].Journal.Replay("brake"), e => e is StormRestEnded { Person: "a person" });
        Assert.Equal(BrakeMark.None, Story.Status(world, world.Hosts["h1"]).Brake!.Mark);

        string? Frozen(string host) => Story.Status(world, world.Hosts[host]).Brake!.Frozen;

        void Fail(string host)
        {
            failed.Add(host);
            world.Hosts["h1"].Tell(new Edges.MembersChanged(Members()));
        }
    }

    private static SimWorld Hosts(int count)
    {
        var world = new SimWorld(11);
        for (var i = 1; i <= count; i++)
        {
            world.AddHost(Story.Options($"h{i}") with { MemoryTotalBytes = 8L << 30, MemoryOvercommit = 1.0, Migration = new() });
        }

        return world;
    }

    private static HostStatus[] Statuses(SimWorld world) => [.. world.Hosts.Values.Select(h => Story.Status(world, h))];

    private static (string By, long Number)[] Marks(SimWorld world) => [.. Statuses(world).Select(s => (s.Brake!.Mark.By, s.Brake.Mark.Number))];
}
