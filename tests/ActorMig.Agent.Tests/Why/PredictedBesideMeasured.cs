using ActorMig.Actors;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Why;
using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Agent.Tests.Why;

/// <summary>What a barter was to come to stands beside what it came to, on both hosts; and a policy that is wrong again and again is told.</summary>
public sealed class PredictedBesideMeasured
{
    [Fact]
    public void Under_steady_load_what_was_predicted_is_what_is_measured_three_rounds_later()
    {
        var world = Swapped();
        world.Minutes(6);
        foreach (var (host, peer) in new[] { ("h1", "h2"), ("h2", "h1") })
        {
            var barter = Assert.Single(world.Why(host, "vm1")!.History.Barters);
            Assert.NotNull(barter.Predicted);
            Assert.NotNull(barter.Measured);
            Assert.Equal((peer, "threshold"), (barter.Measured.Peer, barter.Measured.Policy));
            Assert.InRange(barter.Measured.Off, 0, 0.1);
            Assert.NotNull(barter.Measured.PeerLevel);
        }

        Assert.Contains("    it came to 360.0 Mbit/s here and 360.0 Mbit/s on h2; threshold predicted ", world.Words("h1", "vm1"), StringComparison.Ordinal);
        Assert.Contains(": off by ", world.Words("h2", "vm1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_that_it_says_that_nothing_is_measured_yet()
    {
        var world = Swapped();
        world.World.Time.RunUntil(() => world.World.WhereRuns("vm1") is ["h2"], 20 * 60_000);
        world.World.Run(20_000);
        Assert.Contains("    threshold predicted ", world.Words("h1", "vm1"), StringComparison.Ordinal);
        Assert.Contains("; what it came to is not measured", world.Words("h1", "vm1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30_000, true)]
    [InlineData(3 * 3_600_000, false)]
    public void What_was_predicted_before_a_restart_is_measured_after_it_unless_that_is_long_ago(long downMs, bool isMeasured)
    {
        var world = Swapped();
        world.World.Time.RunUntil(() => world.World.WhereRuns("vm1") is ["h2"] && world.World.WhereRuns("vm3") is ["h1"], 20 * 60_000);
        world.World.Run(30_000);
        var h1 = world.World.Hosts["h1"];
        Assert.Null(Assert.Single(world.Why("h1", "vm1")!.History.Barters).Measured);
        h1.Kill();
        world.World.Run(downMs);
        h1.Start();
        world.Minutes(12);
        var measured = Assert.Single(world.Why("h1", "vm1")!.History.Barters).Measured;
        Assert.Equal(isMeasured, measured is not null);
        Assert.True(measured is null or { Peer: "h2", PeerLevel: not null, Off: < 0.1 }, $"{measured}");
    }

    [Fact]
    public void A_policy_whose_predictions_are_off_again_and_again_is_told_and_so_are_people_once()
    {
        var told = new List<PredictionsOff>();
        var world = new WhyWorld(3, "h1", "h2");
        foreach (var host in world.World.Hosts.Values)
        {
            host.PoliciesOf = o => [new PolicySpec("careful", Props.Of(() => new Careful(new ThresholdRules(o.Threshold, o.Margin), told)))];
        }

        string[] vms = ["vm1", "vm2", "vm3", "vm4"];
        foreach (var vm in vms)
        {
            world.Add("h1", vm, 0);
        }

        world.World.Start();
        world.Minutes(2);
        for (var barter = 1; barter <= 3; barter++)
        {
            Assert.Empty(told);
            foreach (var vm in vms)
            {
                world.World.Guests[vm].BitPerSecond = world.World.WhereRuns(vm) is ["h1"] ? 600e6 / (5 - barter) : 0;
            }

            // As soon as one has moved, all are still: nothing of what was predicted comes true.
            Assert.True(world.World.Time.RunUntil(() => vms.Count(v => world.World.WhereRuns(v) is ["h2"]) == barter, 20 * 60_000), $"No VM has moved for barter {barter}.");
            foreach (var vm in vms)
            {
                world.World.Guests[vm].BitPerSecond = world.World.WhereRuns(vm) is ["h1"] ? 1e6 : 0;
            }

            world.Minutes(6);
        }

        // Both hosts have seen it, each in its own three barters.
        Assert.Equal(2, told.Count);
        Assert.All(told, t => Assert.True(t is { Policy: "careful", Barters: 3, Off: > 0.25 }, t.ToString()));
        Assert.Single(world.World.Notes, n => n.Contains("h1 note 207: What the policy careful predicted of its last 3 barters was off by ", StringComparison.Ordinal));
        var before = Assert.Single(world.Status("h1").Barter.PredictionsOff!);
        Assert.Equal("careful", before.Policy);

        // A restart forgets none of it: status says the same, the policy is told again, and people have read it.
        foreach (var host in world.World.Hosts.Values)
        {
            host.Kill();
            host.Start();
        }

        world.Minutes(2);
        Assert.Equal(before, Assert.Single(world.Status("h1").Barter.PredictionsOff!));
        Assert.Equal(4, told.Count);
        Assert.Single(world.World.Notes, n => n.Contains("h1 note 207: ", StringComparison.Ordinal));
    }

    private static WhyWorld Swapped() => WhyWorld.OfFour(300, 160, 200, 60, minutes: 3);

    private sealed class Careful(ThresholdRules rules, List<PredictionsOff> told) : PolicyActor("careful")
    {
        protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
        {
            // It never wants anything back.
            var answer = rules.Propose(view);
            return answer.Proposal is { Kind: BarterKind.Remigrate } ? (null, ActorMig.Refusal.Calm, null, "all is well") : answer;
        }

        protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => rules.Judge(offer with { Policy = null }, view);

        protected override void Told(PredictionsOff off) => told.Add(off);
    }
}
