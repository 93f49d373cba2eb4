using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>A policy that throws, or never answers, keeps nobody from bartering: it has no opinion, and that is said with its name.</summary>
public sealed class PoliciesThatFail
{
    [Fact]
    public void One_that_never_answers_has_no_opinion_and_is_asked_less_and_less()
    {
        var asked = 0;
        var world = Play(options => [new PolicySpec("mute", Props.Of(() => new Mute(() => asked++))), ThresholdPolicyActor.Spec(options)]);
        Assert.Empty(world.Violations);
        Assert.Equal("h2", Assert.Single(world.WhereRuns("vm1")));
        Assert.Contains(world.Notes, n => n.Contains("The policy mute did not answer in 2000 ms (1 times so far)", StringComparison.Ordinal));

        // Three times, and then each sixteenth: of the 60 rounds of two hosts, and what is judged besides, far fewer.
        Assert.InRange(asked, 8, 20);
    }

    [Fact]
    public void One_that_throws_is_started_anew_and_has_no_opinion()
    {
        var world = Play(options => [new PolicySpec("wild", Props.Of(() => new Wild())), ThresholdPolicyActor.Spec(options)]);
        Assert.Equal("h2", Assert.Single(world.WhereRuns("vm1")));
        Assert.All(world.Violations, v => Assert.Contains("/policies/wild threw", v, StringComparison.Ordinal));
        Assert.NotEmpty(world.Violations);
        Assert.Contains(world.Notes, n => n.Contains("The policy wild did not answer", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_any_nothing_is_offered_and_nothing_is_taken()
    {
        var world = Play(options => options.HostName == "h2" ? [] : [ThresholdPolicyActor.Spec(options)]);
        Assert.Empty(world.Violations);
        Assert.Equal("h1", Assert.Single(world.WhereRuns("vm1")));
        Assert.Contains(world.Log, l => l.Contains("h2 declines", StringComparison.Ordinal) && l.Contains("no-opinion", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("command", "a policy cannot propose a barter of kind Command")]
    [InlineData("drain", "only a person has a host emptied")]
    [InlineData("peer", "its proposal is for 'h9', which is none of the peers of this round")]
    [InlineData("vm", "its proposal gives a VM that is not here")]
    [InlineData("cause", "its proposal has no cause")]
    [InlineData("reason", "it has no reason")]
    [InlineData("judged", "it answers what it was not asked")]
    [InlineData("name", "The policy odd did not answer")]
    public void What_cannot_be_meant_is_no_opinion_and_is_said(string wrong, string expected)
    {
        var world = Play(options => [new PolicySpec("odd", Props.Of(() => new Odd(wrong))), ThresholdPolicyActor.Spec(options)]);
        Assert.Empty(world.Violations);
        Assert.Equal("h2", Assert.Single(world.WhereRuns("vm1")));
        Assert.Contains(world.Notes, n => n.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log, l => l.Contains("h9", StringComparison.Ordinal));
    }

    [Fact]
    public void A_proposal_for_a_VM_that_may_not_move_is_decided_as_that()
    {
        var world = Story.TwoHosts(5);
        world.Guests["vm1"].IsTagged = false;
        world.Hosts["h1"].Reload(world.Hosts["h1"].Options with { Manage = Manage.Tagged });
        world.Hosts["h1"].PoliciesOf = _ => [new PolicySpec("odd", Props.Of(() => new Odd("")))];
        world.Start();
        world.Time.Run(600_000);
        Assert.Contains(world.Log, l => l.Contains("h1 not-movable: odd; but that VM may not move now", StringComparison.Ordinal));
        Assert.Equal("h1", Assert.Single(world.WhereRuns("vm1")));
    }

    /// <summary>One that wants something else in each round never holds; the policy after it is heard all the same.</summary>
    [Fact]
    public void A_proposal_that_has_not_held_does_not_stand_before_one_that_has()
    {
        var world = Play(options => [new PolicySpec("odd", Props.Of(() => new Odd("fidgety"))), ThresholdPolicyActor.Spec(options)]);
        Assert.Empty(world.Violations);
        Assert.Equal("h2", Assert.Single(world.WhereRuns("vm1")));
        var decided = Story.Status(world, world.Hosts["h1"]).Barter.Decided!;
        Assert.Equal(("odd", "holding"), (decided.Policy, decided.Answer));
    }

    /// <summary>An hour of two hosts of which the first is over its threshold, and the second has room.</summary>
    private static SimWorld Play(Func<ActorMigOptions, IReadOnlyList<PolicySpec>> policies)
    {
        var world = Story.TwoHosts(5);
        foreach (var host in world.Hosts.Values)
        {
            host.PoliciesOf = policies;
        }

        Story.Loads(world, 290, 260, 20, 20);
        world.Start();
        world.Time.Run(3_600_000);
        return world;
    }

    private sealed class Mute(Action asked) : EphemeralActor
    {
        protected override void Handle(object message) => asked();
    }

    /// <summary>Proposes the first VM for the first peer, with something wrong about it; it has nothing against what is offered.</summary>
    private sealed class Odd(string wrong) : EphemeralActor
    {
        protected override void Handle(object message)
        {
            switch (message)
            {
                case Propose { View: { Peers: [var peer, ..], Vms: [var vm, ..] } } propose:
                    var kind = wrong switch
                    {
                        "command" => BarterKind.Command,
                        "drain" => BarterKind.Drain,
                        _ => BarterKind.Migrate,
                    };
                    var proposal = new Proposal(
                        kind, wrong == "peer" ? "h9" : peer.Host, wrong == "vm" ? "nobody" : vm.Facts.Uuid, wrong == "cause" ? null! : wrong == "fidgety" ? $"odd-{propose.View.Round}" : "odd", 1, "bit/s");
                    Context.Tell(propose.ReplyTo, wrong == "judged"
                        ? new Judged(propose.Token, "odd", null, null, "odd")
                        : new Proposed(propose.Token, wrong == "name" ? null! : "odd", proposal, null, peer.Host, wrong == "reason" ? null! : "odd"));
                    break;
                case Propose propose:
                    Context.Tell(propose.ReplyTo, new Proposed(propose.Token, "odd", null, Refusal.NoPeer, null, "no peer"));
                    break;
                case Judge judge:
                    Context.Tell(judge.ReplyTo, new Judged(judge.Token, "odd", null, null, "odd"));
                    break;
            }
        }
    }

    private sealed class Wild() : PolicyActor("wild")
    {
        protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view) => throw new InvalidOperationException("wild");

        protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => throw new InvalidOperationException("wild");
    }
}
