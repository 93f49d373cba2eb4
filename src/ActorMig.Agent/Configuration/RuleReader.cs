using ActorMig.Hocon;
using ActorMig.Rules;

namespace ActorMig.Agent.Configuration;

/// <summary>Reads the rules of a configuration: one block for each, named by the rule.</summary>
internal static class RuleReader
{
    public const string Key = "actormig.rules";
    public const string Prefix = Key + ".";
    private const int RulesMax = 1_000;
    private const string Keys = "vms, together, apart, pin, never-on, priority and not-during";

    /// <summary>Reads them.</summary>
    /// <exception cref="HoconException">One is wrong.</exception>
    public static RuleSet Read(HoconValue value)
    {
        var blocks = value as HoconObject ?? throw value.Wrong("an object with one block for each rule");
        return blocks.Fields.Count == 0 ? RuleSet.None
            : blocks.Fields.Count > RulesMax ? throw new HoconException(FormattableString.Invariant($"{value.Where}: there are {blocks.Fields.Count} rules, and {RulesMax} is the most; take some out."))
            : new RuleSet([.. blocks.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Rule(f.Key, f.Value))]);
    }

    private static Rule Rule(string name, HoconValue value)
    {
        var block = value as HoconObject ?? throw value.Wrong("an object with " + Keys);
        if (name.Length > 50 || name is "" or RuleSet.Metadata || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            throw new HoconException($"{value.Where}: '{name}' cannot be the name of a rule; take another one of letters, digits, '-' and '_'.");
        }

        if (block.Fields.FirstOrDefault(f => f.Key is not ("vms" or "together" or "apart" or "pin" or "never-on" or "priority" or "not-during")) is { Key: { } wrong })
        {
            throw new HoconException($"{block.Where}: '{Prefix}{name}.{wrong}' is no key; a rule has {Keys}.");
        }

        var rule = new Rule
        {
            Name = name,
            Vms = List("vms") is { Count: > 0 } vms ? vms : throw new HoconException($"{block.Where}: the rule '{name}' is for no VM; set its vms to names, patterns or tags such as [db1, \"web*\", \"tag:shop\"]."),
            IsTogether = block.TryGet("together", out var together) && together.Boolean(),
            IsApart = block.TryGet("apart", out var apart) && apart.Boolean(),
            Pin = List("pin"),
            NeverOn = List("never-on"),
            Priority = block.TryGet("priority", out var priority)
                ? priority.Whole() is >= -RuleSet.PriorityMax and <= RuleSet.PriorityMax and var n ? (int)n : throw priority.Wrong(FormattableString.Invariant($"between {-RuleSet.PriorityMax} and {RuleSet.PriorityMax}"))
                : 0,
            NotDuring = Hours(),
        };
        return rule is { IsTogether: true, IsApart: true } ? throw new HoconException($"{block.Where}: the rule '{name}' keeps the same VMs together and apart; take one out.")
            : rule is { IsTogether: false, IsApart: false, Pin.Count: 0, NeverOn.Count: 0, Priority: 0, NotDuring.Count: 0 } ? throw new HoconException($"{block.Where}: the rule '{name}' says nothing; a rule has {Keys}.")
            : rule;

        IReadOnlyList<string> List(string key) => block.TryGet(key, out var list)
            ? list.Array() is { Count: <= VmRules.Max } all && all.All(a => a.Text.Length is > 0 and <= VmRules.NameCharsMax) ? [.. all.Select(a => a.Text)] : throw list.Wrong(FormattableString.Invariant($"a list of at most {VmRules.Max} names"))
            : [];

        IReadOnlyList<string> Hours()
        {
            var hours = List("not-during");
            return hours.FirstOrDefault(h => RuleHours.Read(h) is null) is { } wrongHours
                ? throw new HoconException($"{block.Where}: the rule '{name}' has not-during '{wrongHours}', which is no time; write one such as \"Mon-Fri 08:00-18:00\".")
                : hours;
        }
    }
}
