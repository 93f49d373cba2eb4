using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorMig.Akka.Logging;

/// <summary>A logger of Akka's that hands all to whom the engine was given for it. Named in the configuration, so that others can stand beside it.</summary>
internal sealed class SinkLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly Action<LogEvent> _log;

    public SinkLogger() => _log = Context.System.Settings.Setup.Get<EngineSetup>().Value.Log ?? (_ => { });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent said:
                _log(said);
                break;
        }
    }
}
