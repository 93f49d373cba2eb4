using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>A VM that has come since the last round has not been measured yet, and is not idle for that.</summary>
public sealed class JustArrived
{
    [Fact]
    public void What_came_since_the_last_round_counts_with_the_load_with_which_it_came()
    {
        var world = Story.TwoHosts(5);
        Story.Loads(world, 300, 50, 40, 40);
        world.Start();
        world.Run(10 * 60_000);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        world.Do(new MoveAsked("vm1", "h2"));
        Assert.True(world.Time.RunUntil(() => h1.Hypervisor.Find(world.Guests["vm1"].Uuid) is null, 60_000));
        world.Run(2_000);
        Assert.DoesNotContain(Story.Status(world, h2).Barter.Vms, v => v.Facts.Name == "vm1" && v.Facts.LoadBitPerSecond > 0);

        // Beside the 80 Mbit/s of the last round there would be room for it.
        object? answer = null;
        world.Network.Tap = (from, send) => answer = from == "h2" && send.Message is Grant or Decline ? send.Message : answer;
        var give = new VmFacts("7", "vm7", 1L << 28, 1, 250e6, true, false);
        h2.Tell(new PeerSaid("h3", 1, "barter", new Offer("h3-1-1", BarterKind.Migrate, give.Uuid, [give], 450e6, 0, "h3 has too much")));
        world.Run(1_000);
        var declined = Assert.IsType<Decline>(answer);
        Assert.NotEqual(Refusal.NoRoom, declined.Refusal);
        Assert.Contains(declined.Refusal, new[] { Refusal.NoFittingVm, Refusal.WorseForMe, Refusal.BothOverloaded, Refusal.PeerTooFull });
    }
}
