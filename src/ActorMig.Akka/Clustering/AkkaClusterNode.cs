using Akka.Actor;

namespace ActorMig.Akka.Clustering;

/// <summary>
/// A host as a node of an Akka cluster: who the others are, as Akka.Cluster sees them, and messages to and from them. It has no opinion about the
/// unreachable, and downs nobody. Thread-safe.
/// </summary>
public sealed class AkkaClusterNode
{
    private readonly AkkaActorSystem _system;
    private readonly AkkaClusterOptions _options;
    private readonly global::Akka.Cluster.Cluster _cluster;
    private readonly Action<AkkaClusterNode> _changed;
    private readonly Action<string, string> _unreachable;
    private readonly IActorRef _door;

    /// <summary>Who the others are is told one time after the other, although the door and the end of the membership come from different threads.</summary>
    private readonly Lock _telling = new();
    private volatile IReadOnlyList<ClusterNode> _nodes = [];

    /// <summary>Also those whose name another one has, which counts.</summary>
    private volatile IReadOnlyList<ClusterNode> _all = [];
    private volatile Card _card;
    private volatile bool _hasEnded;
    private volatile bool _isDown;
    private long _refused;

    /// <summary>Opens the node's door.</summary>
    /// <param name="system">An actor system that was made with options of a cluster.</param>
    /// <param name="says">What this host says of itself.</param>
    /// <param name="changed">Is told that the others are not as they were, one time after the other, and which node says so; must not block.</param>
    /// <param name="receive">Is given what comes; must not block.</param>
    /// <param name="unreachable">Is told the host and the reason when a message has no way to go; must not block.</param>
    public AkkaClusterNode(
        AkkaActorSystem system, IReadOnlyDictionary<string, string> says, Action<AkkaClusterNode> changed, Action<NodeMessage> receive, Action<string, string> unreachable)
    {
        ArgumentNullException.ThrowIfNull(system);
        (_system, _changed, HasReceived, _unreachable) = (system, changed, receive, unreachable);
        _options = system.Cluster ?? throw new InvalidOperationException("The actor system was made without options of a cluster.");
        _cluster = global::Akka.Cluster.Cluster.Get(system.System);
        _card = new Card(_options.HostName, says);
        _door = system.System.ActorOf(global::Akka.Actor.Props.Create(() => new DoorActor(this)), DoorActor.Name);
    }

    /// <summary>The other nodes that have shown their cards, sorted by name; of two that say the same name the one that is up.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>True if this node was declared down: it is no member any more until its agent is started again.</summary>
    public bool IsDown => _isDown;

    /// <summary>True if this node has left or was declared down.</summary>
    public bool HasLeft => _hasEnded;

    /// <summary>True from when this node has joined, or has begun a cluster of its own, until it leaves.</summary>
    public bool IsMember => !_hasEnded && _cluster.SelfMember.Status is not global::Akka.Cluster.MemberStatus.Removed;

    /// <summary>Those that keep the others' membership from changing while they cannot be reached: their names, or addresses where no card was shown.</summary>
    public IReadOnlyList<string> Unreachable =>
    [
        .. _cluster.State.Unreachable.Select(m => NameOf(m.Address)).Order(StringComparer.Ordinal),
    ];

    /// <summary>How many messages were refused because another host had said them.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    internal Card Card => _card;

    internal Action<NodeMessage> HasReceived { get; }

    private IEnumerable<global::Akka.Cluster.Member> Others => _cluster.State.Members.Where(m => m.UniqueAddress != _cluster.SelfUniqueAddress);

    /// <summary>Sends a message; it may be lost.</summary>
    /// <param name="host">To which host.</param>
    /// <param name="incarnation">Which start of our agent.</param>
    /// <param name="actor">The actor's name there.</param>
    /// <param name="message">A message of a registered class.</param>
    public void Send(string host, long incarnation, string actor, object message)
    {
        if (_hasEnded)
        {
            _unreachable(host, _isDown ? "this host was declared down; restart its agent to join again" : "this host has left the cluster");
            return;
        }

        var (name, json) = (_options.Messages.NameOf(message), _options.Messages.Write(message));
        if (json.Length > _options.MessageBytesMax)
        {
            _unreachable(host, $"'{name}' has {json.Length} bytes, and actormig.peers.message-size-max allows {_options.MessageBytesMax}");
            return;
        }

        if (_nodes.FirstOrDefault(n => n.Host == host) is not { } node)
        {
            _unreachable(host, "no such member");
            return;
        }

        _door.Tell(new DoorActor.Outgoing(node.Address, new Envelope(_options.HostName, incarnation, actor, name, json)));
    }

    /// <summary>From now on this host says so of itself. It is on its way when this returns: an agent that stops says so, and the others know why it is away.</summary>
    /// <param name="says">What it says, by name.</param>
    public void SetCard(IReadOnlyDictionary<string, string> says)
    {
        _card = new Card(_options.HostName, says);
        foreach (var member in Others)
        {
            DoorActor.At(_system.System, member.Address).Tell(_card, _door);
        }
    }

    /// <summary>Joins those at some addresses, and waits until this host is up.</summary>
    /// <param name="addresses">Addresses with ports.</param>
    /// <param name="cancellation">Waits no longer.</param>
    public Task JoinAsync(IReadOnlyList<string> addresses, CancellationToken cancellation) =>
        _cluster.JoinSeedNodesAsync([.. addresses.Select(a => Address.Parse($"{_cluster.SelfAddress.Protocol}://{_system.System.Name}@{a}"))], cancellation);

    /// <summary>Leaves. Akka lets a system join once: it comes back with the agent's next start.</summary>
    /// <param name="cancellation">Waits no longer.</param>
    /// <exception cref="InvalidOperationException">It is no member.</exception>
    public Task LeaveAsync(CancellationToken cancellation)
    {
        // Akka would wait for the end of a membership that has not begun.
        if (!IsMember)
        {
            throw new InvalidOperationException("this host is no member of a cluster, so there is nothing to leave; `actormig cluster join` lets it join one");
        }

        return _cluster.LeaveAsync(cancellation);
    }

    /// <summary>A person says that a node is no member any more.</summary>
    /// <param name="name">The host's name; its address with the port if it has never shown its card.</param>
    /// <exception cref="InvalidOperationException">It is no member, or one that can be reached.</exception>
    public void Forget(string name)
    {
        var named = Others.Where(m => NameOf(m.Address) == name).ToList();
        if (named.Count == 0)
        {
            throw new InvalidOperationException($"No member is called '{name}'; `actormig cluster show` lists them.");
        }

        var away = named.Find(m => _cluster.State.Unreachable.Contains(m) || m.Status is global::Akka.Cluster.MemberStatus.Down)
            ?? throw new InvalidOperationException($"the host {name} can be reached, and only a host that has failed can be forgotten; let it leave with `actormig cluster leave` there.");
        _cluster.Down(away.Address);
    }

    /// <summary>Who the others are now.</summary>
    /// <param name="nodes">Sorted by name, and of one name first the one that counts.</param>
    internal void HasChanged(IReadOnlyList<ClusterNode> nodes)
    {
        lock (_telling)
        {
            // What Akka says while it ends its own part is not how the others are.
            if (!_hasEnded && !_cluster.IsTerminated)
            {
                (_all, _nodes) = (nodes, [.. nodes.DistinctBy(n => n.Host)]);
                _changed(this);
            }
        }
    }

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>
    /// This node is no member any more. If it left, it is alone. If it was declared down, all others are unreachable to its actors from now on: nothing
    /// new begins with them, and what is under way is followed by what this host's own hypervisor shows.
    /// </summary>
    /// <param name="isDown">True if it was declared down, also while it wanted to leave.</param>
    internal void HasEnded(bool isDown)
    {
        lock (_telling)
        {
            (_isDown, _hasEnded) = (isDown, true);
            _nodes = _isDown ? [.. _nodes.Select(n => n with { State = ClusterNodeState.Unreachable })] : [];
            _changed(this);
        }
    }

    private string NameOf(Address address) => _all.FirstOrDefault(n => n.Address == address)?.Host ?? $"{address.Host}:{address.Port}";
}
