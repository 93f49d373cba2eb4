using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Agent.Why;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Edges;
using ActorMig.Simulation;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests.Why;

/// <summary>What people are told of a VM, from what hosts really write down: the simulator's.</summary>
public sealed class WhyTests
{
    private static readonly string[] Three = ["h1", "h2", "h3"];

    [Fact]
    public void Of_a_calm_host_it_says_that_nothing_forbids_a_move_and_nothing_is_to_be_won()
    {
        var world = Calm();
        var why = world.Why("h1", "vm1")!;
        Assert.Empty(why.Forbids);
        Assert.Equal("calm", why.Decided!.Answer);
        var words = world.Words("h1", "vm1");
        Assert.Contains($"vm1 ({why.Uuid}) is on h1, idle: 50.0 Mbit/s, 1.00 GiB", words, StringComparison.Ordinal);
        Assert.Contains("It may move now; nothing forbids it", words, StringComparison.Ordinal);
        Assert.Contains("In the last round h1 decided calm (threshold): h1 has 100.0 Mbit/s, not over 400.0 Mbit/s", words, StringComparison.Ordinal);
        Assert.EndsWith(
            "It would move if\n  - a policy saw something to be won: as it is, this host is within its limits, and nothing wants to go back where it came from",
            words, StringComparison.Ordinal);
    }

    /// <summary>Before, on the way, and after: on the host that it left, and on the one to which it came.</summary>
    [Fact]
    public void A_move_is_explained_on_both_hosts()
    {
        var world = Calm();
        world.World.Guests["vm2"].BitPerSecond = 400e6;
        world.Minutes(6);

        var left = world.Why("h1", "vm1")!;
        Assert.Null(left.View);
        Assert.Equal("h2", left.History.Left!.To);
        var words = world.Words("h1", "vm1");
        Assert.Contains($"vm1 ({left.Uuid}) is not on h1 any more: it left to h2 ", words, StringComparison.Ordinal);
        Assert.Contains(" ago (h1-1-1): h1 has ", words, StringComparison.Ordinal);
        Assert.Contains("`actormig vm where vm1` asks the other hosts", words, StringComparison.Ordinal);
        Assert.Contains("h1-1-1: offered to h2 (migrate, by threshold): h1 has ", words, StringComparison.Ordinal);
        Assert.Contains("    settled: vm1 runs on h2; took ", words, StringComparison.Ordinal);
        Assert.DoesNotContain("It would move if", words, StringComparison.Ordinal);

        var came = world.Why("h2", "vm1")!;
        Assert.Equal(("h1", "h1-1-1", 1), (came.History.Came!.From, came.History.Came.Barter, came.History.Came.Moves));
        Assert.Equal(Refusal.Cooling, Assert.Single(came.Forbids).Refusal);
        words = world.Words("h2", "vm1");
        Assert.Contains("It came from h1 ", words, StringComparison.Ordinal);
        Assert.Contains("It may not move now:\n  - cooling: it rests after its last move, for ", words, StringComparison.Ordinal);
        Assert.Contains("h1-1-1: taken from h1 (migrate): ", words, StringComparison.Ordinal);
        Assert.Contains(" have passed; a person's `actormig migrate` does not wait for that", words, StringComparison.Ordinal);
    }

    /// <summary>An overloaded host says of the VM that goes, and of those that do not, what it looked at and why that was worse.</summary>
    [Fact]
    public void The_alternatives_are_named_with_peer_figure_and_reason()
    {
        var world = new WhyWorld(3, Three);
        world.Add("h1", "big", 390);
        world.Add("h1", "right", 60);
        world.Add("h1", "small", 10);
        world.Add("h2", "other", 100);
        world.Add("h3", "another", 150);
        world.World.Hosts["h1"].Reload(WhyWorld.Options("h1") with { Mode = Mode.Recommend });
        world.World.Start();
        world.Minutes(4);

        var why = world.Why("h1", "small")!;
        Assert.Equal("right", why.Decided!.Vm);
        var opinion = Assert.Single(why.Decided.Said());
        Assert.Equal(("threshold", "migrate", "h2", "right"), (opinion.Policy, opinion.Answer, opinion.Peer, opinion.Vm));
        Assert.Equal(["big h2", "small h2", " h3"], opinion.Alternatives!.Select(a => $"{a.Vm} {a.Peer}"));
        Assert.All(opinion.Alternatives!, a => Assert.True(a.Figure > 0));
        var words = world.Words("h1", "small");
        Assert.Contains("h1 decided holding of right, not of this VM (threshold): ", words, StringComparison.Ordinal);
        Assert.Contains("threshold also looked at big to h2: big has 390.0 Mbit/s: h2 would have 490.0 Mbit/s, over 400.0 Mbit/s", words, StringComparison.Ordinal);
        Assert.Contains("threshold also looked at this VM to h2: small has 10.0 Mbit/s: too little would be won", words, StringComparison.Ordinal);
        Assert.Contains("threshold also looked at h3: h3 has 150.0 Mbit/s, no less than h2", words, StringComparison.Ordinal);
        Assert.Contains("  - holding: ", world.Words("h1", "right").Replace("observing", "holding", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("When a policy wanted it moved and something stood against that, the newest first:", world.Words("h1", "right"), StringComparison.Ordinal);
        Assert.Contains("actormig.mode is auto; or you move it with `actormig migrate`", world.Words("h1", "right"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_peer_refused_is_told_with_peer_and_reason_and_only_the_last_few()
    {
        // h2 is within the window, so that h1 asks for a swap; none of h2's VMs would do.
        var world = WhyWorld.OfFour(410, 10, 110, 110, minutes: 15);
        var why = world.Why("h1", "vm1")!;
        Assert.Equal(VmHistoryReader.Most, why.History.Barters.Count);
        Assert.Empty(why.History.Proposals);
        Assert.True(why.History.Barters.Zip(why.History.Barters.Skip(1)).All(b => b.First.WallMs > b.Second.WallMs), "The newest come first.");
        Assert.All(why.History.Barters, b => Assert.Equal((VmRole.Offered, "h2", BarterKind.Swap, BarterOutcome.Declined, Refusal.NoFittingVm), (b.Role, b.Peer, b.Kind, b.Outcome, b.Refusal)));
        var words = world.Words("h1", "vm1");
        Assert.Contains("offered to h2 (swap, by threshold): ", words, StringComparison.Ordinal);
        Assert.Contains("    declined: h2 says no-fitting-vm: none of my VMs leaves both hosts at or under 400.0 Mbit/s in exchange for vm1", words, StringComparison.Ordinal);
        Assert.Contains("(that is why h2 did not take it)", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_VMs_of_a_swap_know_of_it()
    {
        var world = WhyWorld.OfFour(300, 160, 200, 60, minutes: 6);
        Assert.Contains("h1-1-1: offered to h2 (swap, by threshold): ", world.Words("h1", "vm1"), StringComparison.Ordinal);
        Assert.Contains("h1-1-1: taken from h2 (swap): ", world.Words("h1", "vm3"), StringComparison.Ordinal);
        Assert.Contains("it left to h1 ", world.Words("h2", "vm3"), StringComparison.Ordinal);
        Assert.Contains("h1-1-1: given to h1 in exchange (swap): ", world.Words("h2", "vm3"), StringComparison.Ordinal);
        Assert.Null(world.Why("h1", "vm3")!.History.Left);
    }

    /// <summary>Of an exchange of several VMs each knows that it was offered, and which leg was its own.</summary>
    [Fact]
    public void Each_VM_of_an_exchange_knows_of_it()
    {
        VmFacts Vm(string name) => new("uuid-" + name, name, 1L << 30, 1, 1e6, true, false);
        Leg[] legs = [new(1, Vm("a"), "h1", "h2"), new(2, Vm("x"), "h2", "h1"), new(3, Vm("b"), "h1", "h2")];
        (long, object)[] told =
        [
            (1_000, new BarterOffered("h1-1-1", 1, 1, "h2", BarterKind.Exchange, Vm("a"), "affinity", "they talk", new Exchange(["uuid-a", "uuid-b"], ["uuid-x"], 1))),
            (2_000, new BarterConfirmed("h1-1-1", 1, legs, "so they do")),
            (3_000, new LegEnded("h1-1-1", 1, LegOutcome.Completed, "")),
            (4_000, new LegEnded("h1-1-1", 2, LegOutcome.Completed, "")),
            (5_000, new LegEnded("h1-1-1", 3, LegOutcome.Failed, "")),
            (6_000, new BarterEnded("h1-1-1", BarterOutcome.Half, null, "a later leg failed")),
            (7_000, new RoundDecided(9, "affinity", "holding", "h2", "they talk", "b", With: ["c"])),
        ];
        VmHistory Of(string name) => VmHistoryReader.Read("h1", "uuid-" + name, name, told);
        Assert.Equal("h2", Of("a").Left!.To);
        Assert.Null(Of("b").Left);
        Assert.Null(Of("x").Left);
        Assert.Equal((VmRole.Offered, "h1-1-1.1"), (Of("a").Barters.Single().Role, Of("a").Barters.Single().Migration));
        Assert.Equal((VmRole.Offered, "h1-1-1.3"), (Of("b").Barters.Single().Role, Of("b").Barters.Single().Migration));
        Assert.Equal((VmRole.Taken, "h1-1-1.2"), (Of("x").Barters.Single().Role, Of("x").Barters.Single().Migration));
        Assert.All(new[] { "a", "b", "x" }, n => Assert.Equal(BarterOutcome.Half, Of(n).Barters.Single().Outcome));
        Assert.Single(Of("b").Proposals);
        Assert.Single(Of("c").Proposals);
        Assert.Empty(Of("a").Proposals);
    }

    [Fact]
    public void What_holds_the_host_up_and_what_holds_the_VM_up_are_both_named()
    {
        var world = Calm();
        world.World.Do(new OwnerPaused("vm1"));
        var frozen = world.World.Hosts["h1"];
        frozen.Tell(new SetBrake(VirtualActorSystem.Listen("person", _ => { }), IsFrozen: true, null, "maintenance", "user 0"));
        world.Minutes(2);
        var why = world.Why("h1", "vm1")!;
        Assert.Equal([Refusal.NotMovable, Refusal.Frozen], why.Forbids.Select(f => f.Refusal));
        Assert.Equal(["it runs (`virsh resume`)", "the cluster is thawed (`actormig cluster thaw`)"], why.Changes.Take(2));
    }

    [Fact]
    public void Nothing_is_known_of_a_VM_that_never_was_here() => Assert.Null(Calm().Why("h1", "vm4"));

    [Fact]
    public void It_goes_through_the_socket_as_it_is()
    {
        var why = Calm().Why("h1", "vm1")!;
        var json = JsonSerializer.Serialize(why, ControlJson.Default.WhyReply);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ControlJson.Default.WhyReply)!, ControlJson.Default.WhyReply));
    }

    /// <summary>The closed list is closed here, too: each reason has advice of its own, and what it names is a key that there is.</summary>
    [Fact]
    public void Each_refusal_has_its_advice()
    {
        var all = Enum.GetValues<Refusal>().Select(WhyNots.Advice).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.DoesNotContain("that reason is gone", all);
        var reference = File.ReadAllText(Path.Combine(ActorMig.Tests.Repository.Folder, "hocon", "reference.conf"));
        foreach (var key in all.SelectMany(a => a.Split(' ', '(', ')', ';', ',')).Where(w => w.StartsWith("actormig.", StringComparison.Ordinal)))
        {
            Assert.Contains(key.Split('.')[^1] + " ", reference, StringComparison.Ordinal);
        }
    }

    private static WhyWorld Calm() => WhyWorld.OfFour(50, 50, 40, 40, minutes: 3);
}
