using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests;

/// <summary>What a transport does when something is full, slow or in a hurry.</summary>
public sealed class LimitTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly int _a = FreePorts.Next("127.0.0.1");
    private readonly int _b = FreePorts.Next("127.0.0.1");
    private readonly BlockingCollection<int> _received = [];
    private readonly BlockingCollection<(string Peer, string Why)> _unreachable = [];

    public void Dispose()
    {
        _received.Dispose();
        _unreachable.Dispose();
    }

    /// <summary>It accepts connections and reads nothing, so what is sent fills the sockets' buffers and then waits.</summary>
    [Fact]
    public async Task A_peer_that_does_not_read_holds_up_no_other()
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var two = await StartAsync(PeerTransportTests.Options("two", _b, ("one", _a)));
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", _b), ("deaf", Port(deaf))));
        var large = new string('x', 500_000);
        for (var i = 0; i < 40; i++)
        {
            one.Send("deaf", 1, "barter", new Hello(large, i));
        }

        for (var i = 0; i < 1_000; i++)
        {
            one.Send("two", 1, "barter", new Hello("hi", i));
        }

        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(_received.TryTake(out var number, Limit));
            Assert.Equal(i, number);
        }

        Assert.True(_unreachable.TryTake(out var said, Limit));
        Assert.Equal(("deaf", "no answer in 2 s"), said);
        var counters = one.Counters().Peers;
        Assert.Equal(("deaf", 0L), (counters[0].Peer, counters[0].Sent));
        Assert.True(counters[1].Batches < 1_000, "They go together in one request.");
    }

    [Theory]
    [InlineData(10, 1 << 20)]
    [InlineData(1_000, 10 * 40)]
    public async Task When_too_much_waits_the_oldest_go_and_are_counted(int messagesMax, int bytesMax)
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var two = await StartAsync(PeerTransportTests.Options("two", _b, ("one", _a)));
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", Port(deaf))) with { QueueMax = messagesMax, QueueBytesMax = bytesMax });

        // The first is on its way, and has no answer; each takes 8 + 6 + 7 + 26 bytes.
        one.Send("two", 1, "barter", new Hello("", 100));
        using var toDeaf = await deaf.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, one.Counters().Peers[0].Waiting);
        for (var i = 101; i <= 200; i++)
        {
            one.Send("two", 1, "barter", new Hello("", i));
        }

        var counters = one.Counters().Peers[0];
        Assert.Equal(100, counters.Waiting + counters.Dropped);
        Assert.Equal(messagesMax == 10 ? 10 : bytesMax / 47, counters.Waiting);
        one.SetPeers(PeerTransportTests.Options("one", _a, ("two", _b)).Peers);
        for (var i = 201 - counters.Waiting; i <= 200; i++)
        {
            Assert.True(_received.TryTake(out var number, Limit));
            Assert.Equal(i, number);
        }

        await UntilAsync(() => one.Counters().Peers[0] is var c && (c.Failed, c.Sent) == (1, counters.Waiting));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_said_and_the_next_one_goes()
    {
        await using var two = await StartAsync(PeerTransportTests.Options("two", _b, ("one", _a)));
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", _b)) with { MessageBytesMax = 2_000 });
        one.Send("two", 1, "barter", new Hello(new string('x', 2_000), 1));
        Assert.Equal(("two", "'hello.1' has 2022 bytes, and actormig.peers.message-size-max allows 2000"), _unreachable.Take());
        one.Send("two", 1, "no actor", new Hello("", 2));
        Assert.StartsWith("'hello.1' goes to an actor whose name has 8 characters", _unreachable.Take().Why, StringComparison.Ordinal);
        one.Send("two", 1, "barter", new Hello("", 3));
        Assert.True(_received.TryTake(out var number, Limit));
        Assert.Equal(3, number);
    }

    [Fact]
    public async Task Messages_of_two_incarnations_do_not_go_in_one_request()
    {
        var incarnations = new BlockingCollection<long>();
        await using var two = await PeerTransport.StartAsync(
            PeerTransportTests.Options("two", _b, ("one", _a)), PeerTransportTests.Registry(), said => incarnations.Add(said.Incarnation), (_, _) => { });
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", _b)));
        long[] sent = [1, 1, 2, 2, 2, 3];
        foreach (var incarnation in sent)
        {
            one.Send("two", incarnation, "barter", new Hello("", 0));
        }

        foreach (var incarnation in sent)
        {
            Assert.True(incarnations.TryTake(out var came, Limit));
            Assert.Equal(incarnation, came);
        }
    }

    [Fact]
    public async Task Strangers_in_a_hurry_are_turned_away_and_members_are_heard()
    {
        var notes = new BlockingCollection<string>();
        await using var two = await StartAsync(PeerTransportTests.Options("two", _b, ("one", _a)) with { StrangersPerSecond = 1, Note = notes.Add });
        for (var i = 0; i < 20; i++)
        {
            using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
            try
            {
                await stranger.ConnectAsync(IPAddress.Loopback, _b);
            }
            catch (SocketException)
            {
                // Turned away at once.
            }
        }

        await UntilAsync(() => two.Counters().Refused is [{ Who: "127.0.0.9", Reason: RefusalReason.TooManyStrangers, Count: >= 10 }]);
        Assert.StartsWith("127.0.0.9 is refused: more than 1 connections in a second come from", Assert.Single(notes), StringComparison.Ordinal);
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", _b)));
        one.Send("two", 1, "barter", new Hello("", 1));
        Assert.True(_received.TryTake(out _, Limit));
    }

    [Fact]
    public async Task A_peer_that_sends_too_slowly_is_not_waited_for()
    {
        var notes = new BlockingCollection<string>();
        await using var two = await StartAsync(
            PeerTransportTests.Options("two", _b, ("one", _a)) with { Timeout = TimeSpan.FromSeconds(1), Note = notes.Add });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_b}/v1/messages")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Unending(),
        };
        foreach (var (header, value) in ((string, string)[])[("actormig-from", "one"), ("actormig-protocol", "2"), ("actormig-incarnation", "1")])
        {
            request.Headers.Add(header, value);
        }

        // Of its two halves the one or the other fails first.
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, TestContext.Current.CancellationToken)).WaitAsync(Limit);
        Assert.Equal("one is refused: what it sends takes more than 1 s (actormig.peers.timeout) (said once; further ones are counted)", notes.Take());
        await using var one = await StartAsync(PeerTransportTests.Options("one", _a, ("two", _b)));
        one.Send("two", 1, "barter", new Hello("", 1));
        Assert.True(_received.TryTake(out _, Limit));
    }

    [Fact]
    public async Task Of_refused_peers_only_so_many_are_told_apart()
    {
        await using var two = await StartAsync(PeerTransportTests.Options("two", _b, ("one", _a)) with { RefusedMax = 1 });
        await using var stranger = await StartAsync(PeerTransportTests.Options("stranger", _a, ("two", _b)));
        await using var same = await StartAsync(PeerTransportTests.Options("two", FreePorts.Next("127.0.0.1"), ("two", _b)));
        stranger.Send("two", 1, "barter", new Hello("", 1));
        Assert.Contains("is not a member that two knows", _unreachable.Take().Why, StringComparison.Ordinal);
        same.Send("two", 1, "barter", new Hello("", 1));
        Assert.Contains("two agents use one name", _unreachable.Take().Why, StringComparison.Ordinal);
        Assert.Equal(new RefusalCounter("127.0.0.1", RefusalReason.UnknownMember, 1), Assert.Single(two.Counters().Refused));
        Assert.Equal(1, two.Counters().RefusedOthers);
    }

    private Task<PeerTransport> StartAsync(PeerTransportOptions options) =>
        PeerTransport.StartAsync(options, PeerTransportTests.Registry(), said => _received.Add(((Hello)said.Message).Number), (peer, why) => _unreachable.Add((peer, why)));

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>A body that begins and does not go on.</summary>
    private sealed class Unending : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("AMB"u8.ToArray(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Limit, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!isSo())
        {
            Assert.False(limit.IsCancellationRequested, "It does not come about.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
