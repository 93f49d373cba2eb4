using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Tests.Affinity;

/// <summary>
/// Small clusters of groups that talk among themselves, until no host proposes anything any more: each exchange that both hosts agree on lowers what passes
/// between hosts, finds room, and breaks no rule; and it ends.
/// </summary>
public sealed class AffinityRulesTests
{
    private const int Seeds = 150;
    private const long MiB = 1 << 20;
    private const long CapacityBytes = 1_024 * MiB;
    private static readonly AffinityOptions s_options = new() { Exchange = new ExchangeOptions { GainMinBitPerSecond = 1e5 } };
    private static readonly AffinityRules s_rules = new(s_options);

    [Fact]
    public void Exchanges_lower_what_passes_between_hosts_until_nothing_more_is_won()
    {
        var (first, last, exchanges) = (0.0, 0.0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var cluster = new Cluster(seed, hasRules: false);
            first += cluster.Between();
            exchanges += Play(cluster, seed);
            last += cluster.Between();
        }

        Assert.True(last < first / 2, $"{first:0} bit/s passed between hosts at first, {last:0} at the end, after {exchanges} exchanges.");
        Assert.True(exchanges > Seeds, $"{exchanges} exchanges are too few to show anything.");
    }

    [Fact]
    public void No_exchange_breaks_a_rule_that_held()
    {
        var exchanges = Enumerable.Range(0, Seeds).Sum(seed => Play(new Cluster(seed, hasRules: true), seed));
        Assert.True(exchanges > Seeds / 2, $"{exchanges} exchanges are too few to show anything.");
    }

    [Fact]
    public void Who_is_asked_finds_the_same_gain_by_what_both_have_told()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var cluster = new Cluster(seed, hasRules: false);
            foreach (var host in cluster.Hosts)
            {
                if (s_rules.Propose(cluster.View(host)).Proposal is { } proposal)
                {
                    var answer = s_rules.Judge(cluster.Offer(host, proposal), cluster.View(proposal.Peer));
                    Assert.True(answer.Refusal is null, $"seed {seed}: {answer}");

                    // And by what the other one says of itself it is worth as much as it says, or it is not believed.
                    var twice = proposal with { Exchange = proposal.Exchange! with { GainBitPerSecond = proposal.Gain * 2 } };
                    Assert.Equal(Refusal.StaleView, s_rules.Judge(cluster.Offer(host, twice), cluster.View(proposal.Peer)).Refusal);
                }
            }
        }
    }

    [Fact]
    public void What_wins_nothing_by_what_the_granter_knows_is_refused()
    {
        var cluster = new Cluster(1, hasRules: false);
        var proposal = cluster.Hosts.Select(h => (Host: h, s_rules.Propose(cluster.View(h)).Proposal)).First(p => p.Proposal is not null);
        var offer = cluster.Offer(proposal.Host, proposal.Proposal!);
        var silent = offer with { Pair = offer.Pair! with { Vms = [.. offer.Pair.Vms.Select(v => v with { Ties = [] })] } };
        var view = cluster.View(proposal.Proposal!.Peer);
        var deaf = view with { Pair = view.Pair! with { Vms = [.. view.Pair.Vms.Select(v => v with { Ties = [] })] } };
        Assert.Equal(Refusal.WorseForMe, s_rules.Judge(silent, deaf).Refusal);
        Assert.Equal(Refusal.NotMovable, s_rules.Judge(offer with { Pair = offer.Pair with { Vms = [.. offer.Pair.Vms.Select(v => v with { IsMovable = false })] } }, view).Refusal);
        Assert.Null(s_rules.Judge(offer with { Policy = "threshold" }, view).Refusal);
    }

    /// <summary>VMs that rules keep together go together to those with whom they talk, also where one of them alone would win nothing.</summary>
    [Fact]
    public void What_keeps_together_moves_together()
    {
        // Two of a group on h1, and two that stay; the first talks with one on h2, the second with the first.
        var together = new VmRules([new VmRule("t", RuleKind.Together)]);
        VmView[] here = [Vm("a", together, ("x", "h2", 50e6), ("b", "h1", 5e6)), Vm("b", together, ("a", "h1", 5e6)), Vm("c", null) with { IsManaged = false }, Vm("d", null) with { IsManaged = false }];
        VmView[] there = [Vm("x", null, ("a", "h1", 50e6))];

        // What talks with them there has no room here.
        var view = View("h1", here, "h2", there) with { FreeBytes = 0 };
        var proposal = s_rules.Propose(view).Proposal!;
        Assert.Equal(["a", "b"], proposal.Exchange!.Gives);
        Assert.Empty(proposal.Exchange.Takes);
        var offer = new Offer("h1-1-1", proposal.Kind, proposal.Give, [.. here.Take(2).Select(v => v.Facts)], 0, view.FreeBytes, "", 0, AffinityPolicyActor.PolicyName, Exchange: proposal.Exchange, Pair: view.Pair);
        Assert.Null(s_rules.Judge(offer, View("h2", there, "h1", here)).Refusal);

        // With one that may not move none does.
        var held = View("h1", [here[0], here[1] with { IsManaged = false }, .. here[2..]], "h2", there) with { FreeBytes = 0 };
        Assert.Null(s_rules.Propose(held).Proposal);
    }

    /// <summary>What was looked at with each peer is told, with what it wins, and why it is not what is proposed.</summary>
    [Fact]
    public void What_else_was_looked_at_is_named_with_peer_figure_and_reason()
    {
        VmView[] here = [Vm("a", null, ("x", "h2", 50e6)), Vm("b", null, ("y", "h3", 20e6)), Vm("c", null, ("z", "h4", 1e4)), Vm("d", null, ("w", "h5", 1e6))];
        VmView[] there = [Vm("x", null, ("a", "h1", 50e6))];
        var view = View("h1", here, "h2", there);
        Digest Peer(string host, Mode mode, params VmView[] vms) => new(1, host, 0, CapacityBytes - vms.Sum(v => v.Facts.MemoryBytes), mode, Pair: PairHalves.Of(host, vms, [], s_options));
        view = view with
        {
            Peers = [.. view.Peers, Peer("h3", Mode.Auto, Vm("y", null, ("b", "h1", 20e6))), Peer("h4", Mode.Auto, Vm("z", null, ("c", "h1", 1e4))), Peer("h5", Mode.Observe, Vm("w", null, ("d", "h1", 1e6)))],
        };
        var look = s_rules.Look(view);
        Assert.Equal("h2", look.Answer.Proposal!.Peer);
        Assert.Equal(["b h3", "c h4", " h5"], look.Alternatives.Select(a => $"{a.Vm} {a.Peer}"));
        Assert.Contains("b to h3 bring 40.0 Mbit/s together, tear 0.0 Mbit/s apart and cost ", look.Alternatives[0].Reason, StringComparison.Ordinal);
        Assert.EndsWith(" with h2", look.Alternatives[0].Reason, StringComparison.Ordinal);
        Assert.InRange(look.Alternatives[0].Figure!.Value, 1, look.Answer.Proposal.Gain);
        Assert.EndsWith("so nothing is won", look.Alternatives[1].Reason, StringComparison.Ordinal);
        Assert.Equal("h5 is in mode observe", look.Alternatives[2].Reason);

        // The one that is held stays the one while the best wins hardly more.
        Assert.Equal("h2", s_rules.Look(view, "h3").Answer.Proposal!.Peer);
        var alike = view with { Peers = [view.Peers[0], Peer("h3", Mode.Auto, Vm("y", null, ("b", "h1", 48e6))), .. view.Peers.Skip(2)] };
        Assert.Equal("h2", s_rules.Look(alike).Answer.Proposal!.Peer);
        look = s_rules.Look(alike, "h3");
        Assert.Equal("h3", look.Answer.Proposal!.Peer);
        Assert.Contains("with which it is held already", look.Alternatives[0].Reason, StringComparison.Ordinal);
    }

    /// <summary>Who writes faster than is copied counts twice in hybrid; a group counts by what is copied of all of it; a peer that knows nothing of it computes as before.</summary>
    [Fact]
    public void What_is_written_makes_a_move_dearer_as_far_as_both_hosts_know_it()
    {
        VmRules together = new([new VmRule("shop", RuleKind.Together)]);
        VmView Writes(VmView vm, double bytes) => vm with { Facts = vm.Facts with { DirtyBytePerSecond = bytes } };
        VmView[] here = [Writes(Vm("a", together, ("x", "h2", 50e6)), 1e12), Writes(Vm("b", together, ("x", "h2", 50e6)), 0)], there = [Writes(Vm("x", null, ("a", "h1", 50e6)), 0)];
        var price = MovePrice.Of(new ActorMigOptions { HostName = "h1" });
        PairHalf Half(string host, VmView[] vms) => PairHalves.Of(host, vms, [], s_options, price: price)!;
        PairProblem Problem(PairHalf b) => PairHalves.Problem(Half("h1", here), 0, b, CapacityBytes, s_options);
        var problem = Problem(Half("h2", there));
        Assert.Equal([2.0, 1.0], problem.VmsOfA.Select(v => v.PriceFactor));
        Assert.Equal(1.5, Assert.Single(new TogetherUnits(here.Select(v => v.Facts)).Merged(problem).VmsOfA).PriceFactor);
        Assert.All(Problem(PairHalves.Of("h2", there, [], s_options)!).VmsOfA, v => Assert.Equal(1, v.PriceFactor));
    }

    private static VmView Vm(string name, VmRules? rules, params (string Uuid, string Host, double BitPerSecond)[] partners) => new(
        new VmFacts(name, name, 96 * MiB, 1, 0, IsPersistent: true, IsAutostart: false, Rules: rules), VmStatus.Idle, IsManaged: true,
        Traffic: new VmTraffic([.. partners.Select(p => new Partner(p.Uuid, p.Uuid, p.Host, p.BitPerSecond, p.Host == "h1" ? p.BitPerSecond : null))], 0, 0, 0));

    private static HostView View(string host, VmView[] here, string peer, VmView[] there) => new(
        host, 1, 0, here, CapacityBytes - here.Sum(v => v.Facts.MemoryBytes),
        [new Digest(1, peer, 0, CapacityBytes - there.Sum(v => v.Facts.MemoryBytes), Mode.Auto, Groups: RuleJudge.Groups(there.Select(v => v.Facts)), Pair: PairHalves.Of(peer, there, [], s_options))],
        Pair: PairHalves.Of(host, here, [], s_options));

    /// <summary>How many exchanges there were until nobody proposed one.</summary>
    private static int Play(Cluster cluster, int seed)
    {
        var exchanges = 0;
        for (var isCalm = false; !isCalm;)
        {
            isCalm = true;
            foreach (var host in cluster.Hosts)
            {
                if (s_rules.Propose(cluster.View(host)).Proposal is not { } proposal
                    || s_rules.Judge(cluster.Offer(host, proposal), cluster.View(proposal.Peer)).Refusal is not null
                    || cluster.WhyNotTaken(proposal) is not null)
                {
                    continue;
                }

                var (between, broken) = (cluster.Between(), cluster.Broken());
                cluster.Apply(host, proposal);
                Assert.True(cluster.Between() < between, $"seed {seed}: {proposal} raises what passes between hosts from {between} to {cluster.Between()}");
                Assert.True(cluster.Broken().IsSubsetOf(broken), $"seed {seed}: {proposal} breaks {string.Join(", ", cluster.Broken().Except(broken))}");
                Assert.All(cluster.Hosts, h => Assert.True(cluster.FreeBytes(h) >= 0, $"seed {seed}: {h} has no room for {proposal}"));
                isCalm = false;
                Assert.True(++exchanges < 200, $"seed {seed}: it does not end");
            }
        }

        return exchanges;
    }

    private sealed class Cluster
    {
        private readonly SortedDictionary<string, VmFacts> _vms = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, string> _where = new(StringComparer.Ordinal);
        private readonly SortedDictionary<(string From, string To), double> _sent = [];

        public Cluster(int seed, bool hasRules)
        {
            var random = new Random(seed);
            Hosts = [.. Enumerable.Range(1, random.Next(2, 5)).Select(h => $"h{h}")];
            var groups = random.Next(1, 5);
            var of = new SortedDictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < Hosts.Count * 3; i++)
            {
                var (name, bytes) = ($"vm{i:00}", random.Next(1, 4) * 96 * MiB);
                if (Hosts.Where(h => FreeBytes(h) >= bytes).ToArray() is { Length: > 0 } rooms)
                {
                    _vms[name] = new VmFacts(name, name, bytes, 1, 0, IsPersistent: true, IsAutostart: false, Rules: hasRules ? Rules(random) : null);
                    _where[name] = rooms[random.Next(rooms.Length)];
                    of[name] = random.Next(groups);
                }
            }

            foreach (var (from, to) in from a in _vms.Keys from b in _vms.Keys where a != b && of[a] == of[b] && random.Next(10) < 7 select (a, b))
            {
                _sent[(from, to)] = random.Next(1, 100) * 1e5;
            }
        }

        public IReadOnlyList<string> Hosts { get; }

        public double Between() => _sent.Where(s => _where[s.Key.From] != _where[s.Key.To]).Sum(s => s.Value);

        public long FreeBytes(string host) => CapacityBytes - On(host).Sum(v => v.MemoryBytes);

        /// <summary>What the agent of the host that is asked looks at besides: the rules of what it gives.</summary>
        public string? WhyNotTaken(Proposal proposal)
        {
            VmFacts[] taken = [.. proposal.Exchange!.Takes.Select(t => _vms[t])];
            VmFacts[] given = [.. proposal.Gives.Select(t => _vms[t])];
            VmFacts[] stay = [.. On(proposal.Peer).Except(taken)];
            var proposer = _where[proposal.Give];
            return taken.Select(t => RuleJudge.WhyNotFrom(t, proposal.Peer, stay) ?? RuleJudge.WhyNotTo(t, proposer, On(proposer).Except(given).Concat(taken)))
                .Concat(given.Select(g => RuleJudge.WhyNotTo(g, proposal.Peer, stay.Concat(given)))).FirstOrDefault(why => why is not null);
        }

        public void Apply(string host, Proposal proposal)
        {
            foreach (var uuid in proposal.Exchange!.Gives)
            {
                _where[uuid] = proposal.Peer;
            }

            foreach (var uuid in proposal.Exchange.Takes)
            {
                _where[uuid] = host;
            }
        }

        public SortedSet<string> Broken() => new(
            _vms.Values.Where(v => RuleJudge.WhyNotTo(v, _where[v.Uuid], On(_where[v.Uuid])) is not null).Select(v => v.Uuid + " apart")
                .Concat(_vms.Values.SelectMany(v => RuleJudge.GroupsOf(v).Where(r => r.Kind == RuleKind.Together).SelectMany(r => _vms.Values.Where(o => RuleJudge.Has(o, r) && _where[o.Uuid] != _where[v.Uuid]).Select(o => $"{v.Uuid} without {o.Uuid}")))),
            StringComparer.Ordinal);

        public HostView View(string host) => new(
            host, 1, 0, Views(host), FreeBytes(host), [.. Hosts.Where(h => h != host).Select(h => new Digest(1, h, 0, FreeBytes(h), Mode.Auto, Groups: RuleJudge.Groups(On(h)), Pair: Half(h)))], Pair: Half(host));

        public Offer Offer(string host, Proposal proposal) => new(
            $"{host}-1-1", proposal.Kind, proposal.Give, [.. proposal.Gives.Select(g => _vms[g])], 0, FreeBytes(host), "", 0, AffinityPolicyActor.PolicyName, Exchange: proposal.Exchange, Pair: Half(host));

        private VmFacts[] On(string host) => [.. _where.Where(w => w.Value == host).Select(w => _vms[w.Key])];

        private VmView[] Views(string host) => [.. On(host).Select(v => new VmView(v, VmStatus.Idle, IsManaged: true, Traffic: new VmTraffic(Partners(v.Uuid, host), 0, 0, 0)))];

        /// <summary>Each host counts what its own VMs send, and hears only what others of it send.</summary>
        private Partner[] Partners(string uuid, string host) =>
        [
            .. _vms.Keys.Where(o => o != uuid).Select(o => new Partner(
                o, o, _where[o], _sent.GetValueOrDefault((uuid, o)), _where[o] == host ? _sent.GetValueOrDefault((o, uuid)) : null)).Where(p => p.BitPerSecond > 0),
        ];

        private PairHalf? Half(string host) => PairHalves.Of(host, Views(host), [], s_options);

        private static VmRules? Rules(Random random)
        {
            var rules = new List<VmRule>();
            if (random.Next(4) == 0)
            {
                rules.Add(new VmRule($"a{random.Next(2)}", RuleKind.Apart));
            }

            if (random.Next(4) == 0)
            {
                rules.Add(new VmRule($"t{random.Next(2)}", RuleKind.Together));
            }

            if (random.Next(5) == 0)
            {
                rules.Add(new VmRule("n", RuleKind.NeverOn, [$"h{random.Next(1, 4)}"]));
            }

            return rules.Count == 0 ? null : new VmRules(rules, Priority: 0);
        }
    }
}
