using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorMig.Cluster.Tls;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests;

/// <summary>Connections to a peer that break off at any byte, as those of a process that is killed: what is sent afterwards arrives.</summary>
public sealed class BrokenConnections
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public Task What_is_sent_after_a_connection_broke_off_arrives(bool isReset, bool countsAnswers) =>
        RunAsync(new Cutter(isReset, countsAnswers), Enumerable.Range(0, 300).Select(n => 2 * n));

    /// <summary>About one in a hundred such connections fails in a way of its own: it is gone between its beginning and the client's first question to it.</summary>
    [Fact]
    public Task What_is_sent_after_connections_broke_off_at_once_arrives() => RunAsync(new Cutter(true, false) { IsShut = true }, Enumerable.Repeat(0, 2_000));

    /// <summary>Also inside a handshake.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task What_is_sent_after_a_TLS_connection_broke_off_arrives(bool isReset, bool countsAnswers)
    {
        using var certificates = new TestCertificates();
        using var ofOne = certificates.Open("one");
        using var ofTwo = certificates.Open("two");
        await RunAsync(new Cutter(isReset, countsAnswers), Enumerable.Range(0, 150).Select(n => 20 * n), ofOne, ofTwo);
    }

    private static async Task RunAsync(Cutter cutter, IEnumerable<int> cuts, CertificateStore? ofOne = null, CertificateStore? ofTwo = null)
    {
        // What becomes of the messages: the number of one that arrives, and -1 for one whose loss is said. One that was cut off late can be both.
        var fates = Channel.CreateUnbounded<int>();
        var a = FreePorts.Next("127.0.0.1");
        using var _ = cutter;
        await using var two = await PeerTransport.StartAsync(
            PeerTransportTests.Options("two", cutter.PeerPort, ("one", a)) with { Certificates = ofTwo },
            PeerTransportTests.Registry(),
            said => fates.Writer.TryWrite(((Hello)said.Message).Number),
            (_, _) => { });
        await using var one = await PeerTransport.StartAsync(
            PeerTransportTests.Options("one", a, ("two", cutter.Port)) with { Certificates = ofOne }, PeerTransportTests.Registry(), _ => { }, (_, _) => fates.Writer.TryWrite(-1));
        foreach (var bytes in cuts)
        {
            cutter.Cut(bytes);
            one.Send("two", 1, "barter", new Hello("may be lost", bytes));
            await FateAsync();
        }

        // The connection that stands may still be cut once.
        const int Whole = 1_000;
        cutter.IsShut = false;
        cutter.Cut(long.MaxValue);
        one.Send("two", 1, "barter", new Hello("may be lost", Whole - 1));
        one.Send("two", 1, "barter", new Hello("arrives", Whole));
        while (await FateAsync() != Whole)
        {
            // An earlier one.
        }

        async Task<int> FateAsync()
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            soon.CancelAfter(Limit);
            try
            {
                return await fates.Reader.ReadAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("A message neither arrived nor was its loss said: nothing is sent any more.");
            }
        }
    }

    /// <summary>Stands before a peer, and cuts each connection after so many bytes.</summary>
    private sealed class Cutter : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly bool _isReset;
        private readonly bool _countsAnswers;
        private readonly CancellationTokenSource _end = new();
        private long _leftBytes;

        public Cutter(bool isReset, bool countsAnswers)
        {
            (_isReset, _countsAnswers) = (isReset, countsAnswers);
            _listener.Start();
            _ = AcceptAsync();
        }

        /// <summary>Where the peer itself listens.</summary>
        public int PeerPort { get; } = FreePorts.Next("127.0.0.1");

        /// <summary>True: every connection is reset at once.</summary>
        public bool IsShut { get; set; }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>The connection that stands is cut after so many more bytes, and each new one likewise.</summary>
        public void Cut(long afterBytes) => Volatile.Write(ref _leftBytes, afterBytes);

        public void Dispose()
        {
            _end.Cancel();
            _listener.Dispose();
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (!_end.IsCancellationRequested)
            {
                var near = await _listener.AcceptSocketAsync(_end.Token);
                if (IsShut)
                {
                    near.LingerState = new LingerOption(true, 0);
                    near.Dispose();
                    continue;
                }

                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, PeerPort, _end.Token);
                _ = PumpAsync(near, far, !_countsAnswers);
                _ = PumpAsync(far, near, _countsAnswers);
            }
        }

        private async Task PumpAsync(Socket from, Socket to, bool isCounted)
        {
            var buffer = new byte[4_096];
            try
            {
                while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var count)
                {
                    var pass = isCounted ? (int)Math.Min(count, Volatile.Read(ref _leftBytes)) : count;
                    await to.SendAsync(buffer.AsMemory(0, pass), _end.Token);
                    if (isCounted && Interlocked.Add(ref _leftBytes, -pass) <= 0)
                    {
                        break;
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The other direction was cut.
            }

            foreach (var socket in (Socket[])[from, to])
            {
                if (_isReset)
                {
                    socket.LingerState = new LingerOption(true, 0);
                }

                socket.Dispose();
            }
        }
    }
}
