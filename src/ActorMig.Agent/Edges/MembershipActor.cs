using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Cluster;
using ActorMig.Edges;

namespace ActorMig.Agent.Edges;

/// <summary>The edge to the other hosts: the configured list of members for now, and the transport.</summary>
internal sealed class MembershipActor(AgentOptions options, Func<PeerTransport?> transport) : EdgeActor
{
    private readonly SortedDictionary<string, string> _unreachable = new(StringComparer.Ordinal);
    private ActorRef? _subscriber;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case SubscribeMembers subscribe:
                _subscriber = subscribe.Subscriber;
                Context.Tell(subscribe.Subscriber, Members());
                break;
            case ConfigurationReloaded reloaded:
                options = reloaded.Options;
                transport()?.SetPeers(options.Peers);
                foreach (var gone in _unreachable.Keys.Where(h => options.Members.All(m => m.Host != h)).ToArray())
                {
                    _unreachable.Remove(gone);
                }

                if (_subscriber is not null)
                {
                    Context.Tell(_subscriber, Members());
                }

                break;
            case SendToPeer send:
                transport()?.Send(send.Host, send.Incarnation, send.Actor, send.Message);
                break;
            case PeerMessage said when _subscriber is not null:
                if (_unreachable.Remove(said.From))
                {
                    Context.Note(503, $"{said.From} can be heard again.");
                }

                Context.Tell(_subscriber, new PeerSaid(said.From, said.Incarnation, said.Actor, said.Message));
                break;
            case PeerUnreachable unreachable when !_unreachable.ContainsKey(unreachable.Host):
                _unreachable[unreachable.Host] = unreachable.Reason;
                Context.Note(502, $"{unreachable.Host} cannot be reached: {unreachable.Reason}");
                break;
        }
    }

    private MembersChanged Members() => new([.. options.Members.OrderBy(m => m.Host, StringComparer.Ordinal).Select(m => new Member(m.Host, m.Libvirt, m.Data))]);
}
