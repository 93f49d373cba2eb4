namespace ActorMig.Rules;

/// <summary>A rule of the configuration: for some VMs, one thing or more.</summary>
public sealed record Rule
{
    /// <summary>Its name; the same on all hosts, because VMs that keep together or apart are known by it.</summary>
    public required string Name { get; init; }

    /// <summary>For which VMs: names, patterns with <c>*</c> and <c>?</c>, and tags as <c>tag:NAME</c>.</summary>
    public required IReadOnlyList<string> Vms { get; init; }

    /// <summary>They keep together.</summary>
    public bool IsTogether { get; init; }

    /// <summary>They keep apart.</summary>
    public bool IsApart { get; init; }

    /// <summary>The only hosts on which they may run; empty: any.</summary>
    public IReadOnlyList<string> Pin { get; init; } = [];

    /// <summary>Hosts on which they may not run.</summary>
    public IReadOnlyList<string> NeverOn { get; init; } = [];

    /// <summary>Their priority.</summary>
    public int Priority { get; init; }

    /// <summary>Hours in which they are not moved.</summary>
    public IReadOnlyList<string> NotDuring { get; init; } = [];

    /// <summary>True if it is for this VM.</summary>
    /// <param name="vm">Its name.</param>
    /// <param name="tags">Its tags.</param>
    public bool IsFor(string vm, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        const string Tag = "tag:";
        return Vms.Any(v => v.StartsWith(Tag, StringComparison.Ordinal) ? tags.Any(t => Glob.IsMatch(v[Tag.Length..], t)) : Glob.IsMatch(v, vm));
    }
}
