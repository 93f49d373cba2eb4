using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>Of two hosts only the one from which VMs have come has the policy balance, and does not want them back.</summary>
public sealed class NotBack
{
    private const long HourMs = 3_600_000;

    [Fact]
    public void Who_is_refused_waits_longer_each_time_and_others_get_their_turn()
    {
        var world = Story.TwoHosts(7);
        world.Hosts["h1"].PoliciesOf = o => [ThresholdPolicyActor.Spec(o), BalancePolicyActor.Spec(o)];
        foreach (var guest in world.Guests.Values)
        {
            (guest.Cpus, guest.UsedMemoryBytes) = (0.001, 1L << 20);
        }

        foreach (var host in world.Hosts.Values)
        {
            host.Reload(host.Options with { CoolDownRounds = 10, MovesPerHour = 0 });
        }

        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        world.Run(10 * 60_000);
        Story.Loads(world, 105, 200, 230, 20);
        world.Run(30 * 60_000);
        Assert.Equal(("h2", "h2"), (Assert.Single(world.WhereRuns("vm1")), Assert.Single(world.WhereRuns("vm3"))));

        // The threshold would have them back, to which h1 has room for them; but hosts would be less alike.
        Story.Loads(world, 5, 270, 5, 5);
        world.Run(10 * HourMs);
        int Offers(string vm) => world.Log.Count(l => l.Contains($"h2 offers {vm} to h1 (remigrate)", StringComparison.Ordinal));
        Assert.True(Offers("vm1") is >= 3 and <= 7 && Offers("vm3") is >= 3 and <= 7, string.Join('\n', world.Log));
        Assert.Equal(("h2", "h2"), (Assert.Single(world.WhereRuns("vm1")), Assert.Single(world.WhereRuns("vm3"))));
        Assert.Contains("h1 says worse-for-me", Story.Status(world, world.Hosts["h2"]).Barter.Decision, StringComparison.Ordinal);

        // It does not wait for ever: once h1 has nothing against it they are back within the longest rest.
        Story.Loads(world, 90, 5, 90, 90);
        world.Run(24 * HourMs);
        Assert.Equal("h1", Assert.Single(world.WhereRuns("vm1")));
        Assert.Empty(world.Violations);
    }
}
