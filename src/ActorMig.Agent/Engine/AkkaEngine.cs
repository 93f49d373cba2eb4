using Akka.Event;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Akka;
using ActorMig.Akka.Clustering;
using ActorMig.Akka.Logging;
using ActorMig.Akka.Persistence.Sql;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using ActorMig.Journal;
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
    /// <param name="options">The configuration.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="journal">Where events are kept.</param>
    /// <param name="file">Its file, which Akka.Persistence.Sql uses where the block akka chooses that.</param>
    /// <param name="certificates">This host's; null: nothing is encrypted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where its log goes.</param>
    /// <exception cref="IOException">It cannot listen, or Akka refuses its settings.</exception>
    public static IActorSystem Start(AgentOptions options, ActorSystemOptions limits, IJournal journal, SqliteJournal file, CertificateStore? certificates, TimeProvider time, ILogger logger)
    {
        var cluster = Cluster(options, certificates);
        var tables = new SqlTables(file.Options.Path, Wire.Events(), SqliteJournal.SerializerId, file.Keep) { Written = journal is SignallingJournal signalling ? signalling.AreDurable : null };
        try
        {
            return new AkkaActorSystem(limits, null, journal, time, hocon: options.AkkaBlock, log: said => Say(logger, said), cluster: cluster, tables: tables);
        }
        catch (Exception e) when (cluster is not null && Innermost(e) is System.Net.Sockets.SocketException socket)
        {
            throw ListenException.Of(options.Listen, socket);
        }
        catch (Exception e) when (e is global::Akka.Configuration.ConfigurationException or ArgumentException or FormatException or TypeLoadException or FileNotFoundException)
        {
            throw new IOException($"Akka.NET refuses its settings, which stand in the block akka: {e.Message}", e);
        }
    }

    /// <summary>Akka wraps what went wrong several times, also inside what stands for several failures, where <see cref="Exception.GetBaseException"/> ends.</summary>
    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    /// <summary>Connects with the other hosts by Akka.Cluster.</summary>
    /// <param name="system">What <see cref="Start"/> has made.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="changed">Is told who the members are.</param>
    /// <param name="receive">Is given what comes.</param>
    /// <param name="unreachable">Is told the host and the reason when a message has no way to go.</param>
    public static ClusterLink Join(
        IActorSystem system, AgentOptions options, Action<SerfChanged> changed, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        var hosts = new AkkaHosts((AkkaActorSystem)system, options, changed, receive, unreachable);
        return new ClusterLink(hosts, hosts, [hosts]);
    }

    private static AkkaClusterOptions? Cluster(AgentOptions options, CertificateStore? certificates) => options.Membership.Kind != MembershipKind.Akka
        ? null
        : new AkkaClusterOptions
        {
            HostName = options.Core.HostName,
            Listen = options.Listen,
            Messages = Wire.Messages(),
            MessageBytesMax = options.PeerMessageBytesMax,
            Certificate = certificates?.Own,
            IsTrusted = shown => certificates?.IsTrusted(shown) ?? false,
        };

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
