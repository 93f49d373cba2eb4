using ActorMig.Actors;

namespace ActorMig.Policies;

/// <summary>The threshold policy of paper B: an actor around <see cref="ThresholdRules"/> over traffic.</summary>
/// <param name="rules">The rules.</param>
/// <param name="doubt">How much it doubts what it predicts; null: never.</param>
public sealed class ThresholdPolicyActor(ThresholdRules rules, Doubt? doubt = null) : LoadPolicyActor(rules, doubt)
{
    /// <summary>Its name in configuration and journal.</summary>
    public const string PolicyName = "threshold";

    /// <summary>The policy with the numbers of an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static PolicySpec Spec(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PolicySpec(PolicyName, Props.Of(() => new ThresholdPolicyActor(new ThresholdRules(options.Threshold, options.Margin, MovePrice.Of(options)), new Doubt(options.MarginTimesMax))));
    }
}
