using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>libvirt does not carry autostart along, so the agents do: also when the daemon is away just when it is to be set.</summary>
public sealed class Autostart
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_starts_with_its_host_does_so_where_it_has_arrived(bool isDaemonAway)
    {
        var world = new SimWorld(3);
        world.AddHost(Story.Options("h1"));
        world.AddHost(Story.Options("h2"));
        var vm = world.AddGuest("h1", "vm1", 1L << 30, isPersistent: true, isAutostart: true);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        var there = world.Hosts["h2"];
        Assert.True(world.Time.RunUntil(() => there.Journal.Ids.SelectMany(there.Journal.Replay).Any(e => e is ArrivalSettled), 5 * 60_000));
        if (isDaemonAway)
        {
            world.Do(new LibvirtdKilled("h2"));
            world.Run(60_000);
            world.Do(new LibvirtdRestarted("h2"));
        }

        world.Run(5 * 60_000);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.True(there.Hypervisor.Find(vm.Uuid)!.IsAutostart);
        Assert.Null(world.Hosts["h1"].Hypervisor.Find(vm.Uuid));
        Assert.Contains(there.Journal.Replay("host"), e => e is Hosts.HalfEnded { IsArrival: true });
        Assert.Empty(world.Violations);
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
}
