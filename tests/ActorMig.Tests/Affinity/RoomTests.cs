using ActorMig.Bartering;
using ActorMig.Policies.Affinity;

namespace ActorMig.Tests.Affinity;

/// <summary>Room that is gathered for an exchange that has no order without it: what is said to be missing is enough, and others give it as long as that is worth it.</summary>
public sealed class RoomTests
{
    private const long GiB = SmallPairs.GiB;
    private static readonly ExchangeOptions s_options = new();

    [Fact]
    public void With_the_room_that_is_said_to_be_missing_as_much_more_is_won_as_is_said()
    {
        var (random, needs) = (new Random(5), 0);
        for (var i = 0; i < 2_000; i++)
        {
            var problem = SmallPairs.Draw(random);
            var (plan, ofA, ofB) = PairExchange.Search(problem, s_options);
            foreach (var (need, roomy) in new[] { (ofA, problem with { A = WithFree(problem.A, ofA) }), (ofB, problem with { B = WithFree(problem.B, ofB) }) })
            {
                if (need is not null)
                {
                    needs++;
                    Assert.InRange(need.NetBitPerSecond, 0, need.GainBitPerSecond);
                    var net = PairExchange.Find(roomy, s_options)?.Gain.Net ?? 0;
                    Assert.True(net >= ((plan?.Gain.Net ?? 0) + need.GainBitPerSecond) * (1 - 1e-9), $"draw {i}: {net} instead of {need}");
                }
            }
        }

        Assert.True(needs > 100, $"{needs} needs are too few to show anything.");

        static PairHost WithFree(PairHost host, RoomNeed? need) =>
            need is null ? host : host with { Capacity = host.Capacity + new Resources(Math.Max(0, need.FreeBytes - host.Free.MemoryBytes)) };
    }

    [Fact]
    public void Both_hosts_see_the_same_needs_and_whoever_gathers_none_has_none()
    {
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            var problem = SmallPairs.Draw(random);
            var (_, ofA, ofB) = PairExchange.Search(problem, s_options);
            var seen = PairExchange.Search(problem.Reversed(), s_options);
            Assert.Equal((ofA, ofB), (seen.NeedOfB, seen.NeedOfA));
            var none = PairExchange.Search(problem, s_options with { RoomShare = 0 });
            Assert.Equal((null, null), (none.NeedOfA, none.NeedOfB));
        }
    }

    [Fact]
    public void A_third_host_takes_a_VM_off_who_gathers_room_but_for_no_more_than_that_is_worth()
    {
        // A's VM talks to one that stays on A: going to B loses 10 Mbit/s.
        static PairProblem Pair(RoomWanted? wanted) => new(
            PairHost.OfFree("a", GiB, wanted), PairHost.OfFree("b", 3 * GiB),
            [new PairVm("1", new Resources(GiB), [new PairTie("2", 10e6)], []), new PairVm("2", new Resources(GiB), [new PairTie("1", 10e6)], [], IsMovable: false)], []);

        Assert.Null(PairExchange.Find(Pair(null), s_options));
        Assert.Null(PairExchange.Find(Pair(new RoomWanted("c", 2 * GiB, 9e6)), s_options));
        var plan = PairExchange.Find(Pair(new RoomWanted("c", 2 * GiB, 12e6)), s_options)!;
        Assert.Equal(["1"], plan.FromA);
        Assert.Equal((12e6, -10e6), (plan.Gain.Room, plan.Gain.Traffic));

        // The same for the one that it would be gathered for; and the half of what is missing is worth half.
        Assert.Null(PairExchange.Find(Pair(new RoomWanted("b", 2 * GiB, 12e6)), s_options));
        Assert.Null(PairExchange.Find(Pair(new RoomWanted("c", 3 * GiB, 12e6)), s_options));

        // Who has enough is not paid for more, and gives none of it away for less than all of its worth.
        Assert.Null(PairExchange.Find(Pair(new RoomWanted("c", GiB, 1e9)), s_options));
        Assert.True(PairExchange.Weigh(Pair(null).Reversed() with { B = PairHost.OfFree("a", GiB), A = PairHost.OfFree("b", 3 * GiB, new RoomWanted("c", 3 * GiB, 1e6)) }, s_options, ["1"])!.Gain.Room < -1e6);
    }

    [Fact]
    public void One_exchange_is_gathered_for_until_room_comes_no_more_and_then_another_one()
    {
        var gathering = new Gathering(new AffinityOptions { RoomPatienceRounds = 3, Exchange = s_options });
        Assert.Null(gathering.Choose(0, GiB));
        Saw(1, "near", 20e6);
        Saw(1, "far", 30e6);
        Assert.Equal(new RoomWanted("far", 4 * GiB, 0.7 * 40e6), gathering.Choose(1, GiB));

        // What is better now does not make it change its mind, and each byte that comes makes it wait anew; the rest of them is worth what is left.
        for (var round = 2; round <= 4; round++)
        {
            Saw(round, "near", 90e6);
            Saw(round, "far", 25e6);
            Assert.Equal(0.7 * 35e6 * (round == 3 ? 2 / 3.0 : 1), gathering.Choose(round, round == 3 ? 2 * GiB : GiB)!.BitPerSecond, 1.0);
        }

        Saw(5, "near", 10e6);
        Assert.Equal("far", gathering.Choose(5, GiB)!.Peer);
        Saw(6, "far", 25e6);
        Assert.Null(gathering.Choose(6, GiB));

        // It rests itself, and whoever was waited for in vain does for longer.
        Saw(8, "near", 10e6);
        Assert.Null(gathering.Choose(8, GiB));
        Saw(9, "near", 10e6);
        Saw(9, "far", 25e6);
        Assert.Equal("near", gathering.Choose(9, GiB)!.Peer);

        // What has an order now is waited for until it has been made.
        gathering.Saw(10, "near", null, hasPlan: true);
        Assert.Equal("near", gathering.Choose(10, GiB)!.Peer);
        gathering.Saw(11, "near", null, hasPlan: false);
        Saw(11, "far", 25e6);
        Assert.Null(gathering.Choose(11, GiB));

        // Twice as long the next time; whoever does not answer any more is given up, too.
        Saw(18, "far", 25e6);
        Assert.Equal("far", gathering.Choose(18, GiB)!.Peer);
        Assert.Null(gathering.Choose(22, GiB));
        Saw(45, "far", 25e6);
        Assert.Null(gathering.Choose(45, GiB));
        Saw(46, "far", 25e6);
        Assert.Equal("far", gathering.Choose(46, GiB)!.Peer);

        // What has come is of no use if the need goes: that is in vain, too.
        Saw(47, "far", 25e6);
        Assert.Equal("far", gathering.Choose(47, 2 * GiB)!.Peer);
        gathering.Saw(48, "far", null, hasPlan: false);
        Assert.Null(gathering.Choose(48, 2 * GiB));
        Saw(53, "near", 10e6);
        Assert.Null(gathering.Choose(53, GiB));
        Saw(54, "near", 10e6);
        Assert.Equal("near", gathering.Choose(54, GiB)!.Peer);

        void Saw(long round, string peer, double net) => gathering.Saw(round, peer, new RoomNeed(4 * GiB, net + 10e6, net), hasPlan: false);
    }

    [Fact]
    public void What_room_is_said_to_be_worth_is_no_more_than_all_that_the_VMs_say()
    {
        var vm = new PairHalfVm("1", "one", GiB, true, [new VmTie("2", "c", 5e6, 3e6)]);
        var problem = PairHalves.Problem(new PairHalf("a", [vm], [], new RoomWanted("c", 9 * GiB, 1e12)), GiB, new PairHalf("b", [], []), GiB, new AffinityOptions());
        Assert.Equal(8e6, problem.A.Wanted!.BitPerSecond);
        Assert.Null(problem.B.Wanted);
    }
}
