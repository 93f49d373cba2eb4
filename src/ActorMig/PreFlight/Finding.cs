namespace ActorMig.PreFlight;

/// <summary>How grave a finding is.</summary>
public enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and something should be known or put right.</summary>
    Warning,

    /// <summary>It would not work, or not safely.</summary>
    Refusal,
}

/// <summary>What a check has found; what is not good names its remedy.</summary>
/// <param name="About">A host, or a VM and where it is to go.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Text">In a sentence, without its full stop.</param>
public sealed record Finding(string About, FindingLevel Level, string Text)
{
    /// <summary>The refusals among findings, in one sentence with their remedies; null if there are none.</summary>
    /// <param name="findings">The findings.</param>
    public static string? WhyNot(IEnumerable<Finding> findings)
    {
        var refusals = findings.Where(f => f.Level == FindingLevel.Refusal).Select(f => f.Text).ToArray();
        return refusals.Length == 0 ? null : string.Join("; and ", refusals);
    }
}
