using Akka.Event;
using ActorMig.Actors;
using ActorRef = ActorMig.Actors.ActorRef;

namespace ActorMig.Akka.Logging;

/// <summary>What happens inside the engine, said through Akka's logger, with the actor's path as its source.</summary>
/// <param name="system">Akka's actor system.</param>
public sealed class AkkaLogObserver(global::Akka.Actor.ActorSystem system) : IActorObserver
{
    /// <inheritdoc/>
    public void Noted(ActorRef actor, int id, string text) => Say(new Info(Path(actor), typeof(AkkaLogObserver), new Numbered(id, text)));

    /// <inheritdoc/>
    public void Restarted(ActorRef actor, Exception cause, object message) => Say(
        new Error(cause, Path(actor), typeof(AkkaLogObserver), new Numbered(901, $"It threw on {message?.GetType().Name} and was restarted.")));

    /// <inheritdoc/>
    public void Failed(ActorRef actor, Exception cause) => Say(new Error(cause, Path(actor), typeof(AkkaLogObserver), new Numbered(902, "It stopped.")));

    /// <inheritdoc/>
    public void SnapshotFailed(ActorRef actor, Exception cause) => Say(
        new Warning(cause, Path(actor), typeof(AkkaLogObserver), new Numbered(909, "It kept no snapshot, which costs nothing but time at the next start.")));

    /// <inheritdoc/>
    public void DeadLetter(ActorRef target, object message) => Say(
        new Debug(Path(target), typeof(AkkaLogObserver), new Numbered(903, $"{message?.GetType().Name} had no living receiver.")));

    private static string Path(ActorRef actor) => actor?.Path ?? "";

    private void Say(LogEvent said) => system.EventStream.Publish(said);
}
