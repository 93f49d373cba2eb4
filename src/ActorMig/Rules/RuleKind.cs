namespace ActorMig.Rules;

/// <summary>What a rule says of where VMs run.</summary>
public enum RuleKind
{
    /// <summary>They run on one host.</summary>
    Together,

    /// <summary>Each runs on a host of its own.</summary>
    Apart,

    /// <summary>They run on these hosts only.</summary>
    Pin,

    /// <summary>They run on none of these hosts.</summary>
    NeverOn,
}
