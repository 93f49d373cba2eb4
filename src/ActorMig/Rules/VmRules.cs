namespace ActorMig.Rules;

/// <summary>A rule as it binds one VM.</summary>
/// <param name="Name">Its name; of rules that keep VMs together or apart also that of the group.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Hosts">Which hosts, where it says something of hosts.</param>
public sealed record VmRule(string Name, RuleKind Kind, IReadOnlyList<string>? Hosts = null);

/// <summary>All rules that bind a VM, by its metadata and by its host's configuration; travels with the VM.</summary>
/// <param name="Rules">Where it may run.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Priority">How much it is to be spared: for load those of a higher one move last, from a host that is being emptied they leave first.</param>
/// <param name="NotDuring">Hours in which it is not moved, such as <c>Mon-Fri 08:00-18:00</c>.</param>
public sealed record VmRules(
    IReadOnlyList<VmRule> Rules, IReadOnlyList<string>? Tags = null, int Priority = 0, IReadOnlyList<string>? NotDuring = null)
{
    /// <summary>The most of rules, of tags, of hosts in a rule and of hours that a VM may have.</summary>
    public const int Max = 100;

    /// <summary>The most characters of a name.</summary>
    public const int NameCharsMax = 200;

    /// <summary>True if a peer can mean them: they are bounded, and nothing in them is missing.</summary>
    internal bool IsSane => Rules.Count <= Max && Rules.All(r => IsName(r.Name) && Enum.IsDefined(r.Kind) && Are(r.Hosts)) && Are(Tags) && Are(NotDuring)
        && Priority is >= -RuleSet.PriorityMax and <= RuleSet.PriorityMax;

    private static bool Are(IReadOnlyList<string>? names) => names is null || (names.Count <= Max && names.All(IsName));

    private static bool IsName(string? name) => name is { Length: > 0 and <= NameCharsMax };
}

/// <summary>How many VMs of a host a rule keeps together or apart from others.</summary>
/// <param name="Name">The rule.</param>
/// <param name="Kind">Together or apart.</param>
/// <param name="Count">How many.</param>
public sealed record RuleGroup(string Name, RuleKind Kind, int Count);

/// <summary>What a VM's metadata says of where and when it runs, as it stands there; lists are separated by blanks, hours by semicolons.</summary>
public sealed record VmWish
{
    /// <summary>Its tags.</summary>
    public string? Tags { get; init; }

    /// <summary>Groups with which it keeps together.</summary>
    public string? Together { get; init; }

    /// <summary>Groups within which each has a host of its own.</summary>
    public string? Apart { get; init; }

    /// <summary>Hosts on which it may run.</summary>
    public string? Pin { get; init; }

    /// <summary>Hosts on which it may not.</summary>
    public string? NeverOn { get; init; }

    /// <summary>Its priority.</summary>
    public string? Priority { get; init; }

    /// <summary>Hours in which it is not moved.</summary>
    public string? NotDuring { get; init; }
}
