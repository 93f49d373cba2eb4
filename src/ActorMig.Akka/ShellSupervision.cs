using Akka.Actor;

namespace ActorMig.Akka;

/// <summary>The model's supervision: a handler that throws restarts its actor at once, whatever else fails stops it.</summary>
internal sealed class ShellSupervision : SupervisorStrategyConfigurator
{
    /// <summary>The one strategy of all actors. It logs nothing: the engine's observer is told.</summary>
    public static readonly SupervisorStrategy Strategy = new OneForOneStrategy(
        -1, Timeout.Infinite, new LocalOnlyDecider(e => e is TurnFailedException ? Directive.Restart : Directive.Stop), loggingEnabled: false);

    /// <inheritdoc/>
    public override SupervisorStrategy Create() => Strategy;
}
