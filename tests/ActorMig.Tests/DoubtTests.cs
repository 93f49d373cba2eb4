using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>For any errors and loads: a policy whose predictions are off asks for more, by how much they are off, within bounds, and for a time.</summary>
public sealed class DoubtTests
{
    private const double Margin = 0.1;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_grows_with_the_error_stays_within_its_bounds_fades_and_ends(int seed)
    {
        var random = new Random(seed);
        var max = 1 + (random.NextDouble() * 9);
        var tolerance = random.NextDouble();
        var (less, more) = (tolerance + (random.NextDouble() * (1 - tolerance) / 2), 1 - (random.NextDouble() * (1 - tolerance) / 2));
        double[] Times(double off)
        {
            var doubt = new Doubt(max);
            doubt.Told(new PredictionsOff("cpu", off, 5, tolerance));
            return [.. Enumerable.Range(1_000, 500).Select(r => doubt.Times(r))];
        }

        var (small, large) = (Times(less), Times(more));
        Assert.All(small.Concat(large), t => Assert.InRange(t, 1, max));
        Assert.All(small.Zip(large), t => Assert.True(t.First <= t.Second, "The larger error asks for more."));
        Assert.All(large.Zip(large.Skip(1)), t => Assert.True(t.First >= t.Second, "It fades."));
        Assert.Equal(1, large[^1]);
        Assert.InRange(large[Doubt.FadeRounds], 1, 1 + ((large[0] - 1) / 2) + 1e-9);

        var told = new Doubt(max);
        Assert.Equal(1, told.Times(3));
        told.Told(new PredictionsOff("cpu", 1, 5, 0.1));
        told.Times(4);
        told.Told(null);
        Assert.Equal(1, told.Times(5));

        // Who is told anew of what was measured long ago doubts as little as if he had not been.
        told.Told(new PredictionsOff("cpu", more, 5, tolerance, AgeRounds: 100));
        Assert.Equal(large[100], told.Times(7), 1e-9);
    }

    /// <summary>It proposes nothing that would not be proposed without, what it proposes wins what it asks for, and it says what it asks for and why.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_proposed_out_of_doubt_wins_so_much_more(int seed)
    {
        var random = new Random(seed);
        var rules = new ThresholdRules(new ThresholdOptions(), Margin);
        for (var i = 0; i < 200; i++)
        {
            var times = 1.05 + (random.NextDouble() * 9);
            var wide = Math.Min(ThresholdRules.MarginMost, Margin * times);
            var view = View(random.Next(300), [.. Enumerable.Range(0, 1 + random.Next(5)).Select(n => Vm($"vm{n}", random.Next(300)))]);
            var (proposal, refusal, _, reason) = rules.Doubting(times, new PredictionsOff("threshold", 0.6, 5, 0.25)).Propose(view);
            var without = rules.Propose(view);
            Assert.True(proposal is null || without.Proposal is not null, reason);
            if (refusal is null or Refusal.NoFittingVm && view.LoadBitPerSecond > 400e6)
            {
                Assert.EndsWith("instead of 10 % (actormig.barter.margin) because its predictions were off by 60 % in its last 5 barters", reason, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(without.Reason, reason);
            }

            if (proposal is { Kind: BarterKind.Migrate })
            {
                Assert.True(proposal.Gain >= (wide * Math.Max(view.LoadBitPerSecond, view.Peers[0].LoadBitPerSecond)) - 1, reason);
            }
        }
    }

    [Fact]
    public void A_swap_that_could_not_win_so_much_is_not_looked_for()
    {
        var rules = new ThresholdRules(new ThresholdOptions(), Margin);
        var view = View(290, Vm("a", 300), Vm("b", 150));
        Assert.Equal(BarterKind.Swap, rules.Propose(view).Proposal!.Kind);
        var (proposal, refusal, _, reason) = rules.Doubting(3, new PredictionsOff("threshold", 0.75, 5, 0.25)).Propose(view);
        Assert.Null(proposal);
        Assert.Equal(Refusal.NoFittingVm, refusal);
        Assert.Contains("even if a swap made both hosts alike they would have 370.0 Mbit/s", reason, StringComparison.Ordinal);
    }

    private static VmView Vm(string name, double mbitPerSecond) =>
        new(new VmFacts(name, name, 1L << 30, 1, mbitPerSecond * 1e6, true, false), VmStatus.Idle, IsManaged: true);

    private static HostView View(double peerMbitPerSecond, params VmView[] vms) => new(
        "own", 1, vms.Sum(v => v.Facts.LoadBitPerSecond), vms, 1L << 40, [new Digest(1, "peer", peerMbitPerSecond * 1e6, 1L << 40, Mode.Auto)]);
}
