using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMig.Cluster;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>
/// Raw bytes to the peers' port without certificates: no HTTP at all, HTTP/1, and HTTP/2 that was changed on its way or lies about its length. Each comes over
/// a connection of its own, so there are fewer of them: one for each fifty inputs.
/// </summary>
[Collection(FuzzCollection.Name)]
public sealed class PeersRawFuzz
{
    private const int Callers = 8;
    private const int GoodEvery = 20;
    private const string Liar = "liar";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=1000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Fact]
    public async Task Whatever_bytes_come_the_next_good_message_is_taken()
    {
        const int OfInputs = 50;
        var inputs = Math.Max(Callers, FuzzSettings.Inputs(20_000) / OfInputs);
        var notes = 0;
        var (messages, lies, good) = (0L, 0L, 0L);
        var options = new PeerTransportOptions
        {
            HostName = "two",
            Listen = new IPEndPoint(IPAddress.Loopback, FreePorts.Next("127.0.0.1")),
            Peers = new Dictionary<string, IPEndPoint> { ["one"] = new(IPAddress.Loopback, 9), ["good"] = new(IPAddress.Loopback, 9) },
            BatchBytesMax = 8 << 10,
            MessageBytesMax = 8 << 10,
            Timeout = Limit,
            Note = _ => Interlocked.Increment(ref notes),
        };
        await using var two = await PeerTransport.StartAsync(options, Wire.Messages(), Receive, (_, _) => { });
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        await RunAsync(0, inputs / 10);
        var heapBytes = FuzzSettings.HeapBytes();
        await RunAsync(inputs / 10, inputs);
        var grown = FuzzSettings.HeapBytes() - heapBytes;
        Assert.True(grown < FuzzSettings.GrowthBytesMax, $"After {inputs} connections of seed {FuzzSettings.Seed} the heap has {grown} bytes more than after the first tenth of them.");
        Assert.Equal(0, Interlocked.Read(ref lies));
        Assert.InRange(Interlocked.Read(ref messages), inputs / 40, inputs);
        Assert.Equal((inputs + GoodEvery - 1) / GoodEvery, Interlocked.Read(ref good));
        Assert.InRange(Volatile.Read(ref notes), 1, 3 * Enum.GetValues<RefusalReason>().Length);
        Assert.Contains(two.Counters().Refused, r => r is { Who: "127.0.0.1", Reason: RefusalReason.OtherProtocol });

        void Receive(PeerMessage said)
        {
            if (said.From == "good")
            {
                Interlocked.Increment(ref good);
            }
            else if (said.Actor == Liar)
            {
                Interlocked.Increment(ref lies);
            }
            else
            {
                Interlocked.Increment(ref messages);
            }
        }

        Task RunAsync(long from, long to)
        {
            var next = from - 1;
            return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (var i = Interlocked.Increment(ref next); i < to; i = Interlocked.Increment(ref next))
                {
                    await SendAsync(i);
                }
            })));
        }

        async Task SendAsync(long number)
        {
            var bytes = Draw(FuzzSettings.Dice(number), number);
            await SayAsync(options.Listen, bytes, number);
            if (number % GoodEvery != 0)
            {
                return;
            }

            // A run for each, because they overtake each other.
            var sample = Mutations.Samples[0];
            var input = new PeerInput { From = "good", Body = BatchFormat.Write(number + 1, 1, [new OutgoingFrame("barter", sample.Name, sample.Json)]) };
            using var request = input.Request($"http://{options.Listen}");
            using var response = await client.SendAsync(request, CancellationToken.None).WaitAsync(Limit);
            Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"A good message was answered {response.StatusCode} after input {number} of seed {FuzzSettings.Seed}: {Convert.ToHexString(bytes)}");
        }
    }

    private static byte[] Draw(Random dice, long number)
    {
        var sample = Mutations.Samples[dice.Next(Mutations.Samples.Count)];
        var body = BatchFormat.Write(number + 1, 1, [new OutgoingFrame("barter", sample.Name, sample.Json)]);
        switch (dice.Next(10))
        {
            case 0:
                var noise = new byte[1 + dice.Next(2_000)];
                dice.NextBytes(noise);
                return noise;
            case 1:
                return Mutations.Change(dice, Http1(dice, body), body);
            case 2 or 3:
                // More or less is said than comes, or what is no number: then nothing of it counts.
                var lie = BatchFormat.Write(number + 1, 1, [new OutgoingFrame(Liar, sample.Name, sample.Json)]);
                string[] lengths = [$"{lie.Length - 1}", $"{lie.Length + 1}", "0", "99999999999999999999", "-1", "x", "1e3", $"{long.MaxValue}"];
                return Http2(lie, lengths[dice.Next(lengths.Length)]);
            case 4:
                return [.. Http2(body, null), .. Http2(body, null)];
            case 5:
                var whole = Http2(body, null);
                return whole[..dice.Next(1, whole.Length)];
            case 6:
                // As it should be: of what was changed nearly nothing is taken, and of two at once it is a race whether the first is.
                return Http2(body, $"{body.Length}");
            default:
                return Mutations.Change(dice, Http2(body, $"{body.Length}"), Http2(body, null));
        }
    }

    private static byte[] Http1(Random dice, byte[] body) => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"POST /v1/messages HTTP/1.{dice.Next(3)}\r\nHost: two\r\nactormig-from: one\r\nactormig-protocol: 2\r\nactormig-incarnation: 1\r\nContent-Length: {body.Length}\r\n\r\n"));

    /// <summary>A request as bytes: the preface, settings, one frame of headers and one of data. Names and values are written out (RFC 7541, 6.2.2).</summary>
    private static byte[] Http2(byte[] body, string? length)
    {
        const byte Data = 0;
        const byte Headers = 1;
        const byte Settings = 4;
        const byte EndStream = 1;
        const byte EndHeaders = 4;
        const byte MethodPost = 0x83;
        const byte SchemeHttp = 0x86;
        List<byte> headers = [MethodPost, SchemeHttp];
        foreach (var (name, value) in ((string, string?)[])
            [(":path", "/v1/messages"), (":authority", "two"), ("actormig-from", "one"), ("actormig-protocol", "2"), ("actormig-incarnation", "1"), ("content-length", length)])
        {
            if (value is null)
            {
                continue;
            }

            headers.AddRange([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, []), .. Frame(Headers, EndHeaders, 1, [.. headers]), .. Frame(Data, EndStream, 1, body)];
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        const int HeadBytes = 9;
        var frame = new byte[HeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeadBytes);
        return frame;
    }

    /// <summary>Says it, and waits until the other side has ended the connection.</summary>
    private static async Task SayAsync(IPEndPoint to, byte[] bytes, long number)
    {
        using var limit = new CancellationTokenSource(Limit);

        // Reset at the end, so that a million of them do not use up the ports.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(to, limit.Token);

            // What it answers is looked at in the other test.
            _ = await RawTalk.SayAsync(socket, bytes, limit.Token);
        }
        catch (SocketException)
        {
            // It was ended without a word.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It hangs. Seed {FuzzSettings.Seed}, input {number}: {Convert.ToHexString(bytes)}");
        }
    }
}
