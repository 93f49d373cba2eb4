using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests;

/// <summary>What is no message of a peer's: refused, said once with the reason, counted; and who sends good ones is heard all the same.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int Times = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly int _a = FreePorts.Next("127.0.0.1");
    private readonly int _b = FreePorts.Next("127.0.0.1");
    private readonly BlockingCollection<PeerMessage> _received = [];
    private readonly BlockingCollection<string> _notes = [];

    public void Dispose()
    {
        _received.Dispose();
        _notes.Dispose();
    }

    [Theory]
    [InlineData("GET", "/v1/messages", HttpStatusCode.MethodNotAllowed, "a request is 'GET /v1/messages', and messages come as POST to /v1/messages")]
    [InlineData("BREW", "/v1/messages", HttpStatusCode.MethodNotAllowed, "a request is 'BREW /v1/messages'")]
    [InlineData("POST", "/", HttpStatusCode.NotFound, "a request is 'POST /', and messages come as POST to /v1/messages")]
    [InlineData("POST", "/v9/messages", HttpStatusCode.NotFound, "a request is 'POST /v9/messages'")]
    public async Task A_request_that_brings_no_messages_is_refused_and_said_once(string method, string path, HttpStatusCode status, string sentence)
    {
        await using var two = await StartAsync();
        using var client = new HttpClient();
        for (var i = 1; i <= Times; i++)
        {
            Assert.Equal(status, await SendAsync(client, method, path, Batch(i)));
        }

        Assert.Empty(_received);
        Assert.StartsWith("one is refused: " + sentence, Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Equal(new RefusalCounter("one", RefusalReason.Unreadable, Times), Assert.Single(two.Counters().Refused));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(client, "POST", "/v1/messages", Batch(Times + 1)));
        Assert.Single(_received);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_said_once_where_it_came_too()
    {
        await using var two = await StartAsync();
        using var client = new HttpClient();
        for (var i = 1; i <= Times; i++)
        {
            var body = BatchFormat.Write(1, i, [new OutgoingFrame("barter", "hello.1", "{"u8.ToArray()), new OutgoingFrame("barter", "hello.1", "[]"u8.ToArray())]);
            Assert.Equal(HttpStatusCode.UnprocessableContent, await SendAsync(client, "POST", "/v1/messages", body));
        }

        Assert.StartsWith("one is refused: 2 of 2 messages could not be read; the first: 'hello.1' cannot be read: ", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Equal((2L * Times, (long)Times), (two.Counters().Peers[0].Unreadable, two.Counters().Refused[0].Count));
        Assert.Empty(_received);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: two\r\n\r\n", "it does not speak HTTP/2 as agents do, but begins with 'GET / HTTP/1.1??Host: tw'")]
    [InlineData("\u0001\u0002", "it does not speak HTTP/2 as agents do, but begins with '??'")]
    [InlineData("PRI * HTTP/1.1\r\n\r\n", "it does not speak HTTP/2 as agents do, but begins with 'PRI * HTTP/1.1????'")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", "it speaks TLS, and this host does not")]
    public async Task What_is_no_HTTP_2_is_said_once_and_counted(string bytes, string sentence)
    {
        await using var two = await StartAsync();
        for (var i = 0; i < Times; i++)
        {
            await SayAsync(Encoding.Latin1.GetBytes(bytes));
        }

        await UntilAsync(() => two.Counters().Refused is [{ Who: "127.0.0.1", Reason: RefusalReason.OtherProtocol, Count: Times }]);
        Assert.StartsWith("127.0.0.1 is refused: " + sentence, Assert.Single(_notes), StringComparison.Ordinal);
        await AssertOneIsHeardAsync();
    }

    [Theory]
    [InlineData("PRI *", " HTTP/2.0\r\n\r\nSM\r\n\r\nmore", null)]
    [InlineData("PRI *", " HTTP/1.1\r\n\r\n", "PRI * HTTP/1.1\r\n\r\n")]
    [InlineData("PRI *", "", null)]
    public async Task A_beginning_that_comes_in_parts_is_looked_at_and_can_be_read_again(string first, string second, string? other)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(first), TestContext.Current.CancellationToken);
        var looked = Http2Preface.WhatElseAsync(pipe.Reader, TestContext.Current.CancellationToken).AsTask();
        if (second.Length > 0)
        {
            await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(second), TestContext.Current.CancellationToken);
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal(other, await looked);
        Assert.True(pipe.Reader.TryRead(out var read));
        Assert.Equal(first + second, Encoding.Latin1.GetString(read.Buffer));
    }

    [Fact]
    public async Task Who_connects_and_says_nothing_is_not_waited_for()
    {
        await using var two = await StartAsync(TimeSpan.FromSeconds(1));
        using (var silent = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await silent.ConnectAsync(IPAddress.Loopback, _b, TestContext.Current.CancellationToken);
            await silent.SendAsync("PRI *"u8.ToArray(), TestContext.Current.CancellationToken);
            await UntilAsync(() => two.Counters().Refused is [{ Who: "127.0.0.1", Reason: RefusalReason.OverLimit }]);
        }

        // It is counted a moment before it is said.
        Assert.True(_notes.TryTake(out var note, Limit));
        Assert.StartsWith("127.0.0.1 is refused: it says nothing for 1 s after it has connected (actormig.peers.timeout)", note, StringComparison.Ordinal);
        await AssertOneIsHeardAsync();
    }

    /// <summary>A connection that is made and ended, as by whoever looks whether the port is open, is nobody's fault.</summary>
    [Fact]
    public async Task Who_only_looks_whether_the_port_is_open_is_not_spoken_of()
    {
        await using var two = await StartAsync();
        await SayAsync([]);
        await AssertOneIsHeardAsync();
        Assert.Empty(two.Counters().Refused);
        Assert.Empty(_notes);
    }

    /// <summary>One that sends good and bad in turns, each over a new connection, does not fill the log.</summary>
    [Fact]
    public async Task Who_is_good_and_bad_in_turns_is_spoken_of_once()
    {
        await using var two = await StartAsync();
        for (var i = 1; i <= Times; i++)
        {
            using var client = new HttpClient();
            Assert.Equal(HttpStatusCode.Accepted, await SendAsync(client, "POST", "/v1/messages", Batch(i)));
            Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(client, "POST", "/v1/messages", "no batch"u8.ToArray()));
        }

        Assert.Single(_notes);
        Assert.Equal(new RefusalCounter("one", RefusalReason.Unreadable, Times), Assert.Single(two.Counters().Refused));
        Assert.Equal(Times, _received.Count);
    }

    /// <summary>Whatever this host does with a message, those that came with it are heard, and whose fault it is is said.</summary>
    [Fact]
    public async Task A_message_on_which_this_host_fails_is_said_once_and_takes_no_other_with_it()
    {
        await using var two = await PeerTransport.StartAsync(
            PeerTransportTests.Options("two", _b, ("one", _a)) with { Note = _notes.Add }, PeerTransportTests.Registry(),
            said =>
            {
                if (said.Message is Hello { Text: "bad" })
                {
                    throw new InvalidOperationException("it was not thought of.");
                }

                _received.Add(said);
            },
            (_, _) => { });
        using var client = new HttpClient();
        for (var i = 1; i <= Times; i++)
        {
            var body = BatchFormat.Write(
                1, i, [new OutgoingFrame("barter", "hello.1", """{"Text":"bad","Number":1}"""u8.ToArray()), new OutgoingFrame("barter", "hello.1", """{"Text":"good","Number":2}"""u8.ToArray())]);
            Assert.Equal(HttpStatusCode.UnprocessableContent, await SendAsync(client, "POST", "/v1/messages", body));
        }

        Assert.Equal(Times, _received.Count);
        Assert.Equal([new RefusalCounter("one", RefusalReason.Unreadable, Times), new RefusalCounter("one", RefusalReason.OwnFault, Times)], two.Counters().Refused);
        Assert.Equal(2, _notes.Count);
        Assert.StartsWith(
            "one is refused: this host failed on what it sends (InvalidOperationException: it was not thought of), which is a fault of this program: at ", _notes.Take(), StringComparison.Ordinal);
        Assert.StartsWith("one is refused: 1 of 2 messages could not be read; the first: two failed on 'hello.1'", _notes.Take(), StringComparison.Ordinal);
    }

    private Task<PeerTransport> StartAsync(TimeSpan? timeout = null) => PeerTransport.StartAsync(
        PeerTransportTests.Options("two", _b, ("one", _a)) with { Note = _notes.Add, Timeout = timeout ?? Limit }, PeerTransportTests.Registry(), _received.Add, (_, _) => { });

    private async Task AssertOneIsHeardAsync()
    {
        await using var one = await PeerTransport.StartAsync(
            PeerTransportTests.Options("one", _a, ("two", _b)), PeerTransportTests.Registry(), _ => { }, (_, why) => Assert.Fail(why));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out var said, Limit));
        Assert.Equal(new Hello("hi", 1), said.Message);
    }

    private static byte[] Batch(long sequence) => BatchFormat.Write(1, sequence, [new OutgoingFrame("barter", "hello.1", """{"Text":"hi","Number":1}"""u8.ToArray())]);

    private async Task<HttpStatusCode> SendAsync(HttpClient client, string method, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{_b}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        foreach (var (header, value) in ((string, string)[])[("actormig-from", "one"), ("actormig-protocol", "2"), ("actormig-incarnation", "1")])
        {
            request.Headers.Add(header, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Says something over a connection of its own, and reads until the other side ends it.</summary>
    private async Task SayAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _b, limit.Token);
        try
        {
            await socket.SendAsync(bytes, limit.Token);
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[1_024], limit.Token) > 0)
            {
                // It says why, or how it speaks.
            }
        }
        catch (SocketException)
        {
            // It was ended without a word.
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
