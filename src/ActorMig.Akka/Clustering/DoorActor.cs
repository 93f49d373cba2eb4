using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorMig.Akka.Clustering;

/// <summary>
/// The node's door to the others, at <c>/user/actormig-door</c>: it follows Akka's members, exchanges cards with them, and hands messages out and in. It
/// decides nothing.
/// </summary>
internal sealed class DoorActor(AkkaClusterNode node) : UntypedActor, IWithTimers
{
    public const string Name = "actormig-door";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<UniqueAddress, Card> _cards = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ClusterEvent.CurrentClusterState _state = new();
    private readonly HashSet<Address> _doubles = [];
    private IReadOnlyList<ClusterNode> _told = [];

    public ITimerScheduler Timers { get; set; } = null!;

    private IEnumerable<Member> Others => _state.Members.Where(m => m.UniqueAddress != _cluster.SelfUniqueAddress);

    /// <summary>The door of a node.</summary>
    /// <param name="from">Who looks for it.</param>
    /// <param name="address">Akka's address of the node.</param>
    public static ActorSelection At(IActorRefFactory from, Address address) => from.ActorSelection(new RootActorPath(address) / "user" / Name);

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer("ask", Tick.Instance, AskAgain);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Down or MemberStatus.Leaving or MemberStatus.Exiting } removed when removed.Member.UniqueAddress == _cluster.SelfUniqueAddress:
                node.HasEnded(removed.PreviousStatus == MemberStatus.Down);
                break;
            case ClusterEvent.IMemberEvent or ClusterEvent.IReachabilityEvent:
                // Something has changed: how all are now is told when it is asked for.
                _cluster.SendCurrentClusterState(Self);
                break;
            case ClusterEvent.CurrentClusterState state:
                Follow(state);
                break;
            case Tick:
                AskForCards();
                break;
            case AskCard:
                Sender.Tell(node.Card);
                break;
            case Card card when Others.FirstOrDefault(m => m.Address == Sender.Path.Address) is { } member:
                _cards[member.UniqueAddress] = card;
                Tell();
                break;
            case Outgoing outgoing:
                At(Context, outgoing.To).Tell(outgoing.Envelope);
                break;
            case NodeMessage said when _told.FirstOrDefault(n => n.Host == said.From)?.Address == Sender.Path.Address:
                node.HasReceived(said);
                break;
            case NodeMessage said:
                // Who says so must be where that host is. Over TLS both have certificates of the cluster's authority.
                node.CountRefused();
                _log.Warning("A message of {0} came from {1}, where another host is or none, or one that does not count; it is dropped.", said.From, Sender.Path.Address);
                break;
        }
    }

    private void Follow(ClusterEvent.CurrentClusterState state)
    {
        _state = state;
        foreach (var gone in _cards.Keys.Except(Others.Select(m => m.UniqueAddress)).ToList())
        {
            // A node that has begun anew may say something else of itself.
            _cards.Remove(gone);
        }

        AskForCards();
        Tell();
    }

    private void AskForCards()
    {
        foreach (var member in Others.Where(m => !_cards.ContainsKey(m.UniqueAddress) && !_state.Unreachable.Contains(m)))
        {
            At(Context, member.Address).Tell(AskCard.Instance);
        }
    }

    private ClusterNodeState StateOf(Member member) => member.Status switch
    {
        MemberStatus.Down => ClusterNodeState.Unreachable,
        _ when _state.Unreachable.Contains(member) => ClusterNodeState.Unreachable,
        MemberStatus.Leaving or MemberStatus.Exiting => ClusterNodeState.Leaving,
        _ => ClusterNodeState.Alive,
    };

    /// <summary>Of those that say the same name the one that is up comes first, and of these the older. Nobody else is called as this host is.</summary>
    private void Tell()
    {
        ClusterNode[] all =
        [
            .. Others.Order(Comparer<Member>.Create((x, y) => x.Equals(y) ? 0 : x.IsOlderThan(y) ? -1 : 1))
                .Where(m => _cards.ContainsKey(m.UniqueAddress))
                .Select(m => new ClusterNode(_cards[m.UniqueAddress].Host, m.Address, StateOf(m), _cards[m.UniqueAddress].Says))
                .OrderBy(n => n.Host, StringComparer.Ordinal).ThenBy(n => n.State),
        ];
        ClusterNode[] nodes = [.. all.Where(n => n.Host != node.Card.Host)];
        foreach (var second in all.Except(nodes.DistinctBy(n => n.Host)).Where(n => _doubles.Add(n.Address)))
        {
            _log.Warning(
                "The agent at {0} says that it is {1}, and so does another; the other counts. If they are two hosts, give one another actormig.host-name; if this one is gone, say `actormig cluster forget {1}`.",
                second.Address, second.Host);
        }

        if (!nodes.SequenceEqual(_told))
        {
            _told = nodes;
            node.HasChanged(nodes);
        }
    }

    /// <summary>A message and where it goes. It takes its turn here, so that it does not overtake the card that it is believed by.</summary>
    internal sealed record Outgoing(Address To, Envelope Envelope);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
