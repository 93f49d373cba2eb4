using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Paper B's rules, row by row of the table, with its numbers.</summary>
public sealed class ThresholdRulesTests
{
    private static readonly ThresholdRules Rules = new(new ThresholdOptions(), margin: 0.1);

    [Theory]
    [InlineData(400, 0, Refusal.Calm)]
    [InlineData(100, 390, Refusal.Calm)]
    [InlineData(401, 401, Refusal.BothOverloaded)]
    [InlineData(401, 400, Refusal.PeerTooFull)]
    [InlineData(401, 301, Refusal.PeerTooFull)]
    public void Nothing_is_proposed_and_says_why(double own, double peer, Refusal expected)
    {
        var (proposal, refusal, _, reason) = Rules.Propose(View(peer, Vm("a", own / 2), Vm("b", own / 2)));
        Assert.Null(proposal);
        Assert.Equal(expected, refusal);
        Assert.Contains("Mbit/s", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(300)]
    public void A_peer_in_the_window_is_asked_to_swap_the_busiest(double peer)
    {
        var (proposal, _, _, _) = Rules.Propose(View(peer, Vm("a", 100), Vm("b", 350)));
        Assert.Equal((BarterKind.Swap, "b"), (proposal!.Kind, proposal.Give));
    }

    [Fact]
    public void A_peer_below_the_window_is_given_the_busiest_VM_that_leaves_it_at_or_under_the_threshold()
    {
        var (proposal, _, _, _) = Rules.Propose(View(150, Vm("a", 100), Vm("b", 350), Vm("c", 250)));
        Assert.Equal((BarterKind.Migrate, "c"), (proposal!.Kind, proposal.Give));
    }

    [Fact]
    public void None_that_fits_is_no_fitting_vm()
    {
        var (proposal, refusal, _, _) = Rules.Propose(View(150, Vm("a", 350), Vm("b", 350)));
        Assert.Null(proposal);
        Assert.Equal(Refusal.NoFittingVm, refusal);
    }

    [Fact]
    public void A_move_that_wins_less_than_the_margin_is_not_made()
    {
        // 401 to 370: 7.7 %.
        var (proposal, refusal, _, _) = Rules.Propose(View(199, Vm("a", 370), Vm("b", 31)));
        Assert.Null(proposal);
        Assert.Equal(Refusal.NoFittingVm, refusal);
    }

    [Fact]
    public void VMs_that_rest_or_are_not_managed_stay()
    {
        var (proposal, refusal, _, _) = Rules.Propose(View(100, Vm("a", 250) with { Status = VmStatus.Cooling }, Vm("b", 251) with { IsManaged = false }));
        Assert.Null(proposal);
        Assert.Equal(Refusal.Cooling, refusal);
    }

    [Theory]
    [InlineData(200, 100, true)]
    [InlineData(200, 101, false)]
    public void A_VM_goes_back_when_its_origin_has_at_most_300_with_it(double origin, double vm, bool goes)
    {
        var away = Vm("a", vm);
        away = away with { Facts = away.Facts with { Origin = "peer" } };
        var (proposal, _, _, _) = Rules.Propose(View(origin, away));
        Assert.Equal(goes, proposal is { Kind: BarterKind.Remigrate, Give: "a" });
    }

    [Fact]
    public void One_that_its_origin_has_refused_stays_and_the_next_one_goes()
    {
        static VmView Away(string uuid, string? notBack = null) => Vm(uuid, 20) is var vm ? vm with { Facts = vm.Facts with { Origin = "peer" }, NotBack = notBack } : vm;
        Assert.Equal("b", Rules.Propose(View(100, Away("a", "peer says worse-for-me"), Away("b"))).Proposal!.Give);
        var (proposal, refusal, _, reason) = Rules.Propose(View(100, Away("a", "peer says worse-for-me"), Away("b", "peer says no-room")));
        Assert.Null(proposal);
        Assert.Equal(Refusal.Calm, refusal);
        Assert.EndsWith("; a came from peer, and stays: peer says worse-for-me", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_partner_of_a_swap_leaves_the_lower_maximum()
    {
        var partner = Rules.SwapPartner(460e6, 300e6, 260e6, [Vm("x", 200), Vm("y", 60), Vm("z", 160)]);
        Assert.Equal("x", partner!.Value.Vm.Uuid);
        Assert.Equal(360e6, partner.Value.MaximumBitPerSecond);
    }

    /// <summary>Whatever the loads: an accepted exchange never leaves the taker overloaded, and lowers the busier host by the margin.</summary>
    [Fact]
    public void No_accepted_exchange_makes_anything_worse()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var mine = Enumerable.Range(0, random.Next(1, 6)).Select(n => Vm($"m{n}", random.Next(0, 300))).ToArray();
            var theirs = Enumerable.Range(0, random.Next(1, 6)).Select(n => Vm($"t{n}", random.Next(0, 150))).ToArray();
            double myLoad = Sum(mine), theirLoad = Sum(theirs);
            if (Rules.Propose(View(theirLoad / 1e6, mine)).Proposal is not { } proposal)
            {
                continue;
            }

            var give = mine.First(v => v.Facts.Uuid == proposal.Give).Facts;
            var offer = new Offer("b", proposal.Kind, give.Uuid, [give], myLoad, 0, "");
            var (refusal, back, _) = Rules.Judge(offer, new HostView("peer", 1, theirLoad, theirs, 0, []));
            if (refusal is not null)
            {
                continue;
            }

            var backLoad = back is null ? 0 : theirs.First(v => v.Facts.Uuid == back).Facts.LoadBitPerSecond;
            var (myAfter, theirAfter) = (myLoad - give.LoadBitPerSecond + backLoad, theirLoad + give.LoadBitPerSecond - backLoad);
            Assert.True(theirAfter <= 400e6);
            Assert.True(Math.Max(myAfter, theirAfter) <= 0.9 * Math.Max(myLoad, theirLoad) + 1);
        }
    }

    [Theory]
    [InlineData(350, null, Refusal.PeerTooFull)]
    [InlineData(350, "threshold", Refusal.PeerTooFull)]
    [InlineData(350, "memory", null)]
    [InlineData(360, "memory", Refusal.WorseForMe)]
    public void What_another_policy_wants_is_judged_by_whether_it_overloads_this_host_and_by_nothing_else(double mineMbit, string? policy, Refusal? expected)
    {
        var give = Vm("vm", 50).Facts;
        var (refusal, _, reason) = Rules.Judge(
            new Offer("b", BarterKind.Migrate, "vm", [give], 60e6, 0, "", Policy: policy), new HostView("peer", 1, mineMbit * 1e6, [], 0, []));
        Assert.Equal(expected, refusal);
        Assert.NotEmpty(reason);
    }

    private static double Sum(IEnumerable<VmView> vms) => vms.Sum(v => v.Facts.LoadBitPerSecond);

    private static VmView Vm(string name, double mbit) => new(new VmFacts(name, name, 1, 1, mbit * 1e6, true, false), VmStatus.Idle, true);

    private static HostView View(double peerMbit, params VmView[] vms) =>
        new("own", 1, Sum(vms), vms, 0, [new Digest(1, "peer", peerMbit * 1e6, 0, Mode.Auto)]);
}
