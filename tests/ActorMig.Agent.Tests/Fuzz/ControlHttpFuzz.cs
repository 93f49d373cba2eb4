using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>
/// The control socket of a whole agent: every route with any method, query and body, and bytes that are no HTTP. It answers each, with no error of its own
/// and without a restart of an actor; good questions in between are answered, and nothing grows.
/// </summary>
[Collection(FuzzCollection.Name)]
public sealed class ControlHttpFuzz
{
    private const int Callers = 8;
    private const int GoodEvery = 50;
    private const int RawEvery = 25;

    /// <summary>What the control server takes at most.</summary>
    private const int BodyBytesMax = 64 << 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Those that begin something: <c>{w}</c> stands for any word.</summary>
    private static readonly (string Method, string Path, string Body)[] Routes =
    [
        ("GET", "/v1/status", ""), ("GET", "/v1/barters/{w}", ""), ("GET", "/v1/journal", ""), ("GET", "/v1/migrations", ""), ("GET", "/v1/migrations/{w}", ""),
        ("GET", "/v1/vms/where", ""), ("GET", "/v1/cluster", ""), ("GET", "/v1/cluster/counters", ""), ("GET", "/v1/actors", ""),
        ("POST", "/v1/moves", """{"vm":"vm1","to":"h2","mode":"direct"}"""),
        ("POST", "/v1/migrations/{w}/abort", ""),
        ("POST", "/v1/migrations/{w}/resolve", """{"runsOn":"h1","isLost":false,"seen":null}"""),
        ("POST", "/v1/journal/accepted-loss", ""),
        ("POST", "/v1/brake", """{"isFrozen":false,"forMs":1000,"why":"x"}"""),
        ("POST", "/v1/drain", """{"host":"h9","deadlineMs":1000,"why":"x"}"""),
        ("DELETE", "/v1/drain", ""),
        ("POST", "/v1/cluster/join", """{"addresses":["127.0.0.1"]}"""),
        ("POST", "/v1/cluster/leave", ""),
        ("POST", "/v1/cluster/forget", """{"host":"h2"}"""),
        ("GET", "/nothing/{w}", ""),
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW"];
    private static readonly string[] Queries = ["last", "after", "arrivals", "vm", "host", "w"];

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=1000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Fact]
    public async Task Whatever_is_asked_is_answered_and_nothing_grows()
    {
        var inputs = FuzzSettings.Inputs(2_000);
        using var folder = new TestFolder();
        var agent = new AgentUnderTest(folder);
        await agent.RunAsync(async client =>
        {
            var callers = Enumerable.Range(0, Callers).Select(_ => new HttpMessageInvoker(Handler(agent.Socket))).ToArray();
            await RunAsync(agent, client, callers, 0, inputs / 10);
            var actors = (await client.ActorsAsync(TestContext.Current.CancellationToken)).Actors.Count;
            var heapBytes = FuzzSettings.HeapBytes();
            await RunAsync(agent, client, callers, inputs / 10, inputs);
            var grown = FuzzSettings.HeapBytes() - heapBytes;
            Assert.True(grown < FuzzSettings.GrowthBytesMax, $"After {inputs} inputs of seed {FuzzSettings.Seed} the heap has {grown} bytes more than after the first tenth of them.");

            // An actor of its own for who asks what a host lacks is the only one that may have come.
            var after = await client.ActorsAsync(TestContext.Current.CancellationToken);
            Assert.InRange(after.Actors.Count, 1, actors + 1);
            Assert.All(after.Actors.Where(a => a.Path.StartsWith("/host", StringComparison.Ordinal)), a => Assert.Equal((a.Path, 0L, 0L), (a.Path, a.Restarts, a.Dropped)));
            foreach (var caller in callers)
            {
                caller.Dispose();
            }

            return 0;
        });
    }

    private static Task RunAsync(AgentUnderTest agent, ControlClient client, HttpMessageInvoker[] callers, long from, long to)
    {
        var next = from - 1;
        return Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < to; i = Interlocked.Increment(ref next))
            {
                var dice = FuzzSettings.Dice(i);
                if (i % RawEvery == 0)
                {
                    await SayAsync(agent.Socket, Raw(dice), i);
                }
                else
                {
                    await AskAsync(agent.Socket, caller, dice, i);
                }

                if (i % GoodEvery == 0)
                {
                    Assert.Equal("h1", (await client.StatusAsync(CancellationToken.None).WaitAsync(Limit)).Host);
                }
            }
        })));
    }

    private static async Task AskAsync(string socket, HttpMessageInvoker caller, Random dice, long number)
    {
        var route = Routes[dice.Next(Routes.Length)];
        var path = Filled(route.Path, dice);
        var body = Body(route.Body, dice);
        var method = dice.Next(10) < 7 ? route.Method : Methods[dice.Next(Methods.Length)];
        try
        {
            await SendAsync(caller);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It hangs. {What()}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException && body.Length <= BodyBytesMax)
        {
            // The server ends a connection on which it left a large body unread, as HTTP lets it; who has just sent the next request there asks anew.
            using var another = new HttpMessageInvoker(Handler(socket));
            try
            {
                await SendAsync(another);
            }
            catch (Exception again) when (again is HttpRequestException or IOException)
            {
                Assert.Fail($"It broke off, and again over a new connection ({again.InnerException?.Message ?? again.Message}). {What()}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // What is too large is answered and not read to its end; who still writes may hear of the one and not of the other.
        }

        async Task SendAsync(HttpMessageInvoker by)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "http://agent" + path) { Content = body.Length == 0 ? null : new ByteArrayContent(body) };
            using var response = await by.SendAsync(request, CancellationToken.None).WaitAsync(Limit);
            await response.Content.CopyToAsync(Stream.Null).WaitAsync(Limit);
            if ((int)response.StatusCode is not (200 or 202 or (>= 400 and < 500)))
            {
                Assert.Fail($"It was answered {(int)response.StatusCode}. {What()}");
            }
        }

        string What() => $"Seed {FuzzSettings.Seed}, input {number}: {method} {path}: {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(500, body.Length)))}";
    }

    private static string Filled(string path, Random dice)
    {
        var filled = path.Replace("{w}", Uri.EscapeDataString(Mutations.Word(dice, dice.Next(10) == 0 ? 1_000 : 20)), StringComparison.Ordinal);
        if (dice.Next(2) == 0)
        {
            return filled;
        }

        var value = dice.Next(5) switch
        {
            0 => "true",
            1 => dice.Next(100).ToString(CultureInfo.InvariantCulture),
            2 => "-1",
            3 => "99999999999999999999",
            _ => Uri.EscapeDataString(Mutations.Word(dice, 50)),
        };
        return $"{filled}?{Queries[dice.Next(Queries.Length)]}={value}";
    }

    private static byte[] Body(string sample, Random dice)
    {
        var json = Encoding.UTF8.GetBytes(sample.Length == 0 ? """{"host":"h2"}""" : sample);
        switch (dice.Next(20))
        {
            case < 4:
                return Encoding.UTF8.GetBytes(sample);
            case < 12:
                return Mutations.Change(dice, json, json);
            case < 16:
                return Mutations.Wild(dice, json);
            case < 17:
                return new byte[dice.Next(100) == 0 ? 2 * BodyBytesMax : 1];
            default:
                var noise = new byte[dice.Next(1_000)];
                dice.NextBytes(noise);
                return noise;
        }
    }

    /// <summary>A request as bytes, changed; and noise.</summary>
    private static byte[] Raw(Random dice)
    {
        var route = Routes[dice.Next(Routes.Length)];
        var body = Body(route.Body, dice);
        string[] lengths = [$"{body.Length}", $"{body.Length + 1}", $"{Math.Max(0, body.Length - 1)}", "-1", "x", "99999999999999999999"];
        byte[] request =
        [
            .. Encoding.Latin1.GetBytes(
                $"{route.Method} {Filled(route.Path, dice)} HTTP/1.1\r\nHost: agent\r\n{(dice.Next(4) == 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + lengths[dice.Next(lengths.Length)])}\r\n\r\n"),
            .. body,
        ];
        return dice.Next(3) == 0 ? request : Mutations.Change(dice, request, body.Length == 0 ? request : body);
    }

    /// <summary>Says it over a connection of its own, and reads until the agent has ended that.</summary>
    private static async Task SayAsync(string path, byte[] bytes, long number)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        byte[] answer = [];
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
            answer = await RawTalk.SayAsync(socket, bytes, limit.Token);
        }
        catch (SocketException)
        {
            // It was ended without a word.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It hangs. Seed {FuzzSettings.Seed}, input {number}: {Convert.ToHexString(bytes)}");
        }

        // 505 is the web server's word for a version that is none, and no error of the agent's.
        var text = Encoding.Latin1.GetString(answer).Replace("HTTP/1.1 505", "", StringComparison.Ordinal);
        Assert.False(text.Contains("HTTP/1.1 5", StringComparison.Ordinal), $"Seed {FuzzSettings.Seed}, input {number}: {Convert.ToHexString(bytes)} was answered {text[..Math.Min(200, text.Length)]}");
    }

    private static SocketsHttpHandler Handler(string path) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
