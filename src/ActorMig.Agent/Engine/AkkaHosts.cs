using System.Globalization;
using System.Net;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Akka;
using ActorMig.Akka.Clustering;
using ActorMig.Cluster;
using ActorMig.Cluster.Serf;

namespace ActorMig.Agent.Engine;

/// <summary>Akka.Cluster as what watches the other hosts, and Akka.Remote as what carries messages to them.</summary>
internal sealed class AkkaHosts : IMembership, IPeerTransport, IAsyncDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(20);
    private readonly AgentOptions _options;
    private readonly AkkaClusterNode _node;
    private volatile IReadOnlyDictionary<string, string> _tags;

    /// <param name="system">The engine.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="changed">Is told who the members are.</param>
    /// <param name="receive">Is given what comes.</param>
    /// <param name="unreachable">Is told the host and the reason when a message has no way to go.</param>
    public AkkaHosts(AkkaActorSystem system, AgentOptions options, Action<SerfChanged> changed, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        _options = options;
        _tags = ClusterHost.Tags(options);
        _node = new AkkaClusterNode(
            system, _tags, node => changed(new SerfChanged(Of(node))), said => receive(new PeerMessage(said.From, said.Incarnation, said.Actor, said.Message)), unreachable);
    }

    public IReadOnlyList<SerfMember> Members => Of(_node);

    public bool HasLeft => _node.HasLeft;

    /// <summary>The door knows where they are.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
    }

    public void Send(string peer, long incarnation, string actor, object message) => _node.Send(peer, incarnation, actor, message);

    public TransportCounters Counters() => new([], [], _node.Refused);

    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        _tags = tags;
        _node.SetCard(tags);
    }

    /// <returns>How many hosts are known; none: this host has joined, and is weakly up as long as a host cannot be reached.</returns>
    public async Task<int> JoinAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation)
    {
        if (addresses.Count == 0)
        {
            throw new InvalidOperationException("No address is given; name that of a host of the cluster, with the port where its agent listens.");
        }

        if (HasLeft)
        {
            throw new InvalidOperationException("this host has left the cluster, or was declared down; restart its agent, which joins again if akka.cluster.seed-nodes names other hosts; else say `actormig cluster join` again then.");
        }

        if (_node.IsMember)
        {
            throw new InvalidOperationException(
                "this host is a member of a cluster already, or has begun one itself as its first seed node, and an agent joins once: name the other hosts in akka.cluster.seed-nodes and restart its agent");
        }

        if (addresses.FirstOrDefault(a => !Uri.TryCreate($"akka.tcp://actormig@{a}", UriKind.Absolute, out var uri) || uri.Port <= 0) is { } bad)
        {
            throw new InvalidOperationException($"'{bad}' is no address with a port; write it as 10.0.0.1:7601, which is where that host's agent listens.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(JoinLimit);
        try
        {
            await _node.JoinAsync([.. addresses], limit.Token).ConfigureAwait(false);
        }
        catch (Exception) when (limit.IsCancellationRequested && _node.IsMember)
        {
            return 0;
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException($"None of {string.Join(", ", addresses)} has let this host join in {JoinLimit.TotalSeconds:0} s; see that the agents there run with actormig.membership.kind = akka. It is tried on.");
        }
        catch (global::Akka.Actor.AkkaException e)
        {
            throw new InvalidOperationException($"Akka.Cluster has not let this host join those at {string.Join(", ", addresses)}: {e.Message.TrimEnd('.')}. Restart its agent, and try again.", e);
        }

        return Math.Max(1, _node.Nodes.Count);
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        if (HasLeft)
        {
            throw new InvalidOperationException("this host has left already; it joins again when its agent is restarted, if akka.cluster.seed-nodes names other hosts; else say `actormig cluster join` again then.");
        }

        try
        {
            await _node.LeaveAsync(cancellation).WaitAsync(LeaveLimit, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Akka has heard it, and goes on.
            var away = _node.Unreachable;
            throw new InvalidOperationException(away.Count == 0
                ? $"this host has not left in {LeaveLimit.TotalSeconds:0} s, and leaves as soon as the others agree; `actormig cluster show` tells when it has"
                : $"this host has not left in {LeaveLimit.TotalSeconds:0} s, because {string.Join(", ", away)} cannot be reached; it leaves when {(away.Count == 1 ? "that host is" : "those hosts are")} back or forgotten (`actormig cluster forget {away[0]}`)");
        }
    }

    public Task ForgetAsync(string name, CancellationToken cancellation)
    {
        _node.Forget(name);
        return Task.CompletedTask;
    }

    /// <summary>The agent ends, and the host stays a member.</summary>
    public ValueTask DisposeAsync()
    {
        _node.SetCard(new SortedDictionary<string, string>(_tags.ToDictionary(), StringComparer.Ordinal) { [SerfMembership.StoppedTag] = "1" });
        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<SerfMember> Of(AkkaClusterNode node) =>
    [
        .. node.Nodes.Select(n => new SerfMember(n.Host, AddressOf(n), State(n.State), n.Card))
            .Append(new SerfMember(_options.Core.HostName, _options.Listen, node.HasLeft ? SerfMemberState.Left : SerfMemberState.Alive, _tags))
            .OrderBy(m => m.Name, StringComparer.Ordinal),
    ];

    private static IPEndPoint AddressOf(ClusterNode node) =>
        IPEndPoint.TryParse(string.Create(CultureInfo.InvariantCulture, $"{node.Address.Host}:{node.Address.Port}"), out var address) ? address : new IPEndPoint(IPAddress.None, 0);

    private static SerfMemberState State(ClusterNodeState state) => state switch
    {
        ClusterNodeState.Alive => SerfMemberState.Alive,
        ClusterNodeState.Leaving => SerfMemberState.Leaving,
        _ => SerfMemberState.Failed,
    };
}
