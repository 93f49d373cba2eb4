using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>One who migrates a guest: ActorMig in one of its ways, or virsh in one of its.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">How it migrates, in words.</param>
/// <param name="Agent">ActorMig's way; null for virsh.</param>
/// <param name="VirshOptions">What virsh is told besides what it always is.</param>
internal sealed record Competitor(string Name, string Text, MigrationMode? Agent, Func<PassTime, string[]> VirshOptions)
{
    public const string Hybrid = "hybrid";
    public const string VirshPostCopy = "virsh-post-copy";
    public const string VirshPostCopyAgain = "virsh-post-copy-2";

    private static readonly string[] AfterOnePass = ["--postcopy", "--postcopy-after-precopy"];

    public static readonly IReadOnlyList<Competitor> All =
    [
        new(Hybrid, "ActorMig: one pass of pre-copy, then post-copy", MigrationMode.Hybrid, None),
        new("direct", "ActorMig: post-copy from the start", MigrationMode.Direct, None),
        new("pre-copy", "ActorMig: pre-copy alone", MigrationMode.PreCopy, None),
        new("virsh-pre-copy", "virsh migrate --live; the guest is suspended if it takes longer than three passes", null, t => Bounded(t)),
        new("virsh-auto-converge", "the same with --auto-converge", null, t => ["--auto-converge", .. Bounded(t)]),
        new(VirshPostCopy, "virsh --postcopy --postcopy-after-precopy", null, _ => AfterOnePass),
        new("virsh-timeout", "virsh --postcopy --timeout (one and a half passes) --timeout-postcopy", null, t => ["--postcopy", "--timeout", Seconds(t.SwitchSeconds), "--timeout-postcopy"]),
        new(VirshPostCopyAgain, "virsh --postcopy --postcopy-after-precopy once more: A/A", null, _ => AfterOnePass),
    ];

    /// <summary>Those of a run that names none: pre-copy alone is virsh's matter.</summary>
    public static IReadOnlyList<Competitor> Usual => [.. All.Where(m => m.Agent != MigrationMode.PreCopy)];

    /// <summary>True for the three that the musts compare.</summary>
    public bool IsInQuestion => Name is Hybrid or VirshPostCopy or VirshPostCopyAgain;

    /// <summary>Reads a list of names, separated by commas.</summary>
    /// <exception cref="InvalidOperationException">One of them is none; the message says which there are.</exception>
    public static IReadOnlyList<Competitor> Parse(string text)
    {
        var modes = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => All.FirstOrDefault(m => m.Name == name)
            ?? throw new InvalidOperationException($"--modes has '{name}'; there are {string.Join(", ", All.Select(m => m.Name))}.")).Distinct().ToArray();
        return modes.Length > 0 ? modes : throw new InvalidOperationException("--modes is empty; name at least one, or leave it out.");
    }

    private static string[] None(PassTime pass) => [];

    private static string[] Bounded(PassTime pass) => ["--timeout", Seconds(pass.BoundSeconds), "--timeout-suspend"];

    private static string Seconds(int seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How long a pass of pre-copy takes in a cell, as a first migration there has shown, which counts nowhere else.</summary>
/// <param name="Ms">Milliseconds.</param>
internal sealed record PassTime(long Ms)
{
    /// <summary>After how long virsh suspends a guest whose pre-copy does not end.</summary>
    public int BoundSeconds => Math.Max(10, (int)Math.Ceiling(3 * Ms / 1000.0));

    /// <summary>After how long virsh switches to post-copy where it is told a time.</summary>
    public int SwitchSeconds => Math.Max(1, (int)Math.Ceiling(1.5 * Ms / 1000.0));
}
