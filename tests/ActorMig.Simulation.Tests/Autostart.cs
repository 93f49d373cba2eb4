using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// libvirt does not carry autostart along, so the agents do: also when the daemon is away just when it is to be set, and when the half on the destination
/// has lost its journal, was given up, or took the guest for gone.
/// </summary>
public sealed class Autostart
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_starts_with_its_host_does_so_where_it_has_arrived(bool isDaemonAway)
    {
        var world = Moving();
        RunUntil<ArrivalSettled>(world, "h2");
        if (isDaemonAway)
        {
            world.Do(new LibvirtdKilled("h2"));
            world.Run(60_000);
            world.Do(new LibvirtdRestarted("h2"));
        }

        world.Run(5 * 60_000);
        AssertStartsWithH2(world);
    }

    /// <summary>What a plan says of it is from the last round: a guest that has become another kind of guest since moves as that, or not at all.</summary>
    [Fact]
    public void Its_owner_wants_it_to_start_with_its_host_just_before_it_moves()
    {
        var world = Story.TwoHosts(12);
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        Assert.Null(world.Hosts["h1"].Hypervisor.SetAutostart(world.Guests["vm1"].Uuid, true));
        world.Do(new MoveAsked("vm1", "h2"));
        RunUntil<MigrationSettled>(world, "h1");
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        world.Run(2 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        world.Run(5 * 60_000);
        AssertStartsWithH2(world);
    }

    [Fact]
    public void It_does_so_too_if_the_journal_there_is_lost_before_the_source_has_let_go()
    {
        var world = Moving();
        var there = world.Hosts["h2"];
        RunUntil<ArrivalSettled>(world, "h2");
        world.Do(new JournalTorn("h2"));
        Assert.DoesNotContain(there.Journal.Ids.SelectMany(there.Journal.Replay), e => e is ArrivalSettled);
        world.Do(new AgentRestarted("h2"));
        world.Do(new LossAccepted("h2"));
        world.Run(5 * 60_000);
        AssertStartsWithH2(world);

        // What it has behind it is known there again, too.
        Assert.Contains(there.Journal.Replay("barter"), e => e is Bartering.VmArrived { Name: "vm1" });
    }

    /// <summary>libvirt has let it run again on its source, whose agent is away: were it to start with the destination, a loss of power there would let it run twice.</summary>
    [Fact]
    public void A_guest_that_may_run_on_its_source_too_starts_with_neither_host()
    {
        var world = Moving();
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        h1.Hypervisor.LosesFinish = static () => true;
        RunUntil<PreCopyBegan>(world, "h1");
        world.Run(500);
        h1.Kill();
        RunUntil<ArrivalSettled>(world, "h2");
        Assert.Null(h2.Hypervisor.Suspend(world.Guests["vm1"].Uuid));
        world.Run(60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        world.Do(new PowerLost("h2"));
        world.Run(20_000);
        world.Do(new PowerBack("h2"));
        world.Run(60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void It_does_so_too_if_it_comes_after_it_was_given_up()
    {
        var world = Moving();
        RunUntil<PreCopyBegan>(world, "h1");
        world.Hosts["h2"].Tell(new ForgetArrival("h1-1-1.1"));
        world.Run(5 * 60_000);
        AssertStartsWithH2(world);
    }

    /// <summary>libvirt's answers and events are heard in any order.</summary>
    [Fact]
    public void A_look_from_before_it_came_that_is_heard_late_does_not_make_it_gone()
    {
        var world = Moving(h => h.Options.HostName == "h2" ? new LateLook() : null);
        world.Run(5 * 60_000);
        AssertStartsWithH2(world);
        Assert.True(Migration(world.Hosts["h2"]).OfType<ArrivalSettled>().Single().HasCompleted);
    }

    [Fact]
    public void What_the_destination_took_for_gone_is_looked_at_again_when_the_source_says_that_it_has_come()
    {
        var world = Moving(h => h.Options.HostName == "h2" ? new Hidden() : null);
        world.Run(5 * 60_000);
        AssertStartsWithH2(world);
        Assert.Equal([false, true], Migration(world.Hosts["h2"]).OfType<ArrivalSettled>().Select(e => e.HasCompleted));
    }

    /// <summary>A guest that writes nothing arrives in pre-copy; libvirt undefines it on the source only afterwards, and the source may not live that long.</summary>
    [Fact]
    public void A_host_that_loses_power_when_the_guest_has_just_gone_starts_no_second_one()
    {
        var world = new SimWorld(3);
        world.AddHost(Story.Options("h1"));
        world.AddHost(Story.Options("h2"));
        var vm = world.AddGuest("h1", "vm1", 1L << 30, isPersistent: true, isAutostart: true);
        vm.DirtyBytePerSecond = 0;
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        Assert.True(world.Time.RunUntil(() => world.WhereRuns("vm1").Contains("h2"), 60_000));
        Assert.NotNull(world.Hosts["h1"].Hypervisor.Find(vm.Uuid));
        world.Do(new PowerLost("h1"));
        world.Run(60_000);
        world.Do(new PowerBack("h1"));
        world.Run(10 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.True(world.Hosts["h2"].Hypervisor.Find(vm.Uuid)!.IsAutostart);
        Assert.Null(world.Hosts["h1"].Hypervisor.Find(vm.Uuid));
        Assert.Empty(world.Violations);
    }

    /// <summary>Held while it may go, and given back when it stays: also when libvirt cannot be asked at first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_stays_starts_with_its_host_as_before(bool isDaemonAway)
    {
        var world = new SimWorld(3);
        world.AddHost(Story.Options("h1"));
        world.AddHost(Story.Options("h2"));
        var vm = world.AddGuest("h1", "vm1", 1L << 30, isPersistent: true, isAutostart: true);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        var here = world.Hosts["h1"];
        Assert.True(world.Time.RunUntil(() => here.Journal.Ids.SelectMany(here.Journal.Replay).Any(e => e is PreCopyBegan), 60_000));
        Assert.False(here.Hypervisor.Find(vm.Uuid)!.IsAutostart);
        Assert.True(world.Time.RunUntil(() => here.Hypervisor.Find(vm.Uuid)!.Job == DomainJob.Outgoing, 60_000));
        world.Do(isDaemonAway ? new LibvirtdKilled("h1") : new OwnerAbortedJob("vm1"));
        world.Run(20_000);
        if (isDaemonAway)
        {
            world.Do(new LibvirtdRestarted("h1"));
        }

        world.Run(10 * 60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.True(here.Hypervisor.Find(vm.Uuid)!.IsAutostart);
        Assert.Empty(world.Violations);
    }

    private static SimWorld Moving(Func<SimHost, VirtualInterceptor?>? interceptor = null)
    {
        var world = new SimWorld(3) { InterceptorOf = interceptor };
        world.AddHost(Story.Options("h1"));
        world.AddHost(Story.Options("h2"));
        world.AddGuest("h1", "vm1", 1L << 30, isPersistent: true, isAutostart: true);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        return world;
    }

    private static void RunUntil<T>(SimWorld world, string host) =>
        Assert.True(world.Time.RunUntil(() => Migration(world.Hosts[host]).Any(e => e is T), 5 * 60_000));

    private static IEnumerable<object> Migration(SimHost host) => host.Journal.Ids
        .Where(i => i.StartsWith("migration-", StringComparison.Ordinal) || i.StartsWith("arrival-", StringComparison.Ordinal))
        .SelectMany(host.Journal.Replay);

    private static void AssertStartsWithH2(SimWorld world)
    {
        var uuid = world.Guests["vm1"].Uuid;
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.True(world.Hosts["h2"].Hypervisor.Find(uuid)!.IsAutostart);
        Assert.Null(world.Hosts["h1"].Hypervisor.Find(uuid));
        Assert.Contains(world.Hosts["h2"].Journal.Replay("host"), e => e is Hosts.HalfEnded { IsArrival: true });
        Assert.Empty(world.Violations);
    }

    private static bool IsArrival(ActorRef actor) => actor.Path.StartsWith("/host/arrivals/", StringComparison.Ordinal);

    private static DomainLook Nothing(DomainLook look) => new(DomainState.Absent, StateReason.None, DomainJob.None, null, false, look.Session);

    /// <summary>After the first sight of the domain, an answer from before.</summary>
    private sealed class LateLook : VirtualInterceptor
    {
        private bool _isSaid;

        public override object? Receive(ActorRef actor, object message)
        {
            if (!_isSaid && IsArrival(actor) && message is DomainChanged { Look.State: DomainState.Paused } changed)
            {
                _isSaid = true;
                SayAs(actor, actor, new DomainLooked("watch", changed.Uuid, Nothing(changed.Look), null));
            }

            return message;
        }
    }

    /// <summary>Once it has been seen, the domain is not shown until the source has let go.</summary>
    private sealed class Hidden : VirtualInterceptor
    {
        private bool _isSeen;
        private bool _isOver;

        public override object? Receive(ActorRef actor, object message)
        {
            if (!IsArrival(actor) || _isOver)
            {
                return message;
            }

            switch (message)
            {
                case CloseArrival:
                    _isOver = true;
                    return message;
                case DomainLooked looked when _isSeen:
                    return looked with { Look = Nothing(looked.Look) };
                case DomainChanged changed when _isSeen:
                    return changed with { Look = Nothing(changed.Look) };
                case DomainHappened when _isSeen:
                    return null;
                case DomainLooked { Look.State: DomainState.Paused } or DomainChanged { Look.State: DomainState.Paused }:
                    _isSeen = true;
                    return message;
                default:
                    return message;
            }
        }
    }
}
