using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Engine;
using ActorMig.Akka.Clustering;
using ActorMig.Cluster.Tests;
using ActorMig.Hocon;
using ActorMig.Tests;
using Envelope = ActorMig.Akka.Clustering.Envelope;

namespace ActorMig.Akka.Tests;

/// <summary>Two Akka systems on loopback, as nodes of one cluster.</summary>
public sealed class ClusterTests
{
    /// <summary>Sees sooner what comes to pass.</summary>
    internal const string Quick = """
        akka {
          cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s, threshold = 6 }
          cluster { gossip-interval = 200ms, leader-actions-interval = 200ms, unreachable-nodes-reaper-interval = 200ms, allow-weakly-up-members = 1s, retry-unsuccessful-join-after = 1s, periodic-tasks-initial-delay = 200ms }
        }
        """;

    private const string Fast = AkkaConformance.Quiet + "\n" + Quick;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Every_message_between_hosts_arrives_as_it_was_said_under_its_registered_name()
    {
        var registry = Wire.Messages();
        var folder = Path.Combine(Repository.Folder, "tests", "ActorMig.Tests", "Wire", "v1");
        var all = registry.Names.Select(n => registry.Read(n, File.ReadAllBytes(Path.Combine(folder, n + ".json")))).ToArray();
        await using var a = new Node("a");
        await using var b = new Node("b", a.Port);
        await b.UntilAsync(() => b.StateOf("a") == ClusterNodeState.Alive && a.StateOf("b") == ClusterNodeState.Alive, "both know each other");
        Assert.Equal("b of b", a.Cluster.Nodes.Single().Card["says"]);
        foreach (var message in all)
        {
            a.Cluster.Send("b", 7, "migration/h1-2-3.1", message);
        }

        await b.UntilAsync(() => b.Received.Count >= all.Length, "all have arrived");
        Assert.Equal(all.Select(Text), b.Received.Select(m => Text(m.Message)));
        Assert.All(b.Received, m => Assert.Equal(("a", 7L, "migration/h1-2-3.1"), (m.From, m.Incarnation, m.Actor)));

        string Text(object message) => registry.NameOf(message) + System.Text.Encoding.UTF8.GetString(registry.Write(message));
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_not_down_and_is_back_after_its_restart()
    {
        await using var a = new Node("a");
        var b = new Node("b", a.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive, "a knows b");

        // As kill -9: nothing is said.
        var hears = a.Hears(typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));
        b.Abort();
        var away = await hears.ExpectMsgAsync<ClusterEvent.UnreachableMember>(Limit, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(b.Port, away.Member.Address.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Unreachable, "a sees that b does not answer");
        await hears.ExpectNoMsgAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(global::Akka.Cluster.Cluster.Get(a.Akka).State.Members, m => m.Status == MemberStatus.Down);
        await using var again = new Node("b", a.Port, b.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive, "b is back");
        await again.UntilAsync(() => again.StateOf("a") == ClusterNodeState.Alive, "b knows a again");
        a.Cluster.Send("b", 1, "barter", new Said("after"));
        await again.UntilAsync(() => !again.Received.IsEmpty, "what is said arrives");
    }

    [Fact]
    public async Task Who_comes_back_at_another_address_is_one_host_and_the_dead_member_of_its_name_is_forgotten_by_it()
    {
        await using var a = new Node("a");
        var dead = new Node("b", a.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive, "a knows b");
        dead.Abort();
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Unreachable, "b is away");
        await using var b = new Node("b", a.Port);
        await a.UntilAsync(() => a.Cluster.Nodes is [{ Host: "b", State: ClusterNodeState.Alive } back] && back.Address.Port == b.Port, "b is back, and is one host");
        await b.UntilAsync(() => b.StateOf("a") == ClusterNodeState.Alive, "b knows a");
        b.Cluster.Send("a", 1, "barter", new Said("after"));
        await a.UntilAsync(() => !a.Received.IsEmpty, "what is said arrives");
        Assert.Equal(0, a.Cluster.Refused);
        Assert.Equal(["b"], a.Cluster.Unreachable);
        a.Cluster.Forget("b");
        await a.UntilAsync(() => a.Cluster.Unreachable.Count == 0, "the dead member is gone");
        Assert.Equal((b.Port, ClusterNodeState.Alive), a.Cluster.Nodes.Select(n => (n.Address.Port, n.State)).Single());
    }

    [Fact]
    public async Task What_somebody_says_in_another_hosts_name_is_dropped_and_counted()
    {
        await using var a = new Node("a");
        await using var b = new Node("b", a.Port);
        await using var c = new Node("c", a.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive && a.StateOf("c") == ClusterNodeState.Alive, "a knows both");
        c.SaysAs("b", a);
        await a.UntilAsync(() => a.Cluster.Refused == 1 || !a.Received.IsEmpty, "c does not speak for b");
        c.SaysAs("a", a);
        await a.UntilAsync(() => a.Cluster.Refused == 2 || !a.Received.IsEmpty, "nor for a itself");

        // A second host of that name does neither, as long as the first one is up.
        await using var second = new Node("b", a.Port);
        await second.UntilAsync(() => second.StateOf("a") == ClusterNodeState.Alive, "it knows a");
        second.Cluster.Send("a", 1, "barter", new Said("second"));
        await a.UntilAsync(() => a.Cluster.Refused == 3 || !a.Received.IsEmpty, "the second b does not speak for the first");
        await b.UntilAsync(() => b.StateOf("a") == ClusterNodeState.Alive, "b knows a");
        b.Cluster.Send("a", 1, "barter", new Said("first"));
        await a.UntilAsync(() => !a.Received.IsEmpty, "what b says arrives");
        Assert.Equal(("b", new Said("first")), (a.Received.Single().From, a.Received.Single().Message));
        Assert.Equal([("b", b.Port), ("c", c.Port)], a.Cluster.Nodes.Select(n => (n.Host, n.Address.Port!.Value)));
    }

    [Fact]
    public async Task What_another_host_sends_to_an_actors_path_is_dropped_and_counted()
    {
        await using var a = new Node("a");
        await using var b = new Node("b", a.Port);
        await b.UntilAsync(() => b.StateOf("a") == ClusterNodeState.Alive && a.StateOf("b") == ClusterNodeState.Alive, "both know each other");
        var got = new ConcurrentQueue<object>();
        var actor = a.System.Spawn(Script.Of((_, m) => got.Enqueue(m)), "host");
        var there = ((ExtendedActorSystem)b.Akka).Provider.ResolveActorRef(new RootActorPath(global::Akka.Cluster.Cluster.Get(a.Akka).SelfAddress) / "user" / "host");
        var before = a.System.DeadLetters;
        there.Tell("from there", ActorRefs.NoSender);
        there.Tell(new Envelope("b", 1, "host", "said.1", Options("b", b.Port).Messages.Write(new Said("from there"))), ActorRefs.NoSender);
        await a.UntilAsync(() => a.System.DeadLetters == before + 2 || !got.IsEmpty, "both are dropped");
        a.System.Tell(actor, "from here");
        await a.UntilAsync(() => !got.IsEmpty, "what is said here arrives");
        Assert.Equal(["from here"], got);
    }

    [Fact]
    public async Task An_agent_that_stops_says_so_and_does_not_leave()
    {
        await using var a = new Node("a");
        var b = new Node("b", a.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive, "a knows b");
        b.Cluster.SetCard(new Dictionary<string, string> { ["stopped"] = "1" });
        await b.DisposeAsync();
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Unreachable, "b is away");
        Assert.True(a.Cluster.Nodes.Single().Card.ContainsKey("stopped"));
    }

    [Fact]
    public async Task A_node_that_is_declared_down_sees_all_others_unreachable_and_its_actors_go_on()
    {
        await using var a = new Node("a");
        await using var b = new Node("b", a.Port);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive && b.StateOf("a") == ClusterNodeState.Alive, "both know each other");
        var adder = b.System.Spawn(Script.Of((s, m) => s.Ctx.Tell((ActorMig.Actors.ActorRef)m, "lives")), "adder");
        global::Akka.Cluster.Cluster.Get(a.Akka).Down(a.Cluster.Nodes.Single().Address);
        await b.UntilAsync(() => b.Cluster.IsDown && b.StateOf("a") == ClusterNodeState.Unreachable, "b knows that it is down");
        Assert.Equal("lives", await b.System.AskAsync(adder, r => r, Limit, TestContext.Current.CancellationToken));
        b.Cluster.Send("a", 1, "barter", new Said("no"));
        await b.UntilAsync(() => b.Unreachable.Contains(("a", "this host was declared down; restart its agent to join again")), "it is said why nothing goes out");
        await a.UntilAsync(() => a.Cluster.Nodes.Count == 0, "b is no member any more");
    }

    [Fact]
    public async Task A_node_that_waits_to_leave_and_is_declared_down_has_not_left()
    {
        await using var a = new Node("a");
        await using var b = new Node("b", a.Port);
        var dead = new Node("c", a.Port);
        await b.UntilAsync(() => b.StateOf("a") == ClusterNodeState.Alive && b.StateOf("c") == ClusterNodeState.Alive, "b knows both");
        dead.Abort();
        await b.UntilAsync(() => b.StateOf("c") == ClusterNodeState.Unreachable && a.StateOf("c") == ClusterNodeState.Unreachable, "c is away");
        var leaves = b.Cluster.LeaveAsync(TestContext.Current.CancellationToken);
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Leaving, "b wants to leave");
        global::Akka.Cluster.Cluster.Get(a.Akka).Down(a.Cluster.Nodes.Single(n => n.Host == "b").Address);
        await b.UntilAsync(() => b.Cluster.HasLeft, "b is no member any more");
        Assert.True(b.Cluster.IsDown);
        Assert.Equal(ClusterNodeState.Unreachable, b.StateOf("a"));
        await leaves;
    }

    [Fact]
    public async Task A_host_that_never_showed_its_card_is_forgotten_by_its_address()
    {
        await using var a = new Node("a");
        var port = FreePorts.Next("127.0.0.1");
        var address = $"127.0.0.1:{port}";

        // It joins, and has no door.
        var mute = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: Seeds(a.Port), cluster: Options("mute", port));
        await a.UntilAsync(() => Members(MemberStatus.Up).Count() == 2, "it is a member");
        Assert.Contains("can be reached", Assert.Throws<InvalidOperationException>(() => a.Cluster.Forget(address)).Message, StringComparison.Ordinal);
        ((ExtendedActorSystem)mute.System).Abort();
        await a.UntilAsync(() => a.Cluster.Unreachable.SequenceEqual([address]), "it is away");
        Assert.Empty(a.Cluster.Nodes);
        Assert.Contains("No member is called 'mute'", Assert.Throws<InvalidOperationException>(() => a.Cluster.Forget("mute")).Message, StringComparison.Ordinal);
        a.Cluster.Forget(address);
        await a.UntilAsync(() => Members(MemberStatus.Up).Count() == 1 && a.Cluster.Unreachable.Count == 0, "it is no member any more");

        IEnumerable<Member> Members(MemberStatus status) => global::Akka.Cluster.Cluster.Get(a.Akka).State.Members.Where(m => m.Status == status);
    }

    [Fact]
    public async Task The_end_of_a_membership_is_told_after_what_is_just_being_told()
    {
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: Fast, cluster: Options("a", FreePorts.Next("127.0.0.1")));
        var told = new ConcurrentQueue<string>();
        using var isTelling = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var node = new AkkaClusterNode(
            system, new Dictionary<string, string>(),
            says =>
            {
                told.Enqueue(string.Join(" ", says.Nodes.Select(n => $"{n.Host} {n.State}")));
                isTelling.Set();
                goOn.Wait(Limit);
            },
            _ => { },
            (_, _) => { });
        var change = new Thread(() => node.HasChanged([new ClusterNode("b", new Address("akka.tcp", "actormig", "127.0.0.1", 1), ClusterNodeState.Alive, new Dictionary<string, string>())]));
        change.Start();
        Assert.True(isTelling.Wait(Limit, TestContext.Current.CancellationToken));
        var end = new Thread(() => node.HasEnded(isDown: true));
        end.Start();
        Assert.True(SpinWait.SpinUntil(() => told.Count > 1 || end.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Limit));
        Assert.Equal(["b Alive"], told);
        goOn.Set();
        Assert.True(change.Join(Limit) && end.Join(Limit));
        Assert.Equal(["b Alive", "b Unreachable"], told);

        // What comes too late says nothing any more.
        node.HasChanged([]);
        Assert.Equal(["b Alive", "b Unreachable"], told);
    }

    [Fact]
    public async Task Who_the_members_are_is_told_by_the_node_alone_in_its_order()
    {
        var options = ConfigurationLoader.Bind(HoconParser.Parse("actormig { host-name = a, engine = akka, membership.kind = akka }", "x.conf"), "x.conf");
        var port = FreePorts.Next("127.0.0.1");
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: Seeds(port), cluster: Options("a", port));
        var told = new ConcurrentQueue<string>();
        await using var link = AkkaEngine.Join(system, options, said => told.Enqueue(string.Join(" ", said.Members.Select(m => $"{m.Name} {m.State}"))), _ => { }, (_, _) => { });

        // Nothing has changed yet, and what somebody else would say could overtake what the node says.
        Assert.Empty(told);
        Assert.Equal(["a"], link.Membership!.Members.Select(m => m.Name));
        await using var b = new Node("b", port);
        await b.UntilAsync(() => told.LastOrDefault() == "a Alive b Alive", "b is a member");
    }

    [Fact]
    public async Task Nothing_goes_between_hosts_under_the_name_of_a_dotnet_type()
    {
        await using var a = new Node("a");
        var serialization = ((ExtendedActorSystem)a.Akka).Serialization;
        var envelope = new Envelope("a", 3, "barter", "said.1", Options("a", a.Port).Messages.Write(new Said("words")));
        var serializer = Assert.IsType<NamedSerializer>(serialization.FindSerializerFor(envelope));
        Assert.Equal("said.1", serializer.Manifest(envelope));
        Assert.Equal("words", Assert.IsType<Said>(Assert.IsType<NodeMessage>(serializer.FromBinary(serializer.ToBinary(envelope), "said.1")).Message).Words);
        Assert.Throws<SerializationException>(() => serializer.FromBinary([1, 2, 3], "said.1"));
        Assert.Throws<SerializationException>(() => serializer.FromBinary(serializer.ToBinary(envelope), "System.Uri"));
        Assert.Throws<SerializationException>(() => serialization.FindSerializerFor(new System.Text.StringBuilder("x")).ToBinary(new System.Text.StringBuilder("x")));
        Assert.Throws<SerializationException>(() => serialization.Deserialize([1], 1, "System.String"));
    }

    [Fact]
    public async Task Over_TLS_only_who_has_a_certificate_of_the_authority_is_heard()
    {
        using var certificates = new TestCertificates();
        using var ofA = certificates.Open("a");
        using var ofB = certificates.Open("b");
        TestCertificates.IssueForeign("c", certificates.Folder("c"));
        using var foreign = certificates.Certificate("c");
        var refused = 0;
        await using var a = new Node("a", tls: (ofA.Own, shown => ofA.IsTrusted(shown) || Refuse()));
        await using var b = new Node("b", a.Port, tls: (ofB.Own, ofB.IsTrusted));
        await using var c = new Node("c", a.Port, tls: (foreign, _ => true));
        await a.UntilAsync(() => a.StateOf("b") == ClusterNodeState.Alive && b.StateOf("a") == ClusterNodeState.Alive, "a and b know each other");
        b.Cluster.Send("a", 1, "barter", new Said("secret"));
        await a.UntilAsync(() => !a.Received.IsEmpty, "what is said arrives");

        // It tries again and again, each time for up to 15 s and some more in which Akka lets it rest, and does everything else right.
        var before = Volatile.Read(ref refused);
        await a.UntilAsync(() => Volatile.Read(ref refused) > before, "c was refused once more");
        Assert.Equal(["b"], a.Cluster.Nodes.Select(n => n.Host));
        Assert.Equal(2, global::Akka.Cluster.Cluster.Get(a.Akka).State.Members.Count);
        Assert.Empty(c.Cluster.Nodes);

        // Who shows none at all is hung up on, and not only because it says nothing: for that Akka waits 15 s.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, a.Port, limit.Token);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is X509Certificate2 own && ofB.IsTrusted(own));
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a" }, limit.Token);
            await stream.ReadExactlyAsync(new byte[1], limit.Token);
        });
        Assert.False(limit.IsCancellationRequested, "It was let in, or left to wait.");

        bool Refuse() => Interlocked.Increment(ref refused) < 0;
    }

    private static AkkaClusterOptions Options(string name, int port) =>
        new() { HostName = name, Listen = new IPEndPoint(IPAddress.Loopback, port), Messages = Wire.Messages().Add("said.1", AkkaTestJson.Default.Said) };

    private static string Seeds(int port, string protocol = "akka.tcp") => Fast + $"\nakka.cluster.seed-nodes = [\"{protocol}://actormig@127.0.0.1:{port}\"]";

    private sealed class Node : IAsyncDisposable
    {
        private readonly Kit _kit;

        public Node(
            string name, int? seed = null, int? port = null,
            (System.Security.Cryptography.X509Certificates.X509Certificate2 Own, Func<System.Security.Cryptography.X509Certificates.X509Certificate2, bool> IsTrusted)? tls = null)
        {
            Port = port ?? FreePorts.Next("127.0.0.1");
            var options = Options(name, Port);
            options = tls is { } t ? options with { Certificate = t.Own, IsTrusted = t.IsTrusted } : options;
            System = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: Seeds(seed ?? Port, tls is null ? "akka.tcp" : "akka.ssl.tcp"), cluster: options);
            _kit = new Kit(System.System);
            Cluster = new AkkaClusterNode(
                System, new Dictionary<string, string> { ["says"] = $"{name} of {name}" }, _ => { }, Received.Enqueue, (host, reason) => Unreachable.Add((host, reason)));
        }

        /// <summary>A probe that is told what Akka.Cluster says from now on.</summary>
        public TestProbe Hears(params Type[] events)
        {
            var probe = _kit.CreateTestProbe();
            global::Akka.Cluster.Cluster.Get(Akka).Subscribe(probe.Ref, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, events);
            return probe;
        }

        public int Port { get; }

        public AkkaActorSystem System { get; }

        public global::Akka.Actor.ActorSystem Akka => System.System;

        public AkkaClusterNode Cluster { get; }

        public ConcurrentQueue<NodeMessage> Received { get; } = new();

        public ConcurrentBag<(string Host, string Reason)> Unreachable { get; } = [];

        public ClusterNodeState? StateOf(string host) => Cluster.Nodes.FirstOrDefault(n => n.Host == host)?.State;

        /// <summary>As somebody would who is in the cluster, and wants to be taken for another.</summary>
        public void SaysAs(string from, Node to) => DoorActor.At(Akka, global::Akka.Cluster.Cluster.Get(to.Akka).SelfAddress)
            .Tell(new Envelope(from, 1, "barter", "said.1", Options(from, Port).Messages.Write(new Said("false"))), _kit.TestActor);

        public void Abort() => ((ExtendedActorSystem)Akka).Abort();

        public async Task UntilAsync(Func<bool> condition, string what)
        {
            var hasCome = await _kit.ComesToHoldAsync(condition, Limit);
            Assert.True(hasCome, $"In {Limit.TotalSeconds:0} s it did not come to pass that {what}; {string.Join(", ", Cluster.Nodes)}.");
        }

        public ValueTask DisposeAsync() => System.DisposeAsync();
    }
}

internal sealed record Said(string Words);
