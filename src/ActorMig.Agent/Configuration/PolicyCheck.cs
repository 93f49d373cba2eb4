using ActorMig.Agent.Policies;
using ActorMig.Hocon;
using ActorMig.Policies;

namespace ActorMig.Agent.Configuration;

/// <summary>Reads which policies a host has, and where those of libraries are.</summary>
internal static class PolicyCheck
{
    public const string LibrariesKey = "actormig.policies.libraries";
    public const string LibrariesPrefix = LibrariesKey + ".";
    private const string ListKey = "actormig.policies.list";
    private const int PoliciesMax = 20;
    private static readonly string[] BuiltIn = [.. PolicyLibraries.BuiltIn.Select(b => b.Name)];
    private static readonly string[] Reserved = [.. BuiltIn, DrainPolicyActor.PolicyName, RulesPolicyActor.PolicyName, "command"];

    public static IReadOnlyList<string> List(HoconValue value)
    {
        var all = value.Array();
        return all.Count > PoliciesMax ? throw value.Wrong(FormattableString.Invariant($"a list of at most {PoliciesMax} policies"))
            : all.Select((name, i) => (name, i)).FirstOrDefault(n => all.Take(n.i).Any(a => a.Text == n.name.Text)).name is { } twice ? throw twice.Wrong("listed once only; remove one of them")
            : [.. all.Select(a => a.Text)];
    }

    /// <summary>The blocks of libraries, by the policies' names.</summary>
    public static IReadOnlyList<PolicyChoice> Libraries(HoconValue value)
    {
        var blocks = value as HoconObject ?? throw value.Wrong("an object with one block for each policy");
        return [.. blocks.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Library(f.Key, f.Value))];
    }

    /// <summary>Throws if a policy is listed that nobody has.</summary>
    public static void Check(AgentOptions options, Func<string, string> where)
    {
        if (options.Policies.FirstOrDefault(p => !BuiltIn.Contains(p) && options.PolicyLibraries.All(l => l.Name != p)) is { } unknown)
        {
            throw new HoconException(
                $"{where(ListKey)}: {ListKey} has '{unknown}', which is no policy; there is {string.Join(", ", BuiltIn.Concat(options.PolicyLibraries.Select(l => l.Name)))}, and those of libraries have a block in {LibrariesKey}.");
        }
    }

    private static PolicyChoice Library(string name, HoconValue value)
    {
        var block = value as HoconObject ?? throw value.Wrong("an object with library, type and settings");
        if (Reserved.Contains(name) || name.Length > 50 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new HoconException($"{value.Where}: '{name}' cannot be the name of a library's policy; take another one of letters, digits and '-'.");
        }

        if (block.Fields.FirstOrDefault(f => f.Key is not ("library" or "type" or "settings")) is { Key: { } wrong })
        {
            throw new HoconException($"{block.Where}: '{LibrariesPrefix}{name}.{wrong}' is no key; a policy of a library has library, type and settings.");
        }

        var settings = block.TryGet("settings", out var own)
            ? (own as HoconObject ?? throw own.Wrong("an object with the policy's own settings")).Flatten().ToDictionary(s => s.Key, s => s.Value.Text, StringComparer.Ordinal)
            : [];
        var library = Text("library", "the path of a library such as /usr/lib/actormig/Mine.dll");
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(block.Position.File))!, library));
        return new PolicyChoice(name, path, Text("type", "the full name of a type in it"), settings, block.Where);

        string Text(string key, string what) => block.TryGet(key, out var text) && text.Text.Length > 0
            ? text.Text
            : throw new HoconException($"{block.Where}: the policy '{name}' has no '{key}'; set it to {what}.");
    }
}
