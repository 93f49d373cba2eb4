using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Cluster.Tls;
using ActorMig.Journal;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Engine;

/// <summary>Makes what the agent's actors run on, by <c>actormig.engine</c>. Both keep the model's contract and the same journal, so that each start may choose anew.</summary>
internal static class AgentEngine
{
    /// <param name="options">The configuration.</param>
    /// <param name="seed">Seeds what actors draw.</param>
    /// <param name="journal">Where events are kept.</param>
    /// <param name="file">Its file, for an engine that reads and writes it by itself.</param>
    /// <param name="certificates">This host's; null: nothing is encrypted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where its log goes.</param>
    public static IActorSystem Start(AgentOptions options, ulong seed, IJournal journal, SqliteJournal file, CertificateStore? certificates, TimeProvider time, ILogger logger)
    {
        var limits = new ActorSystemOptions
        {
            MailboxCapacity = options.MailboxMax, WriteTimeoutMs = options.WriteTimeoutMs, Seed = seed, SnapshotEvery = options.SnapshotEvery,
        };
        return options.Engine == EngineKind.Akka
            ? AkkaEngine.Start(options, limits, journal, file, certificates, time, logger)
            : new ActorSystem(limits, new AgentObserver(logger), journal, time);
    }
}
