using ActorMig.Actors;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent;

/// <summary>What happens inside the engine, as log lines: the number of a note is the number of its log event.</summary>
internal sealed partial class AgentObserver(ILogger logger) : IActorObserver
{
    public void Noted(ActorRef actor, int id, string text) => logger.Log(LogLevel.Information, new EventId(id), "{Actor}: {Text}", actor.Path, text);

    public void Restarted(ActorRef actor, Exception cause, object message) => LogRestarted(actor.Path, message.GetType().Name, cause);

    public void Failed(ActorRef actor, Exception cause) => LogFailed(actor.Path, cause);

    public void SnapshotFailed(ActorRef actor, Exception cause) => LogSnapshotFailed(actor.Path, cause.Message);

    public void DeadLetter(ActorRef target, object message) => LogDeadLetter(target.Path, message.GetType().Name);

    [LoggerMessage(901, LogLevel.Error, "{Actor} threw on {Message} and was restarted.")]
    private partial void LogRestarted(string actor, string message, Exception cause);

    [LoggerMessage(902, LogLevel.Error, "{Actor} stopped.")]
    private partial void LogFailed(string actor, Exception cause);

    [LoggerMessage(909, LogLevel.Warning, "{Actor} kept no snapshot, which costs nothing but time at the next start: {Cause}")]
    private partial void LogSnapshotFailed(string actor, string cause);

    [LoggerMessage(903, LogLevel.Debug, "{Message} for {Actor} had no living receiver.")]
    private partial void LogDeadLetter(string actor, string message);
}
