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
            case NodeMessage said when CardAt(Sender.Path.Address)?.Host == said.From:
                node.HasReceived(said);
                break;
            case NodeMessage said:
                // Who says so must be where that host is. Over TLS both have certificates of the cluster's authority.
                node.CountRefused();
                _log.Warning("A message of {0} came from {1}, where another host is or none; it is dropped.", said.From, Sender.Path.Address);
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

    private Card? CardAt(Address address) => _cards.FirstOrDefault(c => c.Key.Address == address).Value;

    private ClusterNode Node(Member member)
    {
        var card = _cards[member.UniqueAddress];
        return new ClusterNode(card.Host, member.Address, StateOf(member), card.Says);
    }

    private ClusterNodeState StateOf(Member member) => member.Status switch
    {
        MemberStatus.Down => ClusterNodeState.Unreachable,
        _ when _state.Unreachable.Contains(member) => ClusterNodeState.Unreachable,
        MemberStatus.Leaving or MemberStatus.Exiting => ClusterNodeState.Leaving,
        _ => ClusterNodeState.Alive,
    };

    private void Tell()
    {
        ClusterNode[] nodes = [.. Others.Where(m => _cards.ContainsKey(m.UniqueAddress)).Select(Node).OrderBy(n => n.Host, StringComparer.Ordinal)];
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
