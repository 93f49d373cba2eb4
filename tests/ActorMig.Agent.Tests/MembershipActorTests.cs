using System.Collections.Concurrent;
using System.Net;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Bartering;
using ActorMig.Cluster;
using ActorMig.Cluster.Serf;
using ActorMig.Edges;
using ActorMig.Hocon;

namespace ActorMig.Agent.Tests;

/// <summary>A host that is cut off from another: said once with the reason, and once more when it can be heard again.</summary>
public sealed class MembershipActorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_said_once_until_it_is_heard_again()
    {
        const string Text = """actormig { host-name = kvm1, members.kvm2 { address = "127.0.0.1:7601", libvirt = "test:///default", data = "tcp://127.0.0.1" } }""";
        const int Times = 3;
        var options = ConfigurationLoader.Bind(HoconParser.Parse(Text, "x.conf"), "x.conf");
        var notes = new Notes();
        await using var system = new ActorSystem(new ActorSystemOptions(), notes);
        var edge = system.Spawn(Props.Of(() => new MembershipActor(options, () => null)), "membership");
        await HandledAsync();
        for (var i = 0; i < Times; i++)
        {
            system.Tell(edge, new PeerUnreachable("kvm2", "no answer in 2 s"));
        }

        system.Tell(edge, new PeerMessage("kvm2", 1, "barter", new GetDigest(1)));
        system.Tell(edge, new PeerMessage("kvm2", 1, "barter", new GetDigest(2)));
        for (var i = 0; i < Times; i++)
        {
            system.Tell(edge, new PeerUnreachable("kvm2", "it speaks no TLS"));
        }

        await HandledAsync();
        Assert.Equal(["502 kvm2 cannot be reached: no answer in 2 s", "503 kvm2 can be heard again.", "502 kvm2 cannot be reached: it speaks no TLS"], notes.All.AsEnumerable());

        async Task HandledAsync() => await system.AskAsync(edge, r => new SubscribeMembers(r), Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Of_two_members_of_one_name_the_one_that_is_up_counts_and_the_other_is_said_once()
    {
        const string Text = "actormig { host-name = kvm1, membership.kind = serf }";
        var options = ConfigurationLoader.Bind(HoconParser.Parse(Text, "x.conf"), "x.conf");
        var notes = new Notes();
        await using var system = new ActorSystem(new ActorSystemOptions(), notes);
        var edge = system.Spawn(Props.Of(() => new MembershipActor(options, () => null)), "membership");
        SerfMember[] members = [Of("kvm2", 1, SerfMemberState.Failed), Of("kvm2", 2, SerfMemberState.Alive), Of("kvm3", 3, SerfMemberState.Alive), Of("kvm3", 4, SerfMemberState.Alive)];
        system.Tell(edge, new SerfChanged(members));
        system.Tell(edge, new SerfChanged(members));
        var told = Assert.IsType<MembersChanged>(await system.AskAsync(edge, r => new SubscribeMembers(r), Limit, TestContext.Current.CancellationToken));
        Assert.Equal([("kvm2", "tcp://2", MemberState.Alive), ("kvm3", "tcp://3", MemberState.Alive)], told.Members.Select(m => (m.Host, m.DataUri, m.State)));
        Assert.Equal(
            [
                "511 two members are called kvm2; the one at 127.0.0.1:1 is left out. Give each host a name of its own.",
                "511 two members are called kvm3; the one at 127.0.0.1:4 is left out. Give each host a name of its own.",
            ],
            notes.All.AsEnumerable());

        static SerfMember Of(string name, int port, SerfMemberState state) => new(
            name, new IPEndPoint(IPAddress.Loopback, port), state,
            new Dictionary<string, string> { ["actormig"] = "1", ["agent"] = $"127.0.0.1:{port}", ["libvirt"] = "test:///default", ["data"] = $"tcp://{port}" });
    }

    private sealed class Notes : IActorObserver
    {
        public ConcurrentQueue<string> All { get; } = new();

        public void Noted(ActorRef actor, int id, string text) => All.Enqueue(FormattableString.Invariant($"{id} {text}"));

        public void Restarted(ActorRef actor, Exception cause, object message) => throw new InvalidOperationException("Nothing may fail.", cause);

        public void Failed(ActorRef actor, Exception cause) => throw new InvalidOperationException("Nothing may fail.", cause);

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
