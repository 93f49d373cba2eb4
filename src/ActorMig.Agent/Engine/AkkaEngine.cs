using Akka.Event;
using ActorMig.Actors;
using ActorMig.Akka;
using ActorMig.Akka.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorMig.Agent.Engine;

/// <summary>The engine on Akka.NET, in programs that are built with it.</summary>
internal static class AkkaEngine
{
    /// <summary>The number of what Akka itself says.</summary>
    private const int AkkaSays = 910;

    public static bool IsBuiltIn => true;

    /// <summary>Makes the engine.</summary>
    /// <param name="limits">Its limits.</param>
    /// <param name="journal">Where events are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="block">The configuration's <c>akka { }</c>; empty: there is none.</param>
    /// <param name="logger">Where its log goes.</param>
    public static IActorSystem Start(ActorSystemOptions limits, IJournal journal, TimeProvider time, string block, ILogger logger) =>
        new AkkaActorSystem(limits, null, journal, time, hocon: block, log: said => Say(logger, said));

    /// <summary>A line of the agent's log, whose number is that of the note.</summary>
    private static void Say(ILogger logger, LogEvent said)
    {
        var level = said.LogLevel() switch
        {
            global::Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
            global::Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
            global::Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        var (id, text) = said.Message is Numbered ours ? (ours.Id, ours.Text) : (AkkaSays, said.Message.ToString());
        logger.Log(level, new EventId(id), said.Cause, "{Actor}: {Text}", said.LogSource, text);
    }
}
