using System.Collections.Concurrent;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Bartering;
using ActorMig.Cluster;
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
