using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Several loads by weight, for any hosts: the parts are what the gain is, nothing wins more, and both sides compute the same.</summary>
public sealed class WeightedRulesTests
{
    private const long GiB = 1L << 30;
    private static readonly ActorMigOptions Options = new() { HostName = "own" };
    private static readonly LoadKind[] Kinds = [LoadKind.Network, LoadKind.Cpu, LoadKind.Memory];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_parts_make_the_gain_nothing_wins_more_and_the_other_host_finds_the_same(int seed)
    {
        var random = new Random(seed);
        var loads = Loads(random);
        var talk = random.Next(3) == 0 ? null : new WeighedTalk(Options.Affinity, 400e6, 0.1 + random.NextDouble());
        var rules = new WeightedRules(loads, Options.Margin, MovePrice.Of(Options), talk);
        var view = Talking(View(random), random, out var talks);
        var (proposal, refusal, peer, reason) = rules.Propose(view);
        var isOver = loads.Any(l => l.Kind.Of(view.LoadBitPerSecond, view.Use)!.Value.Level > l.Limits.Overload);
        if (proposal is null)
        {
            Assert.Equal(!isOver, refusal == Refusal.Calm);
            Assert.False(string.IsNullOrEmpty(reason), "Nothing has a reason, too.");
            Assert.InRange(rules.Alternatives(view, null).Count, 0, Alternative.Max);
            return;
        }

        Assert.True(isOver, "Only what is over a limit is worth it.");
        Assert.Equal(proposal.Gain, proposal.Parts!.Sum(p => p.Gain), 1e-12);
        Assert.Equal([.. loads.Select(l => l.Kind.Policy), .. talk is null ? [] : (string[])["affinity"]], proposal.Parts!.Select(p => p.Policy));
        Assert.All(proposal.Parts!, p => Assert.Contains(p.InWords(), reason, StringComparison.Ordinal));
        Assert.True(proposal.Gain > 0, reason);

        // By hand: the gain of each load, and that no host is over a limit afterwards for what it gets.
        var (give, to) = (view.Vms.Single(v => v.Facts.Uuid == proposal.Give).Facts, view.Peers.Single(p => p.Host == peer));
        foreach (var (load, part) in loads.Zip(proposal.Parts!))
        {
            var (mine, theirs, amount) = (load.Kind.Of(view.LoadBitPerSecond, view.Use)!.Value, load.Kind.Of(to.LoadBitPerSecond, to.Use)!.Value, load.Kind.Of(give)!.Value);
            var won = Math.Max(mine.Level, theirs.Level) - Math.Max((mine.Amount - amount) / mine.Capacity, (theirs.Amount + amount) / theirs.Capacity);
            Assert.Equal(load.Weight * won / load.Limits.Overload, part.Gain, 1e-9);
            Assert.True((theirs.Amount + amount) / theirs.Capacity <= load.Limits.Overload, reason);
        }

        if (talk is not null)
        {
            // What it says to those who are there, less what it says to those whom it leaves; both ways.
            string[] there = [.. to.Pair!.Vms.Select(v => v.Uuid)], here = [.. view.Vms.Select(v => v.Facts.Uuid)];
            double With(string[] others) => talks.Where(t => (t.From == give.Uuid && others.Contains(t.To)) || (t.To == give.Uuid && others.Contains(t.From))).Sum(t => t.BitPerSecond);
            Assert.Equal(talk.Weight * (With(there) - With(here)) / talk.LimitBitPerSecond, proposal.Parts![^1].Gain, 1e-9);
        }

        Assert.True(to.FreeBytes >= give.MemoryBytes, "There is room.");
        Assert.All(rules.Alternatives(view, proposal), a => Assert.True(
            a.Figure <= proposal.Gain || !a.Reason.StartsWith("it would win", StringComparison.Ordinal), $"{a} wins more than {reason}"));

        // The host that is asked agrees, from what it is told.
        var offer = new Offer("b", proposal.Kind, give.Uuid, [give], view.LoadBitPerSecond, view.FreeBytes, reason, Policy: WeightedPolicyActor.PolicyName, Use: view.Use, Pair: view.Pair);
        var (no, _, why) = rules.Judge(offer, new HostView(to.Host, 1, to.LoadBitPerSecond, [], to.FreeBytes, [], Use: to.Use, Pair: to.Pair));
        Assert.Null(no);
        Assert.All(proposal.Parts!, p => Assert.Contains(p.InWords(), why, StringComparison.Ordinal));
    }

    [Fact]
    public void A_weight_decides_between_less_traffic_and_less_memory()
    {
        // Both hosts could take it: h2 has the traffic, h3 the memory to lose.
        VmView[] vms = [Vm("a", 150, 1, 4), Vm("b", 300, 1, 4)];
        HostView view = new("own", 1, 450e6, vms, 0,
        [
            new Digest(1, "h2", 200e6, 40 * GiB, Mode.Auto, Use: new HostUse(0, 4, 2 * GiB, 32 * GiB)),
            new Digest(1, "h3", 20e6, 40 * GiB, Mode.Auto, Use: new HostUse(0, 4, 22 * GiB, 32 * GiB)),
        ], Use: new HostUse(2, 4, 20 * GiB, 32 * GiB));
        Assert.Equal("h3", Of(threshold: 1, memory: 0).Propose(view).Peer);
        Assert.Equal("h2", Of(threshold: 0.1, memory: 1).Propose(view).Peer);
        Assert.Equal(Refusal.Calm, Of(threshold: 0, memory: 1).Propose(view).Refusal);
        Assert.Equal(Refusal.Calm, Of(threshold: 0, memory: 0).Propose(view).Refusal);
    }

    [Fact]
    public void A_VM_that_talks_goes_to_those_to_whom_it_talks_and_one_whose_partners_stay_does_not()
    {
        // h3 has less traffic, but "a" talks to a VM of h2; "b" talks to "c" beside it.
        VmView[] vms = [Vm("a", 150, 1, 4), Vm("b", 150, 1, 4), Vm("c", 150, 1, 4)];
        var own = new PairHalf("own", [Half("a", new VmTie("d", "h2", 100e6, 100e6)), Half("b", new VmTie("c", "own", 100e6, 100e6)), Half("c", new VmTie("b", "own", 100e6, 100e6))], []);
        HostView view = new("own", 1, 450e6, vms, 0,
        [
            new Digest(1, "h2", 180e6, 40 * GiB, Mode.Auto, Pair: new PairHalf("h2", [Half("d", new VmTie("a", "own", 100e6, 100e6))], [])),
            new Digest(1, "h3", 20e6, 40 * GiB, Mode.Auto),
        ], Pair: own);
        WeighedLoad[] loads = [new(LoadKind.Network, Options.Threshold.Limits, 1)];
        var price = MovePrice.Of(Options);
        Assert.Equal("h3", new WeightedRules(loads, Options.Margin, price).Propose(view).Peer);
        var talking = new WeightedRules(loads, Options.Margin, price, new WeighedTalk(Options.Affinity, 400e6, 1));
        var (proposal, _, peer, _) = talking.Propose(view);
        Assert.Equal(("h2", "a"), (peer, proposal!.Give));

        // Also where the other host says nothing of its VMs it is known whom it would leave.
        var left = talking.Alternatives(view, proposal).Where(a => a.Vm is "b" or "c").ToArray();
        Assert.NotEmpty(left);
        Assert.All(left, a => Assert.Contains("it wins nothing", a.Reason, StringComparison.Ordinal));

        // Nobody has it exchange anything.
        var exchange = new Offer("b", BarterKind.Exchange, "a", [vms[0].Facts], 450e6, 0, "", Policy: WeightedPolicyActor.PolicyName, Exchange: new Exchange(["a"], ["d"], 1e6), Pair: own);
        Assert.Equal(Refusal.Nonsense, talking.Judge(exchange, view).Refusal);
    }

    [Fact]
    public void Of_a_host_that_says_nothing_what_is_counted_here_must_do_and_third_hosts_are_as_far_from_it()
    {
        var talk = new WeighedTalk(Options.Affinity, 400e6, 1);
        var own = new PairHalf("own", [Half("a", new VmTie("x", "h9", 50e6, null), new VmTie("d", "h2", 40e6, null), new VmTie("b", "own", 10e6, 10e6)), Half("b", new VmTie("a", "own", 10e6, 10e6))], [new HostDistance("h9", 20)]);
        double Part(PairHalf? to) => talk.Parts(own, 0, "h2", to, GiB)!["a"].Gain;
        Assert.Equal((40e6 - 20e6) / 400e6, Part(null), 1e-9);

        // Whoever says that none of its own is "d" is right, and whoever is near to h9 is nearer by nine.
        Assert.Equal(-20e6 / 400e6, Part(new PairHalf("h2", [], [])), 1e-9);
        Assert.Equal(((9 * 50e6) - 20e6) / 400e6, Part(new PairHalf("h2", [], [new HostDistance("h9", 2)])), 1e-9);
    }

    [Fact]
    public void Of_what_others_want_each_load_has_its_say()
    {
        var rules = Of(threshold: 1, memory: 1);
        var big = Vm("a", 10, 1, 30).Facts;
        var view = new HostView("h2", 1, 100e6, [], 40 * GiB, [], Use: new HostUse(0, 4, 20 * GiB, 32 * GiB));
        var offer = new Offer("b", BarterKind.Migrate, "a", [big], 450e6, 0, "", Policy: "quiet", Use: new HostUse(0, 4, GiB, 32 * GiB));
        Assert.Equal(Refusal.WorseForMe, rules.Judge(offer, view).Refusal);
        Assert.Null(rules.Judge(offer with { Vms = [Vm("a", 10, 1, 1).Facts] }, view).Refusal);
    }

    private static WeightedRules Of(double threshold, double memory) => new(
        [.. new WeighedLoad[] { new(LoadKind.Network, Options.Threshold.Limits, threshold), new(LoadKind.Memory, Options.Memory, memory) }.Where(l => l.Weight > 0)],
        Options.Margin,
        MovePrice.Of(Options));

    private static WeighedLoad[] Loads(Random random)
    {
        LoadLimits[] limits = [Options.Threshold.Limits, Options.Cpu, Options.Memory];
        var wanted = 1 + random.Next(7);
        return [.. Kinds.Select((k, i) => new WeighedLoad(k, limits[i], 0.1 + random.NextDouble())).Where((_, i) => (wanted & (1 << i)) != 0)];
    }

    private static HostView View(Random random)
    {
        VmView[] vms = [.. Enumerable.Range(1, 1 + random.Next(6)).Select(n => Vm($"vm{n}", random.Next(250), random.NextDouble() * 2, 1 + random.Next(6)))];
        Digest[] peers = [.. Enumerable.Range(2, random.Next(4)).Select(n => new Digest(
            1, $"h{n}", random.Next(400) * 1e6, random.Next(16) * GiB, Mode.Auto, Use: new HostUse(random.NextDouble() * 4, 4 + random.Next(5), random.Next(20) * GiB, 24 * GiB)))];
        return new HostView(
            "own", 1, vms.Sum(v => v.Facts.LoadBitPerSecond), vms, 8 * GiB, peers,
            Use: new HostUse(vms.Sum(v => v.Facts.Use!.Cpus), 4, vms.Sum(v => v.Facts.Use!.MemoryBytes), 24 * GiB));
    }

    /// <summary>The same hosts, whose VMs talk to each other and to those of the peers.</summary>
    private static HostView Talking(HostView view, Random random, out (string From, string To, double BitPerSecond)[] talks)
    {
        (string Uuid, string Host)[] all =
        [
            .. view.Vms.Select(v => (v.Facts.Uuid, view.Host)), .. view.Peers.SelectMany(p => Enumerable.Range(1, random.Next(4)).Select(n => ($"{p.Host}-{n}", p.Host))),
        ];
        var drawn = talks = [.. all.SelectMany(a => all.Where(b => b != a && random.Next(4) == 0).Select(b => (a.Uuid, b.Uuid, random.Next(1, 60) * 1e6)))];

        // A host counts what its own VMs send; of what they hear only what comes from its own.
        VmTie[] Ties(string uuid, string host) =>
        [
            .. all.Where(o => o.Uuid != uuid)
                .Select(o => new VmTie(o.Uuid, o.Host, Sent(uuid, o.Uuid), o.Host == host ? Sent(o.Uuid, uuid) : null)).Where(t => t.SentBitPerSecond + (t.HeardBitPerSecond ?? 0) > 0),
        ];
        double Sent(string from, string to) => drawn.Where(t => t.From == from && t.To == to).Sum(t => t.BitPerSecond);
        PairHalf HalfOf(string host) => new(host, [.. all.Where(a => a.Host == host).Select(a => Half(a.Uuid, Ties(a.Uuid, host))).OrderBy(v => v.Uuid, StringComparer.Ordinal)], []);
        return view with { Pair = HalfOf(view.Host), Peers = [.. view.Peers.Select(p => p with { Pair = HalfOf(p.Host) })] };
    }

    private static PairHalfVm Half(string uuid, params VmTie[] ties) => new(uuid, uuid, GiB, true, ties);

    private static VmView Vm(string name, double mbitPerSecond, double cpus, int gib) => new(
        new VmFacts(name, name, gib * GiB, 2, mbitPerSecond * 1e6, true, false, Use: new VmUse(cpus, gib * GiB)), VmStatus.Idle, true);
}
