using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>The network between simulated hosts: messages cross it as the JSON that the agents would send, and may be late, lost or repeated.</summary>
/// <param name="time">The clock.</param>
public sealed class SimNetwork(VirtualTime time)
{
    private readonly MessageRegistry _registry = Wire.Messages();
    private readonly SortedDictionary<string, Action<PeerSaid>> _hosts = new(StringComparer.Ordinal);

    /// <summary>The longest time that a message takes, in milliseconds; the shortest is 1.</summary>
    public long LatencyMaxMs { get; set; } = 5;

    /// <summary>How many of a thousand messages are lost.</summary>
    public int LostPerMille { get; set; }

    /// <summary>How many of a thousand messages come twice.</summary>
    public int RepeatedPerMille { get; set; }

    /// <summary>Hosts between which nothing passes, in this direction.</summary>
    public ISet<(string From, string To)> Cuts { get; } = new SortedSet<(string, string)>();

    /// <summary>How many messages were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>The actor by which an agent talks to its peers.</summary>
    /// <param name="host">The host.</param>
    /// <param name="members">The others.</param>
    public Props Edge(string host, IReadOnlyList<Member> members) => Props.Of(() => new MembershipOfSim(this, host, members));

    /// <summary>Who takes messages for a host; null if its agent is down.</summary>
    /// <param name="host">The host.</param>
    /// <param name="receiver">Takes a message.</param>
    public void Attach(string host, Action<PeerSaid>? receiver)
    {
        if (receiver is null)
        {
            _hosts.Remove(host);
        }
        else
        {
            _hosts[host] = receiver;
        }
    }

    private void Send(string from, SendToPeer send)
    {
        Sent++;
        var name = _registry.NameOf(send.Message);
        var json = _registry.Write(send.Message);
        var copies = time.Draw(1000) < RepeatedPerMille ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            if (time.Draw(1000) < LostPerMille)
            {
                continue;
            }

            time.After(1 + time.Draw(LatencyMaxMs), () =>
            {
                if (!Cuts.Contains((from, send.Host)) && _hosts.TryGetValue(send.Host, out var receiver))
                {
                    receiver(new PeerSaid(from, send.Incarnation, send.Actor, _registry.Read(name, json)));
                }
            });
        }
    }

    private sealed class MembershipOfSim(SimNetwork network, string host, IReadOnlyList<Member> members) : EphemeralActor
    {
        protected override void Handle(object message)
        {
            switch (message)
            {
                case SubscribeMembers subscribe:
                    Context.Tell(subscribe.Subscriber, new MembersChanged(members));
                    break;
                case SendToPeer send:
                    network.Send(host, send);
                    break;
            }
        }
    }
}
