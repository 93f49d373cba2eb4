using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;

namespace ActorMig.Simulation.Tests;

/// <summary>Exchanges of some VMs for some, of which a part fails or must not begin.</summary>
public sealed class Exchanges
{
    private const long Minute = 60_000;

    /// <summary>What has moved stays where it is, what has not begun does not begin, nothing stays reserved; and both hosts judge anew.</summary>
    [Fact]
    public void An_exchange_whose_second_leg_breaks_is_half_and_what_is_left_of_it_is_exchanged_later()
    {
        var world = Scattered(5);
        var (vm, barter) = RunUntilLeg(world, 2);
        Assert.True(world.Time.RunUntil(() => world.Hypervisors.Values.Any(h => h.Domains.Any(d => d.Guest.Name == vm && d.Job == Edges.DomainJob.Incoming)), Minute));
        world.Do(new StreamBroken(vm));
        world.Run(2 * Minute);
        Assert.All(world.Hosts.Values, h => Assert.Equal(BarterOutcome.Half, h.Journal.Replay("barter").OfType<BarterEnded>().Single(e => e.Barter == barter).Outcome));

        world.Run(60 * Minute);
        AssertTogether(world);
    }

    [Fact]
    public void No_leg_of_an_exchange_begins_in_a_frozen_cluster()
    {
        var world = Scattered(6);
        var (_, barter) = RunUntilLeg(world, 1);
        world.Do(new FreezeAsked("h2", null));
        world.Run(10 * Minute);
        Assert.All(world.Hosts.Values, h => Assert.InRange(h.Journal.Replay("barter").OfType<LegBegan>().Count(), 0, 1));
        Assert.Contains(world.Hosts.Values.SelectMany(h => h.Journal.Replay("barter").OfType<BarterEnded>()), e => e.Barter == barter && (e.Outcome, e.Refusal) == (BarterOutcome.Half, Refusal.Frozen));
        Assert.Empty(world.Violations);

        world.Do(new ThawAsked("h1"));
        world.Run(60 * Minute);
        AssertTogether(world);
    }

    /// <summary>An agent that ends between two legs takes the exchange up again, or lets it be: nobody is lost, and groups come together all the same.</summary>
    [Theory]
    [InlineData("h1")]
    [InlineData("h2")]
    public void An_agent_that_is_killed_between_two_legs(string host)
    {
        var world = Scattered(7);
        RunUntilLeg(world, 2);
        world.Do(new AgentKilled(host));
        world.Run(Minute);
        world.Do(new AgentRestarted(host));
        world.Run(90 * Minute);
        AssertTogether(world);
    }

    /// <summary>Of more hosts than are asked in a round each is asked for long enough that a cause can hold.</summary>
    [Fact]
    public void A_host_that_is_asked_only_in_turn_is_bartered_with()
    {
        var world = new SimWorld(8) { CountsTraffic = true };
        foreach (var (name, gib) in ((string, long)[])[("h1", 4), ("h2", 8), ("h3", 8), ("h4", 8)])
        {
            var options = Story.Options(name) with { MemoryTotalBytes = gib << 30, MemoryOvercommit = 1, Affinity = new AffinityOptions { PeersMax = 1 } };
            world.AddHost(options).PoliciesOf = changed => [AffinityPolicyActor.Spec(changed)];
            world.AddGuest(name, "of-" + name, name == "h1" ? 4L << 30 : 1L << 30);
        }

        // Nobody else can begin: who talks with it has no room where it is.
        foreach (var other in (string[])["of-h2", "of-h3", "of-h4"])
        {
            world.Do(new TalkSet("of-h1", other, 100e6));
            world.Do(new TalkSet(other, "of-h1", 100e6));
        }

        world.Start();
        world.Run(60 * Minute);
        Assert.Empty(world.Violations);
        Assert.DoesNotContain("h1", world.WhereRuns("of-h1"));
    }

    /// <summary>Of two hosts with which as much would be won now this and now that one is better by a little: the one that is held stays the one.</summary>
    [Fact]
    public void The_best_peer_is_another_one_in_each_round()
    {
        var world = new SimWorld(9) { CountsTraffic = true };
        foreach (var (name, gib) in ((string, long)[])[("h1", 4), ("h2", 8), ("h3", 8)])
        {
            var options = Story.Options(name) with { MemoryTotalBytes = gib << 30, MemoryOvercommit = 1, HoldRounds = 3 };
            world.AddHost(options).PoliciesOf = changed => [AffinityPolicyActor.Spec(changed)];
            world.AddGuest(name, "of-" + name, name == "h1" ? 4L << 30 : 1L << 30);
        }

        // Each round of the host that gives finds the other one better: nobody else can begin, for it has no room.
        var rounds = new SortedSet<long>();
        Talk(0);
        world.Network.Tap += (host, send) =>
        {
            if (host == "h1" && send.Message is GetDigest get && rounds.Add(get.Number))
            {
                world.Time.After(0, () => Talk(rounds.Count));
            }
        };
        world.Start();
        world.Run(20 * Minute);
        Assert.Empty(world.Violations);
        Assert.DoesNotContain("h1", world.WhereRuns("of-h1"));

        void Talk(int round)
        {
            foreach (var (peer, rate) in ((string, double)[])[("of-h2", round % 2 == 0 ? 101e6 : 99e6), ("of-h3", round % 2 == 0 ? 99e6 : 101e6)])
            {
                world.Do(new TalkSet("of-h1", peer, rate));
                world.Do(new TalkSet(peer, "of-h1", rate));
            }
        }
    }

    /// <summary>Two groups of four, of each two here and two there; each host has room for one VM more.</summary>
    private static SimWorld Scattered(ulong seed)
    {
        var world = new SimWorld(seed) { CountsTraffic = true };
        foreach (var name in (string[])["h1", "h2"])
        {
            world.AddHost(Story.Options(name) with { MemoryTotalBytes = 5L << 30, MemoryOvercommit = 1 }).PoliciesOf = options => [AffinityPolicyActor.Spec(options), ThresholdPolicyActor.Spec(options)];
        }

        string[] guests = ["a1", "a2", "b1", "b2", "a3", "a4", "b3", "b4"];
        foreach (var (guest, i) in guests.Select((g, i) => (g, i)))
        {
            world.AddGuest(i < 4 ? "h1" : "h2", guest, 1L << 30);
        }

        foreach (var (from, to) in from a in guests from b in guests where a != b && a[0] == b[0] select (a, b))
        {
            world.Do(new TalkSet(from, to, 20e6));
        }

        world.Start();
        return world;
    }

    private static (string Vm, string Barter) RunUntilLeg(SimWorld world, int number)
    {
        LegBegan? Begun() => world.Hosts.Values.SelectMany(h => h.Journal.Replay("barter").OfType<LegBegan>()).FirstOrDefault(l => l.Leg == number);
        Assert.True(world.Time.RunUntil(() => Begun() is not null, 60 * Minute), "No exchange came to this leg.");
        var barter = Begun()!.Barter;
        var legs = world.Hosts.Values.SelectMany(h => h.Journal.Replay("barter").OfType<BarterConfirmed>()).First(c => c.Barter == barter).Legs;
        Assert.True(legs.Count > 2);
        return (legs.First(l => l.Number == number).Vm.Name, barter);
    }

    private static void AssertTogether(SimWorld world)
    {
        Assert.Empty(world.Violations);
        Assert.Equal(0, world.BetweenHostsBitPerSecond());
        Assert.All(world.Hypervisors.Values, h => Assert.Equal(4, h.Domains.Count(d => d.Runs)));
    }
}
