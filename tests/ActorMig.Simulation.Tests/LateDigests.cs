namespace ActorMig.Simulation.Tests;

/// <summary>What a host's status tells of the others: what they have said of themselves of late, and nothing older.</summary>
public sealed class LateDigests
{
    [Fact]
    public void A_digest_is_told_for_two_rounds_and_then_no_more()
    {
        var world = Story.TwoHosts(1);
        Story.Loads(world, 10, 20, 30, 40);
        world.Start();
        world.Run(10 * 60_000);
        var h1 = world.Hosts["h1"];
        var digest = Assert.Single(Story.Status(world, h1).Barter.Digests!);
        Assert.Equal(("h2", 1L << 30), (digest.Host, digest.FreeBytes));
        Assert.Equal(70e6, digest.LoadBitPerSecond, 5e6);

        world.Do(new AgentKilled("h2"));
        world.Run(5 * 60_000);
        Assert.Empty(Story.Status(world, h1).Barter.Digests!);
        Assert.Empty(world.Violations);
    }
}
