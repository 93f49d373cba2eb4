using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using ActorMig.Journal;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Engine;

/// <summary>Stands for the engine on Akka.NET in programs that are built without it.</summary>
internal static class AkkaEngine
{
    private const string Absent = "This program was built without Akka.NET.";

    public static bool IsBuiltIn => false;

    public static IActorSystem Start(AgentOptions options, ActorSystemOptions limits, IJournal journal, SqliteJournal file, CertificateStore? certificates, TimeProvider time, ILogger logger) =>
        throw new NotSupportedException(Absent);

    public static ClusterLink Join(
        IActorSystem system, AgentOptions options, Action<SerfChanged> changed, Action<PeerMessage> receive, Action<string, string> unreachable) =>
        throw new NotSupportedException(Absent);
}
