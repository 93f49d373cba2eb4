using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMig.Cluster.Serf;

namespace ActorMig.Cluster.Tests.Serf;

/// <summary>What answers at the RPC address and is no serf as it should be.</summary>
public sealed class SerfConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SerfConnectionTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Who_says_nothing_is_not_waited_for_any_longer_than_an_answer_may_take()
    {
        var why = await Assert.ThrowsAsync<SerfException>(() => OpenAsync(TimeSpan.FromMilliseconds(100)));
        Assert.Contains("did not answer 'handshake' in 0.1 s", why.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "does something else answer at its RPC address?")]
    [InlineData("", "has closed the connection")]
    public async Task Who_is_no_serf_is_found_out(string greeting, string sentence)
    {
        var accepting = AcceptAsync(async stream => await stream.WriteAsync(Encoding.ASCII.GetBytes(greeting)));
        var why = await Assert.ThrowsAsync<SerfException>(() => OpenAsync(SerfHost.Limit));
        Assert.Contains(sentence, why.Message, StringComparison.Ordinal);
        await accepting;
    }

    /// <summary>An answer that comes too late belongs to its question, and not to the next one.</summary>
    [Fact]
    public async Task Answers_are_told_apart_by_their_numbers()
    {
        var late = new TaskCompletionSource();
        var accepting = AcceptAsync(async stream =>
        {
            var reader = new MessagePackReader(stream, 1 << 20);
            await RequestAsync(reader, true);
            await stream.WriteAsync(Header(0, ""));
            await RequestAsync(reader, false);
            await RequestAsync(reader, false);
            await late.Task;
            byte[] answers =
            [
                .. Header(1, ""), .. new MessagePackWriter().Map(1).Text("Members").Array(0).Written.Span,
                .. Header(3, "1 error:\n\n\t* no\n"), .. new MessagePackWriter().Map(1).Text("Num").Whole(0).Written.Span,
                .. Header(2, ""), .. new MessagePackWriter().Map(1).Text("agent").Map(1).Text("name").Text("me").Written.Span,
            ];
            await RequestAsync(reader, true);
            await stream.WriteAsync(answers);
            await reader.ReadAsync(CancellationToken.None);
        });
        await using var connection = await OpenAsync(SerfHost.Limit);
        await Assert.ThrowsAsync<SerfException>(() => connection.AskAsync("members", null, Answer.Body, TestContext.Current.CancellationToken, TimeSpan.FromMilliseconds(50)));
        var stats = connection.AskAsync("stats", null, Answer.Body, TestContext.Current.CancellationToken);
        var join = connection.AskAsync("join", body => body.Map(0), Answer.BodyAlways, TestContext.Current.CancellationToken);
        late.SetResult();
        Assert.Equal("me", (await stats).Record("agent").Text("name"));
        Assert.Equal("serf refused 'join': 1 error: * no.", (await Assert.ThrowsAsync<SerfException>(() => join)).Message);
        await connection.DisposeAsync();
        await Assert.ThrowsAsync<SerfException>(() => connection.AskAsync("stats", null, Answer.Body, TestContext.Current.CancellationToken));
        await accepting;
    }

    [Fact]
    public void A_distance_is_what_serf_counts()
    {
        // serf rtt of these two: 0.3 (the vectors) + 0.01 + 0.02 (the heights) + 0.001 - 0.002 (the adjustments).
        var one = new SerfCoordinate([0.1, 0.2, 0.4], 0.01, 0.001);
        var two = new SerfCoordinate([0.2, 0.4, 0.6], 0.02, -0.002);
        Assert.Equal(329, one.DistanceMs(two)!.Value, 6);
        Assert.Equal(330, one.DistanceMs(two with { Adjustment = -10 })!.Value, 6);
        Assert.Null(one.DistanceMs(new SerfCoordinate([], 0, 0)));
    }

    private static byte[] Header(ulong sequence, string error) => new MessagePackWriter().Map(2).Text("Error").Text(error).Text("Seq").Whole(sequence).Written.ToArray();

    private static async Task RequestAsync(MessagePackReader reader, bool hasBody)
    {
        await reader.ReadAsync(CancellationToken.None);
        if (hasBody)
        {
            await reader.ReadAsync(CancellationToken.None);
        }
    }

    private Task<SerfConnection> OpenAsync(TimeSpan limit) => SerfConnection.OpenAsync(
        new SerfEndpoint((IPEndPoint)_listener.LocalEndpoint, "", limit, 1 << 20), null, TestContext.Current.CancellationToken);

    private async Task AcceptAsync(Func<NetworkStream, Task> serve)
    {
        using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        try
        {
            await serve(client.GetStream());
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // The other side has had enough.
        }
    }
}
