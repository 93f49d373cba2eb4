using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>For any loads, legs and errors: what a barter is to come to, how far that is off, and when a policy is told.</summary>
public sealed class PredictionsTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_leaves_one_host_comes_to_the_other_and_nothing_is_made_or_lost(int seed)
    {
        var random = new Random(seed);
        var kind = new[] { LoadKind.Network, LoadKind.Cpu, LoadKind.Memory }[random.Next(3)];
        Leg[] legs = [.. Enumerable.Range(1, 1 + random.Next(4)).Select(n => random.Next(2) == 0
            ? new Leg(n, Vm(random, n), "me", "you")
            : new Leg(n, Vm(random, n), "you", "me"))];

        // Each host has at least what leaves it.
        var mine = legs.Where(l => l.From == "me").Sum(l => kind.Of(l.Vm)!.Value) + (random.NextDouble() * 1e9);
        var theirs = legs.Where(l => l.From == "you").Sum(l => kind.Of(l.Vm)!.Value) + (random.NextDouble() * 1e9);
        var (self, peer) = (new Burden(mine, 1 + (random.NextDouble() * 64)), new Burden(theirs, 1 + (random.NextDouble() * 64)));
        var (after, there) = Predictions.After("me", kind, self, peer, legs)!.Value;
        Assert.Equal(mine + theirs, (after * self.Capacity) + (there * peer.Capacity), (mine + theirs) * 1e-9);

        // Both hosts compute the same.
        var (fromThere, fromHere) = Predictions.After("you", kind, peer, self, legs)!.Value;
        Assert.Equal((after, there), (fromHere, fromThere));
        Assert.Equal((self.Level, peer.Level), Predictions.After("me", kind, self, peer, [])!.Value);
    }

    [Fact]
    public void Nothing_is_predicted_of_what_is_not_known() => Assert.Null(Predictions.After(
        "me", LoadKind.Cpu, new Burden(1, 4), new Burden(1, 4), [new Leg(1, Vm(new Random(1), 1) with { Use = null }, "me", "you")]));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_error_is_a_share_of_the_busier_host_and_none_only_where_all_is_as_predicted(int seed)
    {
        var random = new Random(seed);
        double Level() => random.NextDouble() * 1e9;
        var predicted = new StatePredicted("b", "threshold", "threshold", "you", Level(), Level());
        var (self, peer) = (Level(), random.Next(4) == 0 ? (double?)null : Level());
        var off = Predictions.Off(predicted, self, peer);
        Assert.InRange(off, double.Epsilon, 1);
        Assert.Equal(0, Predictions.Off(predicted, predicted.SelfLevel, predicted.PeerLevel));
        Assert.Equal(0, Predictions.Off(predicted, predicted.SelfLevel, null));

        // In whatever unit it is measured.
        const double Unit = 1.0 / 64;
        var scaled = predicted with { SelfLevel = predicted.SelfLevel * Unit, PeerLevel = predicted.PeerLevel * Unit };
        Assert.Equal(off, Predictions.Off(scaled, self * Unit, peer * Unit), 1e-12);
        Assert.Equal(0, Predictions.Off(predicted with { SelfLevel = 0, PeerLevel = 0 }, 0, 0));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_policy_is_told_by_the_mean_of_its_last_barters_alone(int seed)
    {
        var random = new Random(seed);
        var predictions = new Predictions();
        var all = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            all.Add(random.NextDouble());
            var next = predictions.Of("mine", 0, all[^1]);
            predictions.Add("mine", all[^1]);
            Assert.Equal(predictions.Of("mine", 0), next);
            predictions.Add("other", 0);
            var last = all.TakeLast(Predictions.LastMax).ToArray();
            var tolerance = random.NextDouble();
            var told = predictions.Of("mine", tolerance);
            Assert.Equal(last.Length >= Predictions.LastMin && last.Average() > tolerance, told is not null);
            Assert.True(told is null || (told.Policy == "mine" && told.Barters == last.Length && Math.Abs(told.Off - last.Average()) < 1e-12), "It is told what is.");
            Assert.Equal(told is null ? 0 : 1, predictions.All(tolerance).Count);
        }
    }

    private static VmFacts Vm(Random random, int n) => new(
        $"uuid-{n}", $"vm{n}", 1L << 30, 2, random.NextDouble() * 1e9, true, false, Use: new VmUse(random.NextDouble() * 8, random.Next()));
}
