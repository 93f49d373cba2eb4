using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Engine;

/// <summary>Makes what the agent's actors run on, by <c>actormig.engine</c>. Both keep the model's contract and the same journal, so that each start may choose anew.</summary>
internal static class AgentEngine
{
    public static IActorSystem Start(AgentOptions options, ulong seed, IJournal journal, TimeProvider time, ILogger logger)
    {
        var limits = new ActorSystemOptions
        {
            MailboxCapacity = options.MailboxMax, WriteTimeoutMs = options.WriteTimeoutMs, Seed = seed, SnapshotEvery = options.SnapshotEvery,
        };
        return options.Engine == EngineKind.Akka
            ? AkkaEngine.Start(limits, journal, time, options.AkkaBlock, logger)
            : new ActorSystem(limits, new AgentObserver(logger), journal, time);
    }
}
