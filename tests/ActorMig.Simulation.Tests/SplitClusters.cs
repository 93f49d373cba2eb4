using ActorMig.Bartering;

namespace ActorMig.Simulation.Tests;

/// <summary>A cluster that is cut in two: each half goes on by itself, nothing is begun across the cut, and afterwards it is one again.</summary>
public sealed class SplitClusters
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Each_half_of_a_split_cluster_barters_by_itself_and_nothing_crosses_the_cut()
    {
        var world = Four();
        Split(world, isCut: true);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm5", "h3"));
        world.Run(20 * 60_000);

        // A host of each half had too much, and the other one of its half had room.
        Assert.Contains("h2", All(world));
        Assert.Contains("h4", All(world));
        Assert.All((string[])["vm1", "vm2", "vm5"], v => Assert.Contains(Assert.Single(world.WhereRuns(v)), (string[])["h1", "h2"]));
        Assert.All((string[])["vm3", "vm4"], v => Assert.Contains(Assert.Single(world.WhereRuns(v)), (string[])["h3", "h4"]));
        Assert.Empty(world.Violations);

        Split(world, isCut: false);
        world.Do(new MoveAsked("vm5", "h3"));
        world.Run(10 * 60_000);
        Assert.Equal(["h3"], world.WhereRuns("vm5"));
        AssertAllIsWell(world);
    }

    /// <summary>It is split while a barter is under way across the cut: what has begun is followed to its end, what has not ends with its lease.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_cluster_that_splits_in_the_midst_of_a_move_loses_and_doubles_nothing(int steps)
    {
        var world = Four();
        foreach (var guest in world.Guests.Values)
        {
            guest.BitPerSecond = 10e6;
        }

        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm5", "h3"));
        var h1 = world.Hosts["h1"].Journal;
        Assert.True(world.Time.RunUntil(() => h1.Ids.SelectMany(h1.Replay).Count(e => e is BarterOffered or BarterConfirmed or LegBegan or Migrations.PreCopyBegan) >= steps, 60_000));
        Split(world, isCut: true);
        world.Run(10 * 60_000);
        Assert.Empty(world.Violations);
        Split(world, isCut: false);
        world.Run(30 * 60_000);
        AssertAllIsWell(world);
    }

    /// <summary>Two hosts on either side of what will be cut; one of each side has too much.</summary>
    private static SimWorld Four()
    {
        var world = new SimWorld(11);
        foreach (var host in (string[])["h1", "h2", "h3", "h4"])
        {
            world.AddHost(Story.Options(host) with { StormRestMs = 0 });
        }

        foreach (var (host, guest, mbitPerSecond) in new[] { ("h1", "vm1", 300), ("h1", "vm2", 160), ("h1", "vm5", 10), ("h3", "vm3", 300), ("h3", "vm4", 160) })
        {
            world.AddGuest(host, guest, GiB / 2);
            world.Guests[guest].BitPerSecond = mbitPerSecond * 1e6;
        }

        return world;
    }

    /// <summary>Does the same to each link across, in both directions.</summary>
    private static void Split(SimWorld world, bool isCut)
    {
        foreach (var (a, b) in from near in (string[])["h1", "h2"] from far in (string[])["h3", "h4"] select (near, far))
        {
            foreach (var (from, to) in new[] { (a, b), (b, a) })
            {
                world.Do(isCut ? new LinkCut(from, to) : new LinkHealed(from, to));
            }
        }
    }

    private static IEnumerable<string> All(SimWorld world) => world.Guests.Keys.SelectMany(world.WhereRuns);

    private static void AssertAllIsWell(SimWorld world)
    {
        Assert.Empty(world.Violations);
        Assert.All(world.Guests.Keys, g => Assert.Single(world.WhereRuns(g)));
        Assert.All(world.Hosts.Values, h => Assert.Empty(Story.Status(world, h).Barter.OpenBarters));
    }
}
