using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Paper B's rules over CPU time and memory: what is different from traffic.</summary>
public sealed class LoadRulesTests
{
    private const long GiB = 1L << 30;
    private static readonly ActorMigOptions Options = new() { HostName = "own" };
    private static readonly ThresholdRules Cpu = new(LoadKind.Cpu, Options.Cpu, Options.Margin);
    private static readonly ThresholdRules Memory = new(LoadKind.Memory, Options.Memory, Options.Margin);

    [Fact]
    public void A_host_with_more_CPUs_is_less_full_by_the_same_CPU_time()
    {
        VmView[] vms = [Vm("a", 2, 1, 1), Vm("b", 1.5, 1, 1)];
        var (proposal, _, peer, reason) = Cpu.Propose(View(vms, Peer("h2", new HostUse(1.2, 4, 0, 8 * GiB)), Peer("h3", new HostUse(2, 16, 0, 8 * GiB))));
        Assert.Equal((BarterKind.Migrate, "h3", "a", "cpu-overload"), (proposal!.Kind, peer, proposal.Give, proposal.Cause));
        Assert.Equal(0.875 - 0.375, proposal.Gain, 3);
        Assert.Equal("own has 88 % of its CPUs, over 80 % of its CPUs; h3 has 13 % of its CPUs: move a (2.00 CPUs), then neither has more than 38 % of its CPUs", reason);
    }

    [Fact]
    public void What_is_not_measured_is_not_guessed()
    {
        var unknown = new VmView(new VmFacts("a", "a", GiB, 1, 0, true, false), VmStatus.Idle, true);
        Assert.Equal(Refusal.StaleView, Cpu.Propose(new HostView("own", 1, 0, [unknown], 0, [])).Refusal);

        // An older agent says nothing of its CPUs.
        Assert.Equal(Refusal.NoPeer, Cpu.Propose(View([Vm("a", 3.5, 1, 1)], new Digest(1, "h2", 0, 8 * GiB, Mode.Auto))).Refusal);

        // And what another policy wants is not its business then.
        var offer = new Offer("b", BarterKind.Migrate, "a", [unknown.Facts], 0, 0, "", Policy: "threshold");
        Assert.Null(Cpu.Judge(offer, View([Vm("b", 3.5, 1, 1)])).Refusal);
    }

    [Fact]
    public void Memory_goes_where_all_that_a_VM_may_have_has_room()
    {
        VmView[] vms = [Vm("a", 0, 4, 6), Vm("b", 0, 3.5, 4)];
        var full = Peer("h2", new HostUse(0, 4, GiB, 8 * GiB), freeBytes: 1 * GiB);
        var roomy = Peer("h3", new HostUse(0, 4, 2 * GiB, 8 * GiB), freeBytes: 5 * GiB);
        var (proposal, _, peer, _) = Memory.Propose(View(vms, full, roomy));
        Assert.Equal((BarterKind.Migrate, "h3", "b"), (proposal!.Kind, peer, proposal.Give));
        Assert.Equal(Refusal.NoRoom, Memory.Propose(View(vms, full)).Refusal);
    }

    [Fact]
    public void A_swap_of_memory_fits_at_each_step()
    {
        VmView[] theirs = [Vm("x", 0, 1.5, 4), Vm("y", 0, 1.8, 2), Vm("z", 0, 1.8, 2)];
        var view = View(theirs) with { FreeBytes = 2 * GiB };
        var give = Vm("a", 0, 3, 4).Facts;
        var offer = new Offer("b", BarterKind.Swap, "a", [give], 0, 0, "", Policy: "memory", Use: new HostUse(0, 4, (long)(7.5 * GiB), 8 * GiB));

        // y balances best, but a's 4 GiB have room only once something has gone, and that must go where there is room for it.
        Assert.Equal(Refusal.NoFittingVm, Memory.Judge(offer, view).Refusal);
        Assert.Equal("y", Memory.Judge(offer with { FreeBytes = 2 * GiB }, view).GiveBack);

        // Where y leaves too little, x is the next best.
        Assert.Equal("x", Memory.Judge(offer with { FreeBytes = 4 * GiB }, view with { FreeBytes = 0 }).GiveBack);
    }

    [Theory]
    [InlineData(0.2, null)]
    [InlineData(0.8, Refusal.WorseForMe)]
    public void What_another_policy_wants_must_not_overload_the_CPUs(double cpus, Refusal? expected)
    {
        var offer = new Offer("b", BarterKind.Migrate, "a", [Vm("a", cpus, 1, 1).Facts], 0, 0, "", Policy: "threshold");
        Assert.Equal(expected, Cpu.Judge(offer, View([Vm("b", 3, 1, 1)])).Refusal);
    }

    private static VmView Vm(string name, double cpus, double usedGiB, double gib) =>
        new(new VmFacts(name, name, (long)(gib * GiB), 1, 0, true, false, Use: new VmUse(cpus, (long)(usedGiB * GiB))), VmStatus.Idle, true);

    private static Digest Peer(string host, HostUse use, long freeBytes = 8 * GiB) => new(1, host, 0, freeBytes, Mode.Auto, Use: use);

    private static HostView View(VmView[] vms, params Digest[] peers) => new(
        "own", 1, 0, vms, 0, peers, Use: new HostUse(vms.Sum(v => v.Facts.Use!.Cpus), 4, vms.Sum(v => v.Facts.Use!.MemoryBytes), 8 * GiB));
}
