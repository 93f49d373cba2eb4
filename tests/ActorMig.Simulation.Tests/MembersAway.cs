using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>A host that membership says has failed: nothing new is asked of it, and it stays a member.</summary>
public sealed class MembersAway
{
    [Fact]
    public void Who_has_failed_is_asked_nothing_new_until_it_is_back()
    {
        var world = new SimWorld(3);
        foreach (var host in (string[])["h1", "h2", "h3"])
        {
            // One of three that fails or comes back is a storm.
            world.AddHost(Story.Options(host) with { StormRestMs = 0 });
        }

        world.AddGuest("h1", "vm1", 1L << 30);
        world.AddGuest("h1", "vm2", 1L << 30);
        var asked = new List<string>();
        var offered = new List<string>();
        world.Network.Tap = (from, send) =>
        {
            if (from == "h1")
            {
                (send.Message is GetDigest ? asked : send.Message is Offer ? offered : []).Add(send.Host);
            }
        };
        world.Guests["vm1"].BitPerSecond = 300e6;
        world.Start();
        world.Run(5 * 60_000);
        Assert.Equal(["h2", "h3"], asked.Distinct().Order(StringComparer.Ordinal));

        // h3 cannot take anything, so only h2 could: it would be offered vm2.
        SetState(world, MemberState.Failed);
        (asked, offered) = ([], []);
        world.Network.Cuts.Add(("h1", "h3"));
        world.Guests["vm2"].BitPerSecond = 200e6;
        world.Run(10 * 60_000);
        Assert.Equal(["h3"], asked.Distinct());
        Assert.Empty(offered);
        Assert.Equal(["h1"], world.WhereRuns("vm2"));

        SetState(world, MemberState.Alive);
        world.Run(10 * 60_000);
        Assert.Contains("h2", asked);
        Assert.Contains("h2", offered);
        Assert.Contains(world.Guests.Keys, g => world.WhereRuns(g) is ["h2"]);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void Policies_see_how_far_their_peers_are()
    {
        var world = Story.TwoHosts(4);
        world.Network.MembersOf = host => host == "h1" ? [new Member("h2", "h2", "h2") { DistanceMs = 0.3 }] : null;
        var seen = new SortedDictionary<string, HostView>(StringComparer.Ordinal);
        foreach (var host in world.Hosts.Values)
        {
            host.PoliciesOf = _ => [new PolicySpec("looks", Props.Of(() => new Looks(seen)))];
        }

        world.Start();
        world.Run(3 * 60_000);
        Assert.Equal([("h2", 0.3)], seen["h1"].DistancesMs!.Select(d => (d.Key, d.Value)));
        Assert.Empty(seen["h2"].DistancesMs!);
        Assert.Equal("h1", Assert.Single(seen["h2"].Peers).Host);
    }

    private sealed class Looks(SortedDictionary<string, HostView> seen) : PolicyActor("looks")
    {
        protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
        {
            seen[view.Host] = view;
            return (null, Refusal.Calm, null, "it only looks");
        }

        protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view) => (null, null, "");
    }

    private static void SetState(SimWorld world, MemberState state) => world.Network.MembersOf = host => host == "h1"
        ? [new Member("h2", "h2", "h2") { State = state, DistanceMs = 0.3 }, new Member("h3", "h3", "h3") { DistanceMs = 0.4 }]
        : null;
}
