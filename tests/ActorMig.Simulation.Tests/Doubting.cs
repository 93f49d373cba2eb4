using ActorMig.Bartering;

namespace ActorMig.Simulation.Tests;

/// <summary>A host on which load changes as soon as a VM has moved learns that its predictions are worth nothing, and moves less for a while.</summary>
public sealed class Doubting
{
    private const long MinuteMs = 60_000;

    [Theory]
    [InlineData(4, false)]
    [InlineData(1, true)]
    public void Who_was_wrong_three_times_leaves_alone_what_wins_little_until_that_has_faded(double timesMax, bool movesAtOnce)
    {
        var world = new SimWorld(3);
        foreach (var host in new[] { "h1", "h2" })
        {
            world.AddHost(Story.Options(host) with { MemoryTotalBytes = 16L << 30, HoldRounds = 1, CoolDownRounds = 600, MarginTimesMax = timesMax });
        }

        string[] vms = [.. Enumerable.Range(1, 6).Select(n => $"vm{n}")];
        foreach (var vm in vms)
        {
            world.AddGuest("h1", vm, 1L << 30);
        }

        string[] On(string host) => [.. vms.Where(v => world.WhereRuns(v) is [var on] && on == host)];
        void Load(string vm, double mbitPerSecond) => world.Guests[vm].BitPerSecond = mbitPerSecond * 1e6;

        world.Start();
        world.Run(2 * MinuteMs);
        for (var barter = 1; barter <= 3; barter++)
        {
            foreach (var vm in On("h1"))
            {
                Load(vm, 600.0 / On("h1").Length);
            }

            Assert.True(world.Time.RunUntil(() => On("h2").Length == barter, 20 * MinuteMs), $"No VM has moved for barter {barter}.");
            foreach (var vm in vms)
            {
                Load(vm, 0);
            }

            world.Run(8 * MinuteMs);
        }

        Assert.Equal("threshold", Assert.Single(Story.Status(world, world.Hosts["h1"]).Barter.PredictionsOff!).Policy);

        // 430 to 370 Mbit/s is won: 14 %, which is more than the margin.
        Load(On("h1")[0], 370);
        Load(On("h1")[1], 60);
        world.Run(60 * MinuteMs);
        Assert.Equal(movesAtOnce ? 2 : 3, On("h1").Length);
        var reason = Story.Status(world, world.Hosts["h1"]).Barter.Decision;
        Assert.Equal(!movesAtOnce, reason.Contains(" instead of 10 % (actormig.barter.margin) because its predictions were off by ", StringComparison.Ordinal));

        // It does not stay so for ever: what is to be learned is learned by moving.
        world.Run(5 * 60 * MinuteMs);
        Assert.Equal(2, On("h1").Length);
        Assert.Empty(world.Violations);
        Assert.Equal(4, Story.Events<BarterEnded>(world, "h1").Count(e => e.Outcome == BarterOutcome.Settled));
    }
}
