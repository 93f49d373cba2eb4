using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorMig.Akka.Clustering;

/// <summary>
/// The node's door to the others, at <c>/user/actormig-door</c>: it follows Akka's members, exchanges cards with them, and hands messages out and in. It
/// decides nothing.
/// </summary>
internal sealed class DoorActor : UntypedActor, IWithTimers
{
    public const string Name = "actormig-door";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private readonly AkkaClusterNode _node;
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<Address, Seen> _seen = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IReadOnlyList<ClusterNode> _told = [];

    public DoorActor(AkkaClusterNode node) => _node = node;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer("ask", Tick.Instance, AskAgain);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IClusterDomainEvent when _cluster.IsTerminated:
                return;
            case ClusterEvent.MemberRemoved { Member: var member }:
                if (_seen.TryGetValue(member.Address, out var gone) && gone.Member.UniqueAddress == member.UniqueAddress)
                {
                    _seen.Remove(member.Address);
                }

                break;
            case ClusterEvent.IMemberEvent { Member: var member } when member.UniqueAddress != _cluster.SelfUniqueAddress:
                Know(member);
                break;
            case ClusterEvent.UnreachableMember { Member: var member } when member.UniqueAddress != _cluster.SelfUniqueAddress:
                Know(member).IsReachable = false;
                break;
            case ClusterEvent.ReachableMember { Member: var member } when member.UniqueAddress != _cluster.SelfUniqueAddress:
                Know(member).IsReachable = true;
                break;
            case Card card when _seen.TryGetValue(Sender.Path.Address, out var seen):
                seen.Card = card;
                break;
            case AskCard:
                Sender.Tell(_node.Card);
                return;
            case Envelope envelope:
                Receive(envelope);
                return;
            case Outgoing outgoing:
                Send(outgoing);
                return;
            case ShowCard:
                foreach (var address in _seen.Keys)
                {
                    Door(address).Tell(_node.Card);
                }

                // Who asked knows now that it is on its way.
                Sender.Tell(Tick.Instance);
                return;
            case Tick:
                foreach (var (address, _) in _seen.Where(s => s.Value is { Card: null, IsReachable: true }))
                {
                    Door(address).Tell(AskCard.Instance);
                }

                return;
            default:
                return;
        }

        Tell();
    }

    private static ClusterNodeState StateOf(Seen seen) => seen switch
    {
        { IsReachable: false } or { Member.Status: MemberStatus.Down } => ClusterNodeState.Unreachable,
        { Member.Status: MemberStatus.Leaving or MemberStatus.Exiting } => ClusterNodeState.Leaving,
        _ => ClusterNodeState.Alive,
    };

    private Seen Know(Member member)
    {
        if (!_seen.TryGetValue(member.Address, out var seen) || seen.Member.UniqueAddress != member.UniqueAddress)
        {
            // A node that has begun anew may say something else of itself.
            _seen[member.Address] = seen = new Seen(member);
            Door(member.Address).Tell(AskCard.Instance);
        }

        seen.Member = member;
        return seen;
    }

    private void Receive(Envelope envelope)
    {
        // Who says so must be where that host is. Over TLS both have certificates of the cluster's authority.
        if (!_seen.TryGetValue(Sender.Path.Address, out var seen) || seen.Card?.Host != envelope.From)
        {
            _node.CountRefused();
            _log.Warning("A message of {0} came from {1}, where another host is or none; it is dropped.", envelope.From, Sender.Path.Address);
            return;
        }

        _node.HasReceived(new NodeMessage(envelope.From, envelope.Incarnation, envelope.Actor, envelope.Message));
    }

    private void Send(Outgoing outgoing)
    {
        foreach (var (address, seen) in _seen)
        {
            if (seen.Card?.Host == outgoing.Host)
            {
                Door(address).Tell(outgoing.Envelope);
                return;
            }
        }

        _node.IsUnreachable(outgoing.Host, "no such member");
    }

    private static ActorSelection Door(Address address) => Context.ActorSelection(new RootActorPath(address) / "user" / Name);

    private void Tell()
    {
        ClusterNode[] nodes =
        [
            .. _seen.Where(s => s.Value.Card is not null)
                .Select(s => new ClusterNode(s.Value.Card!.Host, s.Key, StateOf(s.Value), s.Value.Card.Says))
                .OrderBy(n => n.Host, StringComparer.Ordinal),
        ];
        if (!nodes.SequenceEqual(_told))
        {
            _told = nodes;
            _node.HasChanged(nodes);
        }
    }

    /// <summary>A member of Akka's, and its card once it has shown it.</summary>
    private sealed class Seen(Member member)
    {
        public Member Member { get; set; } = member;

        public bool IsReachable { get; set; } = true;

        public Card? Card { get; set; }
    }

    internal sealed record Outgoing(string Host, Envelope Envelope);

    /// <summary>The card has changed; answered.</summary>
    internal sealed record ShowCard
    {
        public static readonly ShowCard Instance = new();
    }

    internal sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
