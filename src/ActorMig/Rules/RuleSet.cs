using System.Globalization;
using ActorMig.Vms;

namespace ActorMig.Rules;

/// <summary>The rules of a host's configuration, and what follows from them for a VM.</summary>
/// <param name="All">The rules, sorted by name.</param>
public sealed record RuleSet(IReadOnlyList<Rule> All)
{
    /// <summary>Priorities are between minus this and this.</summary>
    public const int PriorityMax = 1_000;

    /// <summary>What a rule of a VM's own metadata that has no group is called; no rule of a configuration has this name.</summary>
    public const string Metadata = "metadata";

    /// <summary>No rules.</summary>
    public static RuleSet None { get; } = new([]);

    /// <summary>What binds a VM that is here; null if nothing does.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="wish">What its metadata says; null for nothing.</param>
    public VmRules? Of(string name, VmWish? wish)
    {
        var own = wish is null ? null : Of(wish);
        return With(name, own);
    }

    /// <summary>A VM with the rules of this configuration beside those that it came with.</summary>
    /// <param name="vm">The VM.</param>
    public VmFacts With(VmFacts vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return All.Count == 0 ? vm : vm with { Rules = With(vm.Name, vm.Rules) };
    }

    /// <summary>What is wrong with a VM's metadata, in words; null if nothing is.</summary>
    /// <param name="wish">The metadata.</param>
    public static string? WhyNonsense(VmWish? wish) => wish switch
    {
        null => null,
        { Priority: { } p } when Number(p) is null =>
            FormattableString.Invariant($"its metadata says priority='{p}', which is no whole number from {-PriorityMax} to {PriorityMax}; put that right with `virsh metadata`"),
        { NotDuring: { } hours } when Split(hours, ';').FirstOrDefault(h => RuleHours.Read(h) is null) is { } wrong =>
            $"its metadata says not-during='{wrong}', which is no time such as 'Mon-Fri 08:00-18:00'; put that right with `virsh metadata`",
        _ when Of(wish) is { IsSane: false } =>
            FormattableString.Invariant($"its metadata has more than {VmRules.Max} rules, tags or hosts, or names of more than {VmRules.NameCharsMax} characters; shorten it with `virsh metadata`"),
        _ => null,
    };

    private VmRules? With(string name, VmRules? own)
    {
        var tags = own?.Tags ?? [];
        var mine = All.Where(r => r.IsFor(name, tags)).ToArray();
        if (mine.Length == 0)
        {
            return own;
        }

        var rules = mine.SelectMany(Kinds);
        var known = own?.Rules ?? [];
        var priorities = mine.Select(r => r.Priority).Where(p => p != 0).ToArray();
        var hours = (own?.NotDuring ?? []).Concat(mine.SelectMany(r => r.NotDuring)).Distinct().ToArray();
        return new VmRules(
            [.. known, .. rules.Where(r => !known.Any(k => k.Name == r.Name && k.Kind == r.Kind))],
            own?.Tags,
            own is { Priority: not 0 } ? own.Priority : priorities.Length == 0 ? 0 : priorities.Max(),
            hours.Length == 0 ? null : hours);
    }

    private static IEnumerable<VmRule> Kinds(Rule rule)
    {
        if (rule.IsTogether)
        {
            yield return new VmRule(rule.Name, RuleKind.Together);
        }

        if (rule.IsApart)
        {
            yield return new VmRule(rule.Name, RuleKind.Apart);
        }

        if (rule.Pin.Count > 0)
        {
            yield return new VmRule(rule.Name, RuleKind.Pin, rule.Pin);
        }

        if (rule.NeverOn.Count > 0)
        {
            yield return new VmRule(rule.Name, RuleKind.NeverOn, rule.NeverOn);
        }
    }

    private static VmRules? Of(VmWish wish)
    {
        var rules = Split(wish.Together, ' ').Select(g => new VmRule(g, RuleKind.Together)).Concat(Split(wish.Apart, ' ').Select(g => new VmRule(g, RuleKind.Apart))).ToList();
        if (Split(wish.Pin, ' ') is { Length: > 0 } pin)
        {
            rules.Add(new VmRule(Metadata, RuleKind.Pin, pin));
        }

        if (Split(wish.NeverOn, ' ') is { Length: > 0 } never)
        {
            rules.Add(new VmRule(Metadata, RuleKind.NeverOn, never));
        }

        var (tags, hours, priority) = (Split(wish.Tags, ' '), Split(wish.NotDuring, ';'), Number(wish.Priority) ?? 0);
        return rules.Count == 0 && tags.Length == 0 && hours.Length == 0 && priority == 0
            ? null
            : new VmRules(rules, tags.Length == 0 ? null : tags, priority, hours.Length == 0 ? null : hours);
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n is >= -PriorityMax and <= PriorityMax ? n : null;

    private static string[] Split(string? text, char at) => text?.Split(at, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
