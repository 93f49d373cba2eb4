using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Cluster;
using ActorMig.Cluster.Serf;
using ActorMig.Edges;

namespace ActorMig.Agent.Edges;

/// <summary>To the edge: these are the members now, this host among them, as serf or Akka.Cluster sees them.</summary>
internal sealed record SerfChanged(IReadOnlyList<SerfMember> Members);

/// <summary>The edge to the other hosts: who they are, by the configuration, by serf or by Akka.Cluster, and the transport.</summary>
/// <param name="options">The configuration.</param>
/// <param name="transport">What carries messages; null while there is none yet.</param>
/// <param name="watch">What watches the others; null if nothing does, or not yet.</param>
internal sealed class MembershipActor(AgentOptions options, Func<IPeerTransport?> transport, Func<IMembership?>? watch = null) : EdgeActor
{
    private readonly SortedDictionary<string, string> _unreachable = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _strangers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _doubles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ClusterHost> _hosts = new(StringComparer.Ordinal);
    private ActorRef? _subscriber;

    protected override void Started() => Take(IsWatched ? Known(watch?.Invoke()?.Members ?? []) : ClusterHost.Configured(options));

    protected override void Handle(object message)
    {
        switch (message)
        {
            case SubscribeMembers subscribe:
                _subscriber = subscribe.Subscriber;
                Tell();
                break;
            case ConfigurationReloaded reloaded when IsWatched:
                // Membership itself needs a restart; what this host says of itself may be new.
                options = reloaded.Options;
                watch?.Invoke()?.SetTags(ClusterHost.Tags(options));
                break;
            case ConfigurationReloaded reloaded:
                options = reloaded.Options;
                Take(ClusterHost.Configured(options));
                break;
            case SerfChanged changed:
                Take(Known(changed.Members));
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

    private bool IsWatched => options.Membership.Kind != MembershipKind.Static;

    private void Take(IReadOnlyList<ClusterHost> members)
    {
        var hosts = OneOfAName(members);
        foreach (var host in hosts.Where(h => (_hosts.GetValueOrDefault(h.Member.Host)?.Member.State ?? MemberState.Alive) != h.Member.State))
        {
            Context.Note(504, $"{host.Member.Host} {host.Member switch
            {
                { State: MemberState.Failed, IsStopped: true } => "is away: its agent was stopped",
                { State: MemberState.Failed } => "has failed: it does not answer any more",
                _ => $"is {Words.Of(host.Member.State)}",
            }}.");
        }

        var peers = hosts.ToDictionary(h => h.Member.Host, h => h.Address, StringComparer.Ordinal);
        foreach (var gone in _hosts.Keys.Where(h => IsWatched && !peers.ContainsKey(h)))
        {
            Context.Note(506, $"{gone} is no member any more.");
        }

        _hosts.Clear();
        foreach (var host in hosts)
        {
            _hosts[host.Member.Host] = host;
        }

        transport()?.SetPeers(peers);
        foreach (var gone in _unreachable.Keys.Where(h => !peers.ContainsKey(h)).ToArray())
        {
            _unreachable.Remove(gone);
        }

        Tell();
    }

    private void Tell()
    {
        if (_subscriber is not null)
        {
            Context.Tell(_subscriber, new MembersChanged([.. _hosts.Values.Select(h => h.Member)]));
        }
    }

    /// <summary>Names are those of hosts, so of two members of one name only one counts, the first that is up; the other is said once.</summary>
    private IReadOnlyList<ClusterHost> OneOfAName(IReadOnlyList<ClusterHost> members)
    {
        IReadOnlyList<ClusterHost> hosts = [.. members.GroupBy(m => m.Member.Host, StringComparer.Ordinal).Select(g => g.MinBy(m => m.Member.State)!)];
        foreach (var second in members.Except(hosts))
        {
            if (_doubles.Count < options.Membership.MembersMax && _doubles.Add($"{second.Member.Host} {second.Address}"))
            {
                Context.Note(511, $"two members are called {second.Member.Host}; the one at {second.Address} is left out. Give each host a name of its own.");
            }
        }

        return hosts;
    }

    /// <summary>What runs serf and is no host of this system is left out, and said once.</summary>
    private IReadOnlyList<ClusterHost> Known(IReadOnlyList<SerfMember> members)
    {
        foreach (var stranger in members.Where(m => m.State != SerfMemberState.Left && m.Name != options.Core.HostName && ClusterHost.Of(m) is null))
        {
            if (_strangers.Count < options.Membership.MembersMax && _strangers.Add(stranger.Name))
            {
                Context.Note(505, $"{stranger.Name} at {stranger.Address} is in the serf cluster and runs no agent of this system; it is left out.");
            }
        }

        return ClusterHost.Others(members, options.Core.HostName);
    }
}
