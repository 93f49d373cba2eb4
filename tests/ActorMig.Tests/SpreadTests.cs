using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>By how much a host's load is off its own mean: what VMs do together counts as such, what comes and goes does not.</summary>
public sealed class SpreadTests
{
    private const int Rounds = 10;

    [Fact]
    public void Nothing_is_said_before_enough_was_seen_and_steady_loads_have_none()
    {
        var world = new World(4);
        for (var round = 1; round < Rounds; round++)
        {
            Assert.Null(world.Round((_, _) => 100));
        }

        Assert.Equal(new LoadSpread(0, 0, 0), world.Round((_, _) => 100));

        // One VM more is no fluctuation, nor is one less.
        Assert.Equal(new LoadSpread(0, 0, 0), world.Round((_, _) => 100, vms: 5));
        Assert.Equal(new LoadSpread(0, 0, 0), world.Round((_, _) => 100, vms: 2));
    }

    [Fact]
    public void What_VMs_do_together_is_more_than_what_each_does_for_itself()
    {
        var (together, apart, against) = (new World(16), new World(16), new World(16));
        var random = new Random(3);
        LoadSpread? Last(World world, Func<int, int, double> load) => Enumerable.Range(0, 400).Select(_ => world.Round(load)).ToArray()[^1];
        var shared = Enumerable.Range(0, 1_000).Select(_ => random.NextDouble()).ToArray();
        var one = Last(together, (round, _) => 100 + (10 * shared[round]))!.Cpus;
        Assert.InRange(one, 16 * 1.5, 16 * 5);
        Assert.InRange(Last(apart, (_, _) => 100 + (10 * random.NextDouble()))!.Cpus, one / 8, one / 2);
        Assert.InRange(Last(against, (round, vm) => 100 + (10 * (vm % 2 == 0 ? shared[round] : 1 - shared[round])))!.Cpus, 0, 1e-6);
    }

    [Fact]
    public void A_change_that_stays_is_forgotten_and_a_burst_is_less_than_its_spread_allows()
    {
        // 4 times the spread is what the policy balance doubts by default; loads are smoothed before by a half.
        var steps = new World(1);
        var counts = Enumerable.Range(0, 200).Select(round => steps.Round((r, _) => r < 40 ? 100 : 200)).Select((s, round) => (s, round)).Where(x => x.round > 40 && 4 * x.s!.Cpus < 100).Select(x => x.round - 40).ToArray();
        Assert.InRange(counts[0], Rounds, 4 * Rounds);
        Assert.Equal(Enumerable.Range(counts[0], counts.Length), counts);

        var (burst, level) = (new World(1), 100.0);
        for (var round = 0; round < 200; round++)
        {
            level += 0.5 * ((round == 50 ? 1_100 : 100) - level);
            var spread = burst.Round((_, _) => level);
            Assert.True(spread is null || level - 100 <= 4 * spread.Cpus + 1, $"Round {round}: {level} is {level - 100} too much, and the spread is {spread?.Cpus}.");
        }
    }

    private sealed class World(int vms)
    {
        private readonly List<LongMean> _means = [.. Enumerable.Range(0, vms).Select(_ => new LongMean())];
        private readonly SpreadMeter _meter = new();
        private int _round;

        public LoadSpread? Round(Func<int, int, double> load, int? vms = null)
        {
            for (var n = _means.Count; n < vms; n++)
            {
                _means.Add(new LongMean());
            }

            _means.RemoveRange(vms ?? _means.Count, _means.Count - (vms ?? _means.Count));
            for (var n = 0; n < _means.Count; n++)
            {
                var now = load(_round, n);
                _means[n].Take(now, new VmUse(now, (long)now), Rounds);
            }

            _round++;
            _meter.Take(_means.Select((m, n) => new VmView(new VmFacts($"{n}", $"{n}", 1, 1, 0, true, false), VmStatus.Idle, true) { Deviation = m.Deviation }), Rounds);
            return _meter.Spread;
        }
    }
}
