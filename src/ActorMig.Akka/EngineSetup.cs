using Akka.Actor.Setup;
using ActorMig.Akka.Persistence;

namespace ActorMig.Akka;

/// <summary>How what Akka makes by a class's name finds the engine.</summary>
internal sealed class EngineSetup(PersistenceBridge persistence) : Setup
{
    public PersistenceBridge Persistence { get; } = persistence;
}
