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
    private static readonly TimeSpan LastWordLimit = TimeSpan.FromSeconds(2);
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
            system, _tags, _ => changed(new SerfChanged(Members)), said => receive(new PeerMessage(said.From, said.Incarnation, said.Actor, said.Message)), unreachable);
    }

    public IReadOnlyList<SerfMember> Members => _node is null
        ? []
        : [
            .. _node.Nodes.Select(n => new SerfMember(n.Host, AddressOf(n), State(n.State), n.Card))
                .Append(new SerfMember(_options.Core.HostName, _options.Listen, HasLeft ? SerfMemberState.Left : SerfMemberState.Alive, _tags))
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];

    public bool HasLeft => _node.HasLeft;

    /// <summary>The door knows where they are.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
    }

    public void Send(string peer, long incarnation, string actor, object message) => _node.Send(peer, incarnation, actor, message);

    public TransportCounters Counters() => new([], [], _node.Counters.Refused);

    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        _tags = tags;
        _node.SetCard(tags);
    }

    public async Task<int> JoinAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation)
    {
        if (addresses.Count == 0)
        {
            throw new InvalidOperationException("No address is given; name that of a host of the cluster, with the port where its agent listens.");
        }

        if (HasLeft)
        {
            throw new InvalidOperationException("This host has left the cluster, or was declared down; restart its agent, which joins again.");
        }

        await _node.JoinAsync([.. addresses], cancellation).ConfigureAwait(false);
        return addresses.Count;
    }

    public Task LeaveAsync(CancellationToken cancellation) => HasLeft
        ? throw new InvalidOperationException("This host has left already; it joins again when its agent is restarted.")
        : _node.LeaveAsync(cancellation);

    public Task ForgetAsync(string name, CancellationToken cancellation)
    {
        var node = _node.Nodes.FirstOrDefault(n => n.Host == name)
            ?? throw new InvalidOperationException($"No member is called '{name}'; `actormig cluster show` lists them.");
        if (node.State != ClusterNodeState.Unreachable)
        {
            throw new InvalidOperationException($"{name} can be reached, and only a host that has failed can be forgotten; let it leave with `actormig cluster leave` there.");
        }

        _node.Down(node);
        return Task.CompletedTask;
    }

    /// <summary>The agent ends, and the host stays a member.</summary>
    public async ValueTask DisposeAsync() =>
        await _node.SayLastAsync(new SortedDictionary<string, string>(_tags.ToDictionary(), StringComparer.Ordinal) { [SerfMembership.StoppedTag] = "1" }, LastWordLimit).ConfigureAwait(false);

    private static IPEndPoint AddressOf(ClusterNode node) =>
        IPEndPoint.TryParse(string.Create(CultureInfo.InvariantCulture, $"{node.Address.Host}:{node.Address.Port}"), out var address) ? address : new IPEndPoint(IPAddress.None, 0);

    private static SerfMemberState State(ClusterNodeState state) => state switch
    {
        ClusterNodeState.Alive => SerfMemberState.Alive,
        ClusterNodeState.Leaving => SerfMemberState.Leaving,
        _ => SerfMemberState.Failed,
    };
}
