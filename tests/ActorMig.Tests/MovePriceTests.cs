using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>A move wins more within its horizon than it costs, whatever is balanced: for any VMs, hosts and gains.</summary>
public sealed class MovePriceTests
{
    private const long GiB = 1L << 30;
    private static readonly LoadKind[] Kinds = [LoadKind.Network, LoadKind.Cpu, LoadKind.Memory];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 100)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_pays_pays_with_more_gain_more_time_and_less_to_copy_too(int seed)
    {
        var random = new Random(seed);
        var kind = Kinds[random.Next(3)];
        var host = new Burden(random.NextDouble() * 4, kind == LoadKind.Network ? 1 : kind == LoadKind.Cpu ? 1 + random.Next(64) : random.Next(1, 512) * (double)GiB);
        var price = new MovePrice(1 + random.Next(7_200_000), (1 + random.Next(1_000)) << 20, random.Next(3_000));
        var vm = Vm(random);

        // What it costs for each second of the horizon is what it must win.
        var even = kind.Cost(vm, host, price) / (price.HorizonMs / 1_000.0);
        Assert.True(double.IsFinite(even) && even > 0, $"It costs {even}.");
        Assert.Null(price.WhyNot(kind, even * 1.001, host, vm));
        Assert.NotNull(price.WhyNot(kind, even * 0.999, host, vm));
        Assert.NotNull(price.WhyNot(kind, 0, host, vm));
        Assert.NotNull(price.WhyNot(kind, -even, host, vm));
        Assert.Null(price.WhyNot(kind, even, host, vm with { MemoryBytes = vm.MemoryBytes / 2 }));
        Assert.Null((price with { HorizonMs = (price.HorizonMs * 2) + 1 }).WhyNot(kind, even, host, vm));
        Assert.Null((price with { HorizonMs = 0 }).WhyNot(kind, -even, host, vm));
        Assert.True(kind.Cost(vm with { Mode = MigrationMode.Direct }, host, price) < kind.Cost(vm with { Mode = MigrationMode.Hybrid }, host, price), "Direct copies once.");

        // Who writes less is cheaper to copy, and of whom nobody knows how much is taken to write as fast as is copied.
        var written = random.NextDouble() * 2 * price.BytePerSecond;
        Assert.True(kind.Cost(vm with { DirtyBytePerSecond = 0 }, host, price) < kind.Cost(vm with { DirtyBytePerSecond = written }, host, price), "Writing costs.");
        Assert.True(kind.Cost(vm with { DirtyBytePerSecond = written }, host, price) <= kind.Cost(vm, host, price), "Nobody sends more than all twice in hybrid.");
        Assert.True(
            kind.Cost(vm with { DirtyBytePerSecond = written }, host, price) <= kind.Cost(vm with { DirtyBytePerSecond = written, Mode = MigrationMode.PreCopy }, host, price),
            "Pre-copy sends what is written again and again.");

        // And who stands still for longer leaves more undone; of memory nothing.
        var gapMs = (price.GapMs * 2) + 1_000;
        Assert.Equal(kind == LoadKind.Memory, kind.Cost(vm with { GapMs = gapMs }, host, price) <= kind.Cost(vm, host, price));

        // Two must win what both cost.
        Assert.NotNull(price.WhyNot(kind, even, host, vm, Vm(random)));
    }

    [Fact]
    public void It_says_what_it_wins_what_is_copied_and_from_where_on_it_would_pay()
    {
        var price = MovePrice.Of(new ActorMigOptions { HostName = "own" });
        var vm = new VmFacts("a", "a", 64 * GiB, 1, 0, true, false);
        Assert.Equal(
            "that does not pay within 1 h (actormig.barter.horizon): it wins 100.0 Mbit/s, and up to 128.00 GiB are copied, which is worth it from 305.4 Mbit/s on",
            price.WhyNot(LoadKind.Network, 100e6, new Burden(450e6, 1), vm));
    }

    [Fact]
    public void It_says_how_much_is_written_and_counts_it()
    {
        var price = MovePrice.Of(new ActorMigOptions { HostName = "own" });
        var vm = new VmFacts("a", "a", 64 * GiB, 1, 0, true, false, DirtyBytePerSecond: 11 << 20);
        Assert.Equal(64 * GiB * 1.1, price.Bytes(vm), 1.0);
        Assert.Equal(64 * GiB / 0.9, price.Bytes(vm with { Mode = MigrationMode.PreCopy }), 1.0);
        Assert.Equal(64 * GiB * MovePrice.CopiesMax, price.Bytes(vm with { Mode = MigrationMode.PreCopy, DirtyBytePerSecond = 200 << 20 }));
        Assert.Equal(
            "that does not pay within 1 h (actormig.barter.horizon): it wins 100.0 Mbit/s, and up to 70.40 GiB are copied (11 MiB of it are written to each second), which is worth it from 168.0 Mbit/s on",
            price.WhyNot(LoadKind.Network, 100e6, new Burden(450e6, 1), vm));
    }

    /// <summary>The first of those that do and pay goes: not one that relieves more and does not pay.</summary>
    [Fact]
    public void The_rules_propose_what_pays()
    {
        var options = new ActorMigOptions { HostName = "own" };
        var rules = new ThresholdRules(options.Threshold, options.Margin, MovePrice.Of(options));
        VmView big = new(new VmFacts("big", "big", 64 * GiB, 1, 250e6, true, false), VmStatus.Idle, true);
        VmView small = new(new VmFacts("small", "small", GiB, 1, 200e6, true, false), VmStatus.Idle, true);
        HostView View(params VmView[] vms) => new("own", 1, vms.Sum(v => v.Facts.LoadBitPerSecond), vms, 0, [new Digest(1, "h2", 100e6, 80 * GiB, Mode.Auto)]);
        Assert.Equal("small", rules.Propose(View(big, small)).Proposal!.Give);
        Assert.Contains(rules.Alternatives(View(big, small), rules.Propose(View(big, small)).Proposal, "h2"), a => a.Vm == "big" && a.Reason.Contains("does not pay", StringComparison.Ordinal));
        var (proposal, refusal, _, reason) = rules.Propose(View(big, big with { Facts = big.Facts with { Uuid = "other", Name = "other" } }));
        Assert.Equal((null, Refusal.NoFittingVm), (proposal, refusal));
        Assert.Contains("big (250.0 Mbit/s): that does not pay within 1 h", reason, StringComparison.Ordinal);
        Assert.Equal("big", new ThresholdRules(options.Threshold, options.Margin).Propose(View(big, small)).Proposal!.Give);

        // The same of a swap, where the one who is asked chooses what goes for it.
        var offer = new Offer("b", BarterKind.Swap, "big", [big.Facts], 450e6, 80 * GiB, "");
        var asked = new HostView("h2", 1, 250e6, [small with { Facts = small.Facts with { LoadBitPerSecond = 150e6 } }], 80 * GiB, []);
        var (no, _, why) = rules.Judge(offer, asked);
        Assert.Equal(Refusal.NoFittingVm, no);
        Assert.Contains("so that it pays to move both (actormig.barter.horizon)", why, StringComparison.Ordinal);
        Assert.Null(rules.Judge(offer with { Vms = [big.Facts with { MemoryBytes = GiB }] }, asked).Refusal);
    }

    private static VmFacts Vm(Random random) => new(
        "uuid", "vm", random.Next(1, 128) * GiB, 2, random.NextDouble() * 1e9, true, false, Use: new VmUse(random.NextDouble() * 8, random.Next()));
}
