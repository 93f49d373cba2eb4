using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Rules: matching, hours, and mending that ends and breaks nothing.</summary>
public sealed class RulesTests
{
    private const long HourMs = 3_600_000;

    [Theory]
    [InlineData("db*", "db1", true)]
    [InlineData("*", "", true)]
    [InlineData("web?", "web", false)]
    [InlineData("w*b*1", "web-blue-1", true)]
    [InlineData("tag:sh*", "anything", true)]
    [InlineData("tag:other", "anything", false)]
    public void A_rule_is_for_names_patterns_and_tags(string pattern, string vm, bool isFor) =>
        Assert.Equal(isFor, new Rule { Name = "r", Vms = [pattern] }.IsFor(vm, ["shop"]));

    [Theory]
    [InlineData("Mon-Fri 08:00-18:00", 24 + 10, true)] // The first of January 1970 was a Thursday.
    [InlineData("Mon-Fri 08:00-18:00", 48 + 10, false)]
    [InlineData("Thu 22:00-02:00", 25, true)]
    [InlineData("Thu 22:00-02:00", 1, false)]
    [InlineData("06:00-07:30", 6, true)]
    public void Hours_are_those_of_the_clock_on_the_wall(string hours, int atHour, bool isIn) =>
        Assert.Equal(isIn, RuleHours.Read(hours)!.Has(atHour * HourMs));

    [Theory]
    [InlineData("Mon-Fri")]
    [InlineData("25:00-26:00")]
    [InlineData("Mondays 08:00-18:00")]
    public void What_is_no_time_is_none(string hours) => Assert.Null(RuleHours.Read(hours));

    [Fact]
    public void Mending_ends_and_never_breaks_what_held()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string[] hosts = [.. Enumerable.Range(1, random.Next(2, 6)).Select(h => $"h{h}")];
            var where = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var vms = Enumerable.Range(0, random.Next(2, 12)).Select(i => Vm($"vm{i:00}", random, hosts)).ToDictionary(v => v.Uuid, StringComparer.Ordinal);
            foreach (var vm in vms.Keys)
            {
                where[vm] = hosts[random.Next(hosts.Length)];
            }

            var moves = 0;
            for (var isCalm = false; !isCalm; Assert.True(moves <= 10 * vms.Count, $"seed {seed}: it does not end"))
            {
                isCalm = true;
                foreach (var host in hosts)
                {
                    if (RuleMending.Propose(View(host, hosts, where, vms)) is { } proposal)
                    {
                        var (before, rulesBefore) = (Broken(where, vms), RulesBroken(vms[proposal.Give], where, vms));
                        where[proposal.Give] = proposal.Peer;
                        var (after, rulesAfter) = (Broken(where, vms), RulesBroken(vms[proposal.Give], where, vms));
                        (isCalm, moves) = (false, moves + 1);
                        Assert.True(rulesAfter.CompareTo(rulesBefore) < 0, $"seed {seed}: {proposal} leaves of its VM's rules {rulesAfter} broken after {rulesBefore}");
                        Assert.True(after.IsSubsetOf(before), $"seed {seed}: {proposal} breaks {string.Join(", ", after.Except(before))}");
                    }
                }
            }
        }
    }

    /// <summary>Hosts of VMs that must not be there, and pairs that must not be on one host.</summary>
    private static SortedSet<string> Broken(SortedDictionary<string, string> where, Dictionary<string, VmFacts> vms)
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var vm in vms.Values)
        {
            if (RuleJudge.WhyNotTo(vm, where[vm.Uuid], vms.Values.Where(v => where[v.Uuid] == where[vm.Uuid])) is not null)
            {
                broken.Add(vm.Uuid);
            }
        }

        return broken;
    }

    /// <summary>Of a VM's rules: those of hosts and of pairs, and how many VMs are not where most of a group are.</summary>
    private static (int Hard, int Together) RulesBroken(VmFacts vm, SortedDictionary<string, string> where, Dictionary<string, VmFacts> vms)
    {
        int hard = RuleJudge.BrokenOn(vm, where[vm.Uuid]), together = 0;
        foreach (var rule in RuleJudge.GroupsOf(vm))
        {
            int[] counts = [.. vms.Values.Where(v => RuleJudge.Has(v, rule)).GroupBy(v => where[v.Uuid]).Select(g => g.Count())];
            hard += rule.Kind == RuleKind.Apart ? counts.Sum(c => c - 1) : 0;
            together += rule.Kind == RuleKind.Together ? counts.Sum() - counts.Max() : 0;
        }

        return (hard, together);
    }

    private static HostView View(string host, string[] hosts, SortedDictionary<string, string> where, Dictionary<string, VmFacts> vms)
    {
        VmFacts[] On(string h) => [.. vms.Values.Where(v => where[v.Uuid] == h).OrderBy(v => v.Uuid, StringComparer.Ordinal)];
        return new HostView(
            host, 1, 0, [.. On(host).Select(v => new VmView(v, VmStatus.Idle, IsManaged: true))], 0,
            [.. hosts.Where(h => h != host).Select(h => new Digest(1, h, 0, 1 << 30, Mode.Auto, Groups: RuleJudge.Groups(On(h))))]);
    }

    private static VmFacts Vm(string name, Random random, string[] hosts)
    {
        var rules = new List<VmRule>();
        if (random.Next(3) == 0)
        {
            rules.Add(new VmRule($"a{random.Next(2)}", RuleKind.Apart));
        }

        for (var group = 0; group < 3; group++)
        {
            if (random.Next(4) == 0)
            {
                rules.Add(new VmRule($"t{group}", RuleKind.Together));
            }
        }

        if (random.Next(4) == 0)
        {
            rules.Add(new VmRule("p", RuleKind.Pin, [hosts[random.Next(hosts.Length)], hosts[random.Next(hosts.Length)]]));
        }

        if (random.Next(4) == 0)
        {
            rules.Add(new VmRule("n", RuleKind.NeverOn, [hosts[random.Next(hosts.Length)]]));
        }

        return new VmFacts(name, name, 1, 1, 0, IsPersistent: true, IsAutostart: false, Rules: rules.Count == 0 ? null : new VmRules(rules, Priority: random.Next(3)));
    }
}
