using Akka.Actor.Setup;
using Akka.Event;
using ActorMig.Akka.Persistence;

namespace ActorMig.Akka;

/// <summary>How what Akka makes by a class's name finds the engine.</summary>
internal sealed class EngineSetup(PersistenceBridge persistence, Action<LogEvent>? log) : Setup
{
    public PersistenceBridge Persistence { get; } = persistence;

    /// <summary>Who is handed what Akka's logger is told; null: nobody.</summary>
    public Action<LogEvent>? Log { get; } = log;
}
