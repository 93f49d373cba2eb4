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
}
