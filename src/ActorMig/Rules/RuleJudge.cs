using ActorMig.Vms;

namespace ActorMig.Rules;

/// <summary>Whether a move would break a rule: of a host, or of other VMs there. One clear sentence, or null.</summary>
public static class RuleJudge
{
    /// <summary>How many groups of rules a host names to others.</summary>
    public const int GroupsMax = 1_000;

    /// <summary>What a host tells of the rules of its VMs; null for nothing.</summary>
    /// <param name="vms">Its VMs.</param>
    public static IReadOnlyList<RuleGroup>? Groups(IEnumerable<VmFacts> vms)
    {
        ArgumentNullException.ThrowIfNull(vms);
        var counts = new SortedDictionary<(string Name, RuleKind Kind), int>(Comparer<(string Name, RuleKind Kind)>.Create(
            (a, b) => string.CompareOrdinal(a.Name, b.Name) is not 0 and var byName ? byName : a.Kind.CompareTo(b.Kind)));
        foreach (var rule in vms.SelectMany(GroupsOf))
        {
            counts[(rule.Name, rule.Kind)] = counts.GetValueOrDefault((rule.Name, rule.Kind)) + 1;
        }

        return counts.Count == 0 ? null : [.. counts.Take(GroupsMax).Select(c => new RuleGroup(c.Key.Name, c.Key.Kind, c.Value))];
    }

    /// <summary>Why a VM may not run on a host, whatever is there; null if it may.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="host">The host.</param>
    public static string? WhyNotOn(VmFacts vm, string host)
    {
        ArgumentNullException.ThrowIfNull(vm);
        foreach (var rule in vm.Rules?.Rules ?? [])
        {
            var hosts = rule.Hosts ?? [];
            if (rule.Kind == RuleKind.Pin && !hosts.Contains(host))
            {
                return $"{Named(rule)} pins {vm.Name} to {string.Join(", ", hosts)}, and {host} is none of them";
            }

            if (rule.Kind == RuleKind.NeverOn && hosts.Contains(host))
            {
                return $"{Named(rule)} says that {vm.Name} never runs on {host}";
            }
        }

        return null;
    }

    /// <summary>Why a VM may not come to a host; null if it may.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="host">The host.</param>
    /// <param name="there">The VMs there, without those that leave for it.</param>
    public static string? WhyNotTo(VmFacts vm, string host, IEnumerable<VmFacts> there)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return WhyNotOn(vm, host) ?? GroupsOf(vm).Where(r => r.Kind == RuleKind.Apart)
            .Select(r => there.FirstOrDefault(t => t.Uuid != vm.Uuid && Has(t, r)) is { } other ? $"rule {r.Name} keeps {vm.Name} apart from {other.Name}, which is on {host}" : null)
            .FirstOrDefault(why => why is not null);
    }

    /// <summary>The same by what the host has told of its VMs.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="host">The host.</param>
    /// <param name="there">What it has told; null for nothing.</param>
    public static string? WhyNotTo(VmFacts vm, string host, IReadOnlyList<RuleGroup>? there)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return WhyNotOn(vm, host) ?? GroupsOf(vm).Where(r => r.Kind == RuleKind.Apart)
            .Select(r => CountOf(there, r) > 0 ? $"rule {r.Name} keeps {vm.Name} apart from a VM on {host}" : null)
            .FirstOrDefault(why => why is not null);
    }

    /// <summary>Why a VM may not leave a host; null if it may.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="host">The host.</param>
    /// <param name="stay">The VMs there that stay.</param>
    public static string? WhyNotFrom(VmFacts vm, string host, IEnumerable<VmFacts> stay)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return GroupsOf(vm).Where(r => r.Kind == RuleKind.Together)
            .Select(r => stay.FirstOrDefault(s => s.Uuid != vm.Uuid && Has(s, r)) is { } other ? $"rule {r.Name} keeps {vm.Name} together with {other.Name}, which stays on {host}" : null)
            .FirstOrDefault(why => why is not null);
    }

    /// <summary>How many rules that say where a VM may run do not hold on a host.</summary>
    internal static int BrokenOn(VmFacts vm, string host) =>
        (vm.Rules?.Rules ?? []).Count(r => (r.Kind == RuleKind.Pin && !(r.Hosts ?? []).Contains(host)) || (r.Kind == RuleKind.NeverOn && (r.Hosts ?? []).Contains(host)));

    /// <summary>How many VMs of a rule a peer has.</summary>
    internal static int CountOf(IReadOnlyList<RuleGroup>? groups, VmRule rule) => groups?.FirstOrDefault(g => g.Name == rule.Name && g.Kind == rule.Kind)?.Count ?? 0;

    /// <summary>How many VMs a peer has with which a VM keeps together.</summary>
    internal static int TogetherWith(VmFacts vm, IReadOnlyList<RuleGroup>? groups) => GroupsOf(vm).Where(r => r.Kind == RuleKind.Together).Sum(r => CountOf(groups, r));

    internal static bool Has(VmFacts vm, VmRule rule) => vm.Rules?.Rules.Any(r => r.Name == rule.Name && r.Kind == rule.Kind) ?? false;

    internal static IEnumerable<VmRule> GroupsOf(VmFacts vm) => (vm.Rules?.Rules ?? []).Where(r => r.Kind is RuleKind.Together or RuleKind.Apart);

    internal static string Named(VmRule rule) => rule.Name == RuleSet.Metadata ? "its metadata" : $"rule {rule.Name}";
}
