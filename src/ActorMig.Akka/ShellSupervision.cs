using Akka.Actor;

namespace ActorMig.Akka;

/// <summary>
/// Akka's own supervision, which is the model's, too: what a handler throws restarts its actor, and what a constructor throws stops it. Whatever else can
/// fail in an actor of ours, its shell stops it itself.
/// </summary>
internal sealed class ShellSupervision : SupervisorStrategyConfigurator
{
    /// <summary>The one strategy of all actors, those of others under the root among them.</summary>
    public static readonly SupervisorStrategy Strategy = new Ours();

    /// <inheritdoc/>
    public override SupervisorStrategy Create() => Strategy;

    private sealed class Ours : OneForOneStrategy
    {
        /// <summary>Of actors of ours the engine's observer is told.</summary>
        protected override void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
        {
            if (child is not ActorRefWithCell { Underlying: ActorCell { Props.Type: var type } } || (type != typeof(EphemeralShell) && type != typeof(PersistentShell)))
            {
                base.LogFailure(context, child, cause, directive);
            }
        }
    }
}
