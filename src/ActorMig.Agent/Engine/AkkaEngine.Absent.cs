using ActorMig.Actors;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Engine;

/// <summary>Stands for the engine on Akka.NET in programs that are built without it.</summary>
internal static class AkkaEngine
{
    public static bool IsBuiltIn => false;

    public static IActorSystem Start(ActorSystemOptions limits, IJournal journal, TimeProvider time, string block, ILogger logger) =>
        throw new NotSupportedException("This program was built without Akka.NET.");
}
