using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests;

/// <summary>Real sockets on loopback.</summary>
public sealed class PeerTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Messages_arrive_with_sender_incarnation_and_actor()
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        await using var one = await StartAsync("one", a, ("two", b), _ => { });
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        one.Send("two", 7, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out var said, Limit));
        Assert.Equal(new PeerMessage("one", 7, "barter", new Hello("hi", 1)), said);
    }

    [Fact]
    public async Task A_dead_peer_is_said_and_does_not_hold_up_another()
    {
        var (a, b, dead) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        var unreachable = new BlockingCollection<string>();
        await using var one = await PeerTransport.StartAsync(
            Options("one", a, ("two", b), ("dead", dead)), Registry(), _ => { }, (peer, _) => unreachable.Add(peer));
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        for (var i = 0; i < 50; i++)
        {
            one.Send("dead", 1, "barter", new Hello("lost", i));
        }

        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out _, Limit));
        Assert.True(unreachable.TryTake(out var peer, Limit));
        Assert.Equal("dead", peer);
    }

    [Fact]
    public async Task Peers_come_move_and_go_while_it_runs()
    {
        var (a, b, c) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        var unreachable = new BlockingCollection<string>();
        await using var one = await PeerTransport.StartAsync(Options("one", a), Registry(), _ => { }, (_, reason) => unreachable.Add(reason));
        one.Send("two", 1, "barter", new Hello("nobody", 0));
        Assert.Equal("no such member", unreachable.Take());

        await using (await StartAsync("two", b, ("one", a), received.Add))
        {
            one.SetPeers(Options("one", a, ("two", b)).Peers);
            one.Send("two", 1, "barter", new Hello("new", 1));
            Assert.True(received.TryTake(out var said, Limit));
            Assert.Equal(new Hello("new", 1), said.Message);
        }

        await using var moved = await StartAsync("two", c, ("one", a), received.Add);
        one.SetPeers(Options("one", a, ("two", c)).Peers);
        one.Send("two", 1, "barter", new Hello("moved", 2));
        Assert.True(received.TryTake(out var second, Limit));
        Assert.Equal(new Hello("moved", 2), second.Message);

        moved.SetPeers(Options("two", c).Peers);
        one.Send("two", 1, "barter", new Hello("unknown", 3));
        string? refused;
        do
        {
            // The one that ended may have taken a message and not answered it any more.
            Assert.True(unreachable.TryTake(out refused, Limit));
        }
        while (!refused.Contains("403", StringComparison.Ordinal));
        one.SetPeers(Options("one", a).Peers);
        one.Send("two", 1, "barter", new Hello("gone", 4));
        Assert.Equal("no such member", unreachable.Take());
        Assert.Empty(received);
    }

    [Fact]
    public async Task A_peer_that_was_removed_and_comes_again_is_heard()
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        await using var one = await StartAsync("one", a, ("two", b), _ => { });
        for (var i = 0; i < 3; i++)
        {
            for (var message = 0; message < 3; message++)
            {
                one.Send("two", 1, "barter", new Hello("hi", message));
                Assert.True(received.TryTake(out var said, Limit));
                Assert.Equal(message, ((Hello)said.Message).Number);
            }

            one.SetPeers(Options("one", a).Peers);
            one.SetPeers(Options("one", a, ("two", b)).Peers);
        }

        Assert.Equal(0, two.Counters().Peers[0].Repeated);
    }

    [Fact]
    public async Task A_stranger_and_an_unknown_message_are_refused()
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var reasons = new BlockingCollection<string>();
        await using var two = await StartAsync("two", b, ("one", a), _ => Assert.Fail("nothing may arrive"));
        await using (var stranger = await PeerTransport.StartAsync(
            Options("stranger", FreePorts.Next("127.0.0.1"), ("two", b)), Registry(), _ => { }, (_, reason) => reasons.Add(reason)))
        {
            stranger.Send("two", 1, "barter", new Hello("hi", 1));
            Assert.True(reasons.TryTake(out var reason, Limit));
            Assert.Contains("403", reason, StringComparison.Ordinal);
        }

        await using var newer = await PeerTransport.StartAsync(
            Options("one", a, ("two", b)), new MessageRegistry().Add("hello.2", TestJson.Default.Hello), _ => { }, (_, reason) => reasons.Add(reason));
        newer.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(reasons.TryTake(out var second, Limit));
        Assert.Contains("No message is registered as 'hello.2'", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two", 2, "127.0.0.1", 403, "two agents use one name; give the one at 127.0.0.1 another actormig.host-name")]
    [InlineData("one", 2, "127.0.0.3", 403, "two knows one at 127.0.0.1, and this message comes from 127.0.0.3")]
    [InlineData("one", 1, "127.0.0.1", 400, "two speaks protocol 2, and this message is of protocol '1'; bring both agents to the same release")]
    [InlineData("one", 3, "127.0.0.1", 400, "two speaks protocol 2, and this message is of protocol '3'; bring both agents to the same release")]
    public async Task Who_uses_another_name_another_address_or_another_protocol_is_told_so(string from, int protocol, string address, int status, string sentence)
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        await using var two = await StartAsync("two", b, ("one", a), _ => Assert.Fail("nothing may arrive"));
        var (code, text) = await PostAsync(b, from, protocol, address, Batch(("hello.1", "{}")));
        Assert.Equal(status, code);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello.1", "this is no JSON", "'hello.1' cannot be read")]
    [InlineData("hello.1", "[1, 2]", "'hello.1' cannot be read")]
    [InlineData("hello.1", "null", "'hello.1' is null")]
    [InlineData("hello.7", "{}", "No message is registered as 'hello.7'")]
    public async Task Nonsense_is_refused_and_the_other_messages_are_taken(string name, string json, string sentence)
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        var (code, text) = await PostAsync(b, "one", 2, "127.0.0.1", Batch((name, json), ("hello.1", """{"Text":"hi","Number":1}""")));
        Assert.Equal(422, code);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
        Assert.Equal(new Hello("hi", 1), Assert.Single(received).Message);
        Assert.Equal((1, 1), (two.Counters().Peers[0].Received, two.Counters().Peers[0].Unreadable));
    }

    [Fact]
    public async Task A_batch_that_comes_again_or_was_overtaken_is_dropped_and_counted()
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        foreach (var (run, sequence) in ((long, long)[])[(7, 1), (7, 1), (7, 3), (7, 2), (8, 1), (7, 3), (8, 1)])
        {
            var (code, _) = await PostAsync(b, "one", 2, "127.0.0.1", Batch(run, sequence, ("hello.1", $$"""{"Text":"hi","Number":{{(run * 10) + sequence}}}""")));
            Assert.Equal(202, code);
        }

        Assert.Equal([71, 73, 81], received.Select(m => ((Hello)m.Message).Number));
        Assert.Equal((3, 4), (two.Counters().Peers[0].Received, two.Counters().Peers[0].Repeated));
    }

    [Fact]
    public async Task What_is_no_batch_and_what_is_too_large_is_refused_once_in_the_log_and_the_next_message_is_taken()
    {
        var (a, b) = (FreePorts.Next("127.0.0.1"), FreePorts.Next("127.0.0.1"));
        var received = new BlockingCollection<PeerMessage>();
        var notes = new BlockingCollection<string>();
        await using var two = await PeerTransport.StartAsync(
            Options("two", b, ("one", a)) with { Note = notes.Add, MessageBytesMax = 1_000, BatchBytesMax = 2_000 }, Registry(), received.Add, (_, _) => { });
        for (var i = 0; i < 3; i++)
        {
            var (code, text) = await PostAsync(b, "one", 2, "127.0.0.1", "this is no batch"u8.ToArray());
            Assert.Equal((400, "The body is no batch of messages."), (code, text));
            (code, text) = await PostAsync(b, "one", 2, "127.0.0.1", new byte[100_000]);
            Assert.Equal(413, code);
            Assert.StartsWith("a batch has more than 2056 bytes; actormig.peers.batch-size-max", text, StringComparison.Ordinal);
        }

        Assert.Equal(2, notes.Count);
        Assert.All(two.Counters().Refused, r => Assert.Equal(("one", 3), (r.Who, r.Count)));
        Assert.Equal([RefusalReason.Unreadable, RefusalReason.OverLimit], two.Counters().Refused.Select(r => r.Reason));
        await using var one = await StartAsync("one", a, ("two", b), _ => { });
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out _, Limit));
    }

    /// <summary>What a peer that is not ours might send.</summary>
    private static async Task<(int Status, string Text)> PostAsync(int port, string from, int protocol, string address, byte[] body)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/v1/messages")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        foreach (var (header, value) in ((string, string)[])
            [("actormig-from", from), ("actormig-protocol", $"{protocol}"), ("actormig-incarnation", "1")])
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static byte[] Batch(params (string Name, string Json)[] messages) => Batch(1, 1, messages);

    private static byte[] Batch(long run, long sequence, params (string Name, string Json)[] messages) =>
        BatchFormat.Write(run, sequence, [.. messages.Select(m => new OutgoingFrame("barter", m.Name, Encoding.UTF8.GetBytes(m.Json)))]);

    private static Task<PeerTransport> StartAsync(string host, int port, (string Host, int Port) peer, Action<PeerMessage> receive) =>
        PeerTransport.StartAsync(Options(host, port, peer), Registry(), receive, (_, _) => { });

    internal static PeerTransportOptions Options(string host, int port, params (string Host, int Port)[] peers) => new()
    {
        HostName = host,
        Listen = new IPEndPoint(IPAddress.Loopback, port),
        Peers = peers.ToDictionary(p => p.Host, p => new IPEndPoint(IPAddress.Loopback, p.Port)),
    };

    internal static MessageRegistry Registry() => new MessageRegistry().Add("hello.1", TestJson.Default.Hello);
}

internal sealed record Hello(string Text, int Number);

[JsonSerializable(typeof(Hello))]
internal sealed partial class TestJson : JsonSerializerContext;
