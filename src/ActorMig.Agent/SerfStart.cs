using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Cluster.Serf;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent;

/// <summary>Where serf is begun, if the configuration wants it.</summary>
internal static partial class SerfStart
{
    /// <summary>Begins; null with a configuration that lists the members itself.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="changed">Is told who the members are.</param>
    /// <param name="logger">Is told what is not as usual.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="SerfException">It cannot be used.</exception>
    public static async Task<SerfMembership?> RunAsync(AgentOptions options, Action<SerfChanged> changed, ILogger logger, CancellationToken stop) =>
        options.Membership.Kind == MembershipKind.Static
            ? null
            : await SerfMembership.StartAsync(Options(options), all => changed(new SerfChanged(all)), note => LogSerf(logger, note), TimeProvider.System, stop).ConfigureAwait(false);

    internal static SerfOptions Options(AgentOptions options)
    {
        var membership = options.Membership;
        return new SerfOptions
        {
            NodeName = options.Core.HostName,
            Folder = Path.Combine(options.DataDir, "serf"),
            Program = membership.SerfPath,
            UsesRunning = membership.UsesRunningSerf,
            RpcAddress = membership.RpcAddress,
            RpcAuthFile = membership.RpcAuthFile,
            Bind = options.SerfBind,
            Advertise = membership.Advertise,
            Profile = Words.Of(membership.Profile),
            Join = membership.Join,
            MdnsName = membership.Mdns,
            KeyFile = membership.KeyFile,
            Tags = ClusterHost.Tags(options),
            RefreshInterval = TimeSpan.FromMilliseconds(membership.RefreshMs),
            JoinInterval = TimeSpan.FromMilliseconds(membership.JoinMs),
            StartTimeout = TimeSpan.FromMilliseconds(membership.StartMs),
            AnswerTimeout = TimeSpan.FromMilliseconds(membership.AnswerMs),
            RestartWait = TimeSpan.FromMilliseconds(membership.RestartMs),
            RestartWaitMax = TimeSpan.FromMilliseconds(membership.RestartMaxMs),
            MessageBytesMax = membership.AnswerBytesMax,
            MembersMax = membership.MembersMax,
            LogLinesMax = membership.LogLinesMax,
        };
    }

    [LoggerMessage(915, LogLevel.Warning, "Membership: {Note}")]
    private static partial void LogSerf(ILogger logger, string note);
}
