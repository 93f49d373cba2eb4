namespace ActorMig.Agent.Doctor;

/// <summary>How grave a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and something should be known or put right.</summary>
    Warning,

    /// <summary>It would not work, or not safely.</summary>
    Refusal,
}

/// <summary>What the doctor has found; what is not good names its remedy.</summary>
/// <param name="About">A host, or a VM and where it is to go.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Text">In a sentence, without its full stop.</param>
internal sealed record Finding(string About, FindingLevel Level, string Text);
