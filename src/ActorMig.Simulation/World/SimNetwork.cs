using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>The network between simulated hosts: messages cross it as the JSON that the agents would send, and may be late, lost or repeated.</summary>
/// <param name="time">The clock.</param>
public sealed class SimNetwork(VirtualTime time)
{
    private readonly MessageRegistry _registry = Wire.Messages();

    /// <summary>Looked up and never enumerated.</summary>
    private readonly Dictionary<string, Action<PeerSaid>> _hosts = new(StringComparer.Ordinal);

    /// <summary>The longest time that a message takes, in milliseconds; the shortest is 1.</summary>
    public long LatencyMaxMs { get; set; } = 5;

    /// <summary>How many of a thousand messages are lost.</summary>
    public int LostPerMille { get; set; }

    /// <summary>How many of a thousand messages come twice.</summary>
    public int RepeatedPerMille { get; set; }

    /// <summary>Hosts between which nothing passes, in this direction.</summary>
    public ISet<(string From, string To)> Cuts { get; } = new SortedSet<(string, string)>();

    /// <summary>By how much messages are late from one host to another, in this direction.</summary>
    public IDictionary<(string From, string To), long> Delays { get; } = new SortedDictionary<(string, string), long>();

    /// <summary>After how long each message comes once more from one host to another, in this direction.</summary>
    public IDictionary<(string From, string To), long> Echoes { get; } = new SortedDictionary<(string, string), long>();

    /// <summary>
    /// True if each message is written as JSON and read again, as between agents. False: the receiver gets the sender's object, which no actor changes;
    /// that is for worlds of thousands of hosts, and tests show that the same happens.
    /// </summary>
    public bool CrossesAsJson { get; set; } = true;

    /// <summary>How many messages were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Sees each message that is sent, and by whom.</summary>
    public Action<string, SendToPeer>? Tap { get; set; }

    /// <summary>What a host's membership says, by its name; null, or null for a host: all are alive.</summary>
    public Func<string, IReadOnlyList<Member>?>? MembersOf { get; set; }

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
        Tap?.Invoke(from, send);
        var (name, json) = CrossesAsJson ? (_registry.NameOf(send.Message), _registry.Write(send.Message)) : ("", null);
        var copies = time.Draw(1000) < RepeatedPerMille ? 2 : 1;
        var lateMs = Of(Delays, from, send.Host);
        for (var i = 0; i < copies; i++)
        {
            if (time.Draw(1000) >= LostPerMille)
            {
                time.After(1 + time.Draw(LatencyMaxMs) + lateMs, new OnItsWay(this, from, send, name, json));
            }
        }

        if (Of(Echoes, from, send.Host) is > 0 and var echoMs)
        {
            time.After(echoMs, new OnItsWay(this, from, send, name, json));
        }
    }

    private static long Of(IDictionary<(string From, string To), long> links, string from, string to) =>
        links.Count > 0 && links.TryGetValue((from, to), out var ms) ? ms : 0;

    private void Deliver(OnItsWay letter)
    {
        var (from, send) = (letter.From, letter.Send);
        if ((Cuts.Count == 0 || !Cuts.Contains((from, send.Host))) && _hosts.TryGetValue(send.Host, out var receiver))
        {
            receiver(new PeerSaid(from, send.Incarnation, send.Actor, letter.Json is { } json ? _registry.Read(letter.Name, json) : send.Message));
        }
    }

    private sealed class OnItsWay(SimNetwork network, string from, SendToPeer send, string name, byte[]? json) : IDue
    {
        public string From { get; } = from;

        public SendToPeer Send { get; } = send;

        public string Name { get; } = name;

        public byte[]? Json { get; } = json;

        public void Due() => network.Deliver(this);
    }

    private sealed class MembershipOfSim(SimNetwork network, string host, IReadOnlyList<Member> members) : EphemeralActor
    {
        protected override void Handle(object message)
        {
            switch (message)
            {
                case SubscribeMembers subscribe:
                    Context.Tell(subscribe.Subscriber, new MembersChanged(network.MembersOf?.Invoke(host) ?? members));
                    break;
                case SendToPeer send:
                    network.Send(host, send);
                    break;
            }
        }
    }
}
