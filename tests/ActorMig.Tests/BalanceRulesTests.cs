using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>The policy balance: two hosts come nearer to each other in CPU time, memory and traffic together, or nothing moves.</summary>
public sealed class BalanceRulesTests
{
    private const long GiB = 1L << 30;
    private static readonly BalanceRules Rules = new(new ActorMigOptions { HostName = "own" });

    [Fact]
    public void The_VM_that_brings_two_hosts_nearest_moves_and_both_see_the_same()
    {
        // Far from any level: 6 of 16 CPUs against none.
        VmView[] vms = [Vm("a", 4), Vm("b", 3), Vm("c", 1)];
        var (proposal, _, peer, reason) = Rules.Propose(View(8, vms, Peer("h2", 2), Peer("h3", 0)));
        Assert.Equal((BarterKind.Migrate, "h3", "a", "imbalance"), (proposal!.Kind, peer, proposal.Give, proposal.Cause));
        Assert.Equal("own beside h3: CPUs at 63 and 0, memory at 0 and 0, traffic at 0 and 0 % of their levels; move a: the squares of what they differ by fall from 0.1953 to 0.0000", reason);
        Assert.Equal((null, null, "the squares of what they differ by fall from 0.1953 to 0.0000"), Rules.Judge(Offer(BarterKind.Migrate, 8, vms[0]), View(0, [])));
    }

    [Fact]
    public void Hosts_that_are_nearly_alike_leave_each_other_alone()
    {
        Assert.Equal(Refusal.Calm, Rules.Propose(View(8, [Vm("a", 0.5)], Peer("h2", 7))).Refusal);
        Assert.Equal(Refusal.WorseForMe, Rules.Judge(Offer(BarterKind.Migrate, 8, Vm("a", 0.5)), View(7, [])).Refusal);
        Assert.Equal(Refusal.StaleView, Rules.Propose(View(8, [Vm("a", 0.5)]) with { Use = null }).Refusal);
        Assert.Equal(Refusal.NoPeer, Rules.Propose(View(8, [Vm("a", 0.5)], Peer("h2", 0) with { Use = null })).Refusal);
    }

    [Fact]
    public void Where_no_single_VM_helps_two_are_exchanged()
    {
        // All of 8 against 2 of 3 at a time: half of the difference is 2.
        VmView[] mine = [Vm("a", 8)];
        var (proposal, _, peer, _) = Rules.Propose(View(8, mine, Peer("h2", 4)));
        Assert.Equal((BarterKind.Swap, "h2", "a"), (proposal!.Kind, peer, proposal.Give));
        Assert.Equal(Refusal.NoFittingVm, Rules.Judge(Offer(BarterKind.Swap, 8, mine[0]), View(4, [Vm("x", 0.05)])).Refusal);
        Assert.Equal("z", Rules.Judge(Offer(BarterKind.Swap, 8, mine[0]), View(12, [Vm("x", 1), Vm("y", 3), Vm("z", 10)])).GiveBack);
    }

    [Fact]
    public void What_another_policy_wants_must_not_overload_anything()
    {
        var offer = Offer(BarterKind.Migrate, 8, Vm("a", 6)) with { Policy = "threshold" };
        Assert.Equal(Refusal.WorseForMe, Rules.Judge(offer, View(8, [])).Refusal);
        Assert.Null(Rules.Judge(offer, View(2, [])).Refusal);
    }

    private static VmView Vm(string name, double cpus) =>
        new(new VmFacts(name, name, GiB, 1, 0, true, false, Use: new VmUse(cpus, 0)), VmStatus.Idle, true);

    private static HostUse Use(double cpus) => new(cpus, 16, 0, 32 * GiB);

    private static Digest Peer(string host, double cpus) => new(1, host, 0, 16 * GiB, Mode.Auto, Use: Use(cpus));

    private static HostView View(double cpus, VmView[] vms, params Digest[] peers) => new("own", 0, 0, vms, 16 * GiB, peers, Use: Use(cpus));

    private static Offer Offer(BarterKind kind, double cpus, VmView give) =>
        new("b", kind, give.Facts.Uuid, [give.Facts], 0, 16 * GiB, "", Policy: "balance", Use: Use(cpus));
}
