using ActorMig.Agent.Configuration;

namespace ActorMig.Agent.Edges;

/// <summary>The limits of looks that can wait for other machines.</summary>
/// <param name="Answer">How long an answer is waited for.</param>
/// <param name="Abandoned">After how long a look that has not come back gives its place to another one.</param>
/// <param name="AbandonedMax">How many such looks there may be at one place.</param>
internal sealed record AwayLimits(TimeSpan Answer, TimeSpan Abandoned, int AbandonedMax)
{
    /// <summary>Those of an agent.</summary>
    public static AwayLimits Of(AgentOptions options) => new(
        TimeSpan.FromMilliseconds(options.Core.LookMs), TimeSpan.FromMilliseconds(options.LookAbandonedMs), options.LooksAbandonedMax);
}
