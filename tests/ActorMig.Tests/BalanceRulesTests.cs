using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>The policy balance: two hosts come nearer to each other in CPU time, memory and traffic together, or nothing moves.</summary>
public sealed class BalanceRulesTests
{
    private const long GiB = 1L << 30;
    private static readonly LoadSpread Still = new(0, 0, 0);
    private static readonly ActorMigOptions Options = new() { HostName = "own" };
    private static readonly BalanceRules Rules = new(Options);

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 200)];

    [Fact]
    public void The_VM_that_brings_two_hosts_nearest_moves_and_both_see_the_same()
    {
        // Far from any level: 8 of 16 CPUs against none.
        VmView[] vms = [Vm("a", 4), Vm("b", 3), Vm("c", 1)];
        var (proposal, _, peer, reason) = Rules.Propose(View(8, vms, Peer("h2", 2), Peer("h3", 0)));
        Assert.Equal((BarterKind.Migrate, "h3", "a", "imbalance"), (proposal!.Kind, peer, proposal.Give, proposal.Cause));
        Assert.Equal("own beside h3: CPUs at 63 and 0, memory at 0 and 0, traffic at 0 and 0 % of their levels; move a: the squares of what they differ by fall from 0.1953 to 0.0000", reason);
        Assert.Equal((null, null, "the squares of what they differ by fall from 0.1953 to 0.0000"), Rules.Judge(Offer(BarterKind.Migrate, 8, vms[0]), View(0, [])));
    }

    [Fact]
    public void What_the_loads_fluctuate_by_is_not_balanced()
    {
        // What is won by moving 2 of 6 CPUs to none is 4 CPUs times the difference of 6: it may be chance if that may be.
        VmView[] vms = [Vm("a", 2), Vm("b", 4)];
        (Refusal?, Refusal?) With(double spread) => (
            Rules.Propose(View(6, vms, Peer("h2", 0, spread))).Refusal, Rules.Judge(Offer(BarterKind.Migrate, 6, vms[0], spread), View(0, [])).Refusal);
        Assert.Equal((null, null), With(0.9));
        Assert.Equal((Refusal.Calm, Refusal.WorseForMe), With(1.5));

        // One host that has not seen enough is asked nothing, and asks nothing.
        Assert.Equal(Refusal.NoPeer, Rules.Propose(View(6, vms, Peer("h2", 0) with { Use = Use(0) with { Spread = null } })).Refusal);
        Assert.Equal(Refusal.StaleView, Rules.Propose(View(6, vms, Peer("h2", 0)) with { Use = Use(6) with { Spread = null } }).Refusal);
        Assert.Equal(Refusal.StaleView, Rules.Judge(Offer(BarterKind.Migrate, 6, vms[0]) with { Use = Use(6) with { Spread = null } }, View(0, [])).Refusal);
    }

    [Fact]
    public void What_costs_more_than_it_wins_stays()
    {
        // A VM of 64 GiB that takes little: to copy it costs more within an hour.
        BalanceRules With(long paybackMs) => new(Options with { Balance = Options.Balance with { PaybackMs = paybackMs } });
        var (big, thrifty) = (Vm("a", 0.3, 64), With(3_600_000));
        var view = View(3, [big], Peer("h2", 0, freeGiB: 100));
        Assert.Equal(BarterKind.Swap, thrifty.Propose(view).Proposal!.Kind);
        Assert.Contains(thrifty.Alternatives(view, null), a => a.Reason.Contains("actormig.balance.payback", StringComparison.Ordinal));
        var (refusal, _, reason) = thrifty.Judge(Offer(BarterKind.Migrate, 3, big), View(0, []));
        Assert.Equal(Refusal.WorseForMe, refusal);
        Assert.Contains("actormig.balance.payback", reason, StringComparison.Ordinal);
        Assert.Equal(BarterKind.Migrate, With(0).Propose(view).Proposal!.Kind);
        Assert.Null(With(0).Judge(Offer(BarterKind.Migrate, 3, big), View(0, [])).Refusal);
    }

    [Fact]
    public void Swaps_that_do_not_come_about_are_proposed_ever_more_rarely()
    {
        var rest = new SwapRest(3);
        var swap = new Proposal(BarterKind.Swap, "h2", "a", BalanceRules.Imbalance, 1, "");
        var view = View(8, [Vm("a", 8)], Peer("h2", 4));
        var proposed = new List<long>();
        for (var round = 1L; round <= 200; round++)
        {
            var now = view with { Round = round };
            var isWaiting = rest.Tries(now) is null;
            Assert.Equal(isWaiting ? Refusal.NoFittingVm : null, Rules.Propose(now, rest.Tries(now)).Refusal);
            rest.Note(now, isWaiting ? null : swap);
            proposed.AddRange(isWaiting ? [] : [round]);
        }

        // Three rounds in a row each time, as a cause must hold; the fourth, eighth and so on then are rests.
        Assert.Equal([1, 2, 3, 7, 8, 9, 17, 18, 19, 35, 36, 37, 69, 70, 71, 135, 136, 137], proposed);
        Assert.Equal(0, rest.Tries(view with { Round = 201, Vms = [] }));
    }

    [Fact]
    public void Hosts_that_are_alike_leave_each_other_alone()
    {
        Assert.Equal(Refusal.Calm, Rules.Propose(View(8, [Vm("a", 0.5)], Peer("h2", 7.9))).Refusal);
        Assert.Equal(Refusal.WorseForMe, Rules.Judge(Offer(BarterKind.Migrate, 8, Vm("a", 0.5)), View(7.9, [])).Refusal);
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

        // Nor make hosts less alike by what goes back.
        Assert.Equal(Refusal.WorseForMe, Rules.Judge(offer with { Kind = BarterKind.Remigrate }, View(5, [])).Refusal);
        Assert.Null(Rules.Judge(offer with { Kind = BarterKind.Remigrate }, View(0, [])).Refusal);

        // Nor what it wants in exchange for something.
        var exchange = offer with { Kind = BarterKind.Exchange, Exchange = new Exchange(["a"], ["x"], 1), Policy = "affinity" };
        Assert.Null(Rules.Judge(exchange, View(8, [Vm("x", 5)])).Refusal);
        Assert.Equal(Refusal.WorseForMe, Rules.Judge(exchange, View(8, [Vm("x", 0.5)])).Refusal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_both_agree_on_lowers_the_squares_has_room_and_ends(int seed)
    {
        var random = new Random(seed);
        var hosts = Enumerable.Range(0, 2 + random.Next(4)).Select(n => new Host($"h{n}", 8 + (8 * random.Next(3)), (16 + (16 * random.Next(3))) * GiB)).ToArray();
        for (var n = 0; n < 4 * hosts.Length; n++)
        {
            var (host, gib) = (hosts[random.Next(hosts.Length)], 1 << random.Next(3));
            if (host.FreeBytes >= gib * GiB)
            {
                host.Vms.Add(Vm($"vm{n:00}", 3 * random.NextDouble(), gib, random.NextDouble() * gib, 60 * random.NextDouble()));
            }
        }

        var spread = random.Next(3) == 0 ? new LoadSpread(1e6, 0.05, GiB / 10.0) : Still;
        var (idle, moves) = (0, 0);
        for (var round = 0; idle < 20 * hosts.Length; round++)
        {
            var host = hosts[round % hosts.Length];
            var view = host.View(round, spread, hosts);
            var (proposal, refusal, _, reason) = Rules.Propose(view);
            Assert.False(string.IsNullOrEmpty(reason), "Nothing has a reason, too.");
            Assert.Equal(proposal is null, refusal is not null);
            Assert.InRange(Rules.Alternatives(view, proposal).Count, 0, Alternative.Max);
            idle++;
            if (proposal is null)
            {
                continue;
            }

            var peer = hosts.Single(h => h.Name == proposal.Peer);
            var give = host.Vms.Single(v => v.Facts.Uuid == proposal.Give);
            var offer = new Offer(
                "b", proposal.Kind, proposal.Give, [give.Facts], view.LoadBitPerSecond, view.FreeBytes, reason, Policy: BalanceRules.Policy, Use: view.Use);
            var (no, giveBack, why) = Rules.Judge(offer, peer.View(round, spread, hosts));
            Assert.True(proposal.Kind == BarterKind.Swap || no is null, $"Both compute the same: {reason}; {why}");
            if (no is not null)
            {
                continue;
            }

            Assert.Equal(proposal.Kind == BarterKind.Swap, giveBack is not null);
            var before = host.SquaresWith(peer);
            var back = peer.Vms.SingleOrDefault(v => v.Facts.Uuid == giveBack);
            Assert.Null(SwapOrder.Find(host.Name, host.FreeBytes, peer.Name, peer.FreeBytes, give.Facts, back?.Facts).Refusal);
            host.Vms.Remove(give);
            peer.Vms.Add(give);
            if (back is not null)
            {
                peer.Vms.Remove(back);
                host.Vms.Add(back);
            }

            Assert.True(host.SquaresWith(peer) < before - BalanceRules.GainMin, $"{reason}; {why}");
            (idle, moves) = (0, moves + 1);
            Assert.InRange(moves, 0, 1_000);
        }
    }

    private static VmView Vm(string name, double cpus, int gib = 1, double usedGiB = 0, double mbitPerSecond = 0) => new(
        new VmFacts(name, name, gib * GiB, 1, mbitPerSecond * 1e6, true, false, Use: new VmUse(cpus, (long)(usedGiB * GiB))), VmStatus.Idle, true);

    private static HostUse Use(double cpus, double spread = 0) => new(cpus, 16, 0, 32 * GiB, new LoadSpread(0, spread, 0));

    private static Digest Peer(string host, double cpus, double spread = 0, int freeGiB = 16) => new(1, host, 0, freeGiB * GiB, Mode.Auto, Use: Use(cpus, spread));

    private static HostView View(double cpus, VmView[] vms, params Digest[] peers) => new("own", 0, 0, vms, 16 * GiB, peers, Use: Use(cpus));

    private static Offer Offer(BarterKind kind, double cpus, VmView give, double spread = 0) =>
        new("b", kind, give.Facts.Uuid, [give.Facts], 0, 16 * GiB, "", Policy: "balance", Use: Use(cpus, spread));

    /// <summary>A host of any size with what is on it.</summary>
    private sealed record Host(string Name, int Cpus, long MemoryBytes)
    {
        public List<VmView> Vms { get; } = [];

        public long FreeBytes => MemoryBytes - Vms.Sum(v => v.Facts.MemoryBytes);

        public HostView View(int round, LoadSpread spread, IEnumerable<Host> all) => new(
            Name, round, Load, [.. Vms.OrderBy(v => v.Facts.Uuid, StringComparer.Ordinal)], FreeBytes,
            [.. all.Where(h => h != this).Select(h => new Digest(1, h.Name, h.Load, h.FreeBytes, Mode.Auto, Use: h.Use(spread)))], Use: Use(spread));

        /// <summary>Of each of the three the squares of the levels of both; a host that has more of it counts for more.</summary>
        public double SquaresWith(Host peer)
        {
            static double Of(double mine, double myCapacity, double theirs, double theirCapacity) =>
                2 * ((mine * mine / myCapacity) + (theirs * theirs / theirCapacity)) / (myCapacity + theirCapacity);
            var (mine, theirs, bits) = (Use(Still), peer.Use(Still), Options.Threshold.OverloadBitPerSecond);
            return Of(mine.UsedCpus, Cpus * Options.Cpu.Overload, theirs.UsedCpus, peer.Cpus * Options.Cpu.Overload)
                + Of(mine.UsedMemoryBytes, MemoryBytes * Options.Memory.Overload, theirs.UsedMemoryBytes, peer.MemoryBytes * Options.Memory.Overload)
                + Of(Load, bits, peer.Load, bits);
        }

        private double Load => Vms.Sum(v => v.Facts.LoadBitPerSecond);

        private HostUse Use(LoadSpread spread) => new(Vms.Sum(v => v.Facts.Use!.Cpus), Cpus, Vms.Sum(v => v.Facts.Use!.MemoryBytes), MemoryBytes, spread);
    }
}
