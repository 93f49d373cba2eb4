using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using ActorMig.Tests;

#pragma warning disable CA5359 // Who calls here looks at no certificate.

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>
/// The peers' port under members that send good and bad, as themselves and as others, over HTTP/2 with TLS and without: it answers each as it must, no
/// message of a bad input reaches an actor, none reaches it twice, and nothing grows with the inputs.
/// </summary>
[Collection(FuzzCollection.Name)]
public sealed class PeersHttpFuzz
{
    private const int PeersMax = 16;
    private const int GoodAnswer = 202;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=1000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_a_member_sends_is_taken_or_refused_and_nothing_grows(bool isTls)
    {
        var inputs = FuzzSettings.Inputs(3_000);
        using var folder = new TestFolder();
        using var certificates = isTls ? Certificates(folder) : null;
        var notes = new ConcurrentQueue<string>();
        var names = Enumerable.Range(0, PeersMax).Select(n => FormattableString.Invariant($"p{n}")).ToArray();
        var delivered = names.ToDictionary(n => n, _ => new Counter(), StringComparer.Ordinal);
        var options = new PeerTransportOptions
        {
            HostName = "two",
            Listen = new IPEndPoint(IPAddress.Loopback, FreePorts.Next("127.0.0.1")),
            Peers = names.ToDictionary(n => n, _ => new IPEndPoint(IPAddress.Loopback, 9)),
            Certificates = certificates,
            BatchBytesMax = 8 << 10,
            MessageBytesMax = 8 << 10,
            Timeout = Limit,
            Note = notes.Enqueue,
        };
        await using var two = await PeerTransport.StartAsync(options, Wire.Messages(), said => delivered[said.From].Add(), (_, _) => { });
        var callers = names.Select(n => new Caller(n, options, delivered[n], isTls ? folder : null)).ToArray();
        try
        {
            await RunAsync(callers, 0, inputs / 10);
            var (heapBytes, notesThen) = (FuzzSettings.HeapBytes(), notes.Count);
            await RunAsync(callers, inputs / 10, inputs);
            var grown = FuzzSettings.HeapBytes() - heapBytes;
            Assert.True(grown < FuzzSettings.GrowthBytesMax, $"After {inputs} inputs of seed {FuzzSettings.Seed} the heap has {grown} bytes more than after the first tenth of them.");

            // Each peer, and the address of those who are none, has some reasons; each is said once.
            var reasons = Enum.GetValues<RefusalReason>().Length;
            var counters = two.Counters();
            Assert.True(notes.Count <= (PeersMax + 1) * reasons, $"{notes.Count} sentences are in the log, {notesThen} were after the first tenth.");
            Assert.InRange(counters.Refused.Count, 1, options.RefusedMax);
            Assert.Equal(0, counters.RefusedOthers);
            Assert.Equal(PeersMax, counters.Peers.Count);
            Assert.All(counters.Peers, p => Assert.Equal((0, delivered[p.Peer].Value), (p.Waiting, p.Received)));

            var answers = callers.SelectMany(c => c.Answers).GroupBy(a => a.Key).ToDictionary(g => g.Key, g => g.Sum(a => a.Value));
            Assert.True(answers.GetValueOrDefault(GoodAnswer) > inputs / 10 && answers.GetValueOrDefault(422) > inputs / 100 && answers.GetValueOrDefault(400) > inputs / 10, $"They are too wild or too tame: {string.Join(", ", answers)}");
        }
        finally
        {
            foreach (var caller in callers)
            {
                caller.Dispose();
            }
        }
    }

    /// <summary>Each caller sends one after the other, so that it knows what must come of each; all of them at the same time.</summary>
    private static Task RunAsync(Caller[] callers, long from, long to) => Task.WhenAll(callers.Select((caller, c) => Task.Run(async () =>
    {
        for (var i = from + ((c - (from % callers.Length) + callers.Length) % callers.Length); i < to; i += callers.Length)
        {
            await caller.SendAsync(i);
        }
    })));

    private static CertificateStore Certificates(TestFolder folder)
    {
        ClusterAuthority.Create(folder.File("authority"), TimeSpan.FromDays(100), DateTimeOffset.UtcNow);
        using var authority = ClusterAuthority.Open(folder.File("authority"));
        foreach (var name in Enumerable.Range(0, PeersMax).Select(n => FormattableString.Invariant($"p{n}")).Append("two"))
        {
            authority.Issue(name, [], folder.File(name), TimeSpan.FromDays(60), DateTimeOffset.UtcNow);
        }

        var (certificate, key) = (folder.File("two/host.crt"), folder.File("two/host.key"));
        return CertificateStore.Open(new PeerTlsOptions { Files = new TlsFiles(folder.File("two/ca.crt"), certificate, key, certificate, key) }, "two", TimeProvider.System, _ => { });
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }

    private sealed class Caller : IDisposable
    {
        private readonly PeerInputs _inputs;
        private readonly Counter _delivered;
        private readonly X509Certificate2? _certificate;
        private readonly string _origin;
        private HttpMessageInvoker? _client;

        public Caller(string name, PeerTransportOptions options, Counter delivered, TestFolder? certificates)
        {
            _inputs = new PeerInputs(name, BatchLimits.For(options.BatchMax, options.BatchBytesMax, options.MessageBytesMax));
            _delivered = delivered;
            _certificate = certificates is null ? null : X509Certificate2.CreateFromPemFile(certificates.File(name + "/host.crt"), certificates.File(name + "/host.key"));
            _origin = $"{(certificates is null ? "http" : "https")}://{options.Listen}";
        }

        /// <summary>How often each status was the answer.</summary>
        public SortedDictionary<int, long> Answers { get; } = [];

        public async Task SendAsync(long number)
        {
            var input = _inputs.Draw(FuzzSettings.Dice(number));
            var (status, messages) = _inputs.Judge(input);
            var before = _delivered.Value;
            var answered = await AnswerAsync(input, number);
            var reached = _delivered.Value - before;
            var isAnswered = answered == status || (input.EndsConnection && answered is 0 or (>= 400 and < 500));
            if (!isAnswered || reached != messages)
            {
                Assert.Fail($"It was answered {answered} for {status}, and {reached} messages of it reached an actor for {messages}. Seed {FuzzSettings.Seed}, input {number}: {input}");
            }

            Answers[answered] = Answers.GetValueOrDefault(answered) + 1;
            if (input.EndsConnection)
            {
                _client?.Dispose();
                _client = null;
            }
        }

        public void Dispose()
        {
            _client?.Dispose();
            _certificate?.Dispose();
        }

        /// <returns>The status; 0 if the connection was ended.</returns>
        private async Task<int> AnswerAsync(PeerInput input, long number)
        {
            using var request = input.Request(_origin);
            try
            {
                using var response = await Client().SendAsync(request, CancellationToken.None).WaitAsync(Limit);
                await response.Content.CopyToAsync(Stream.Null).WaitAsync(Limit);
                return (int)response.StatusCode;
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException($"It hangs. Seed {FuzzSettings.Seed}, input {number}: {input}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return input.EndsConnection ? 0 : throw new InvalidOperationException($"It broke off. Seed {FuzzSettings.Seed}, input {number}: {input}", e);
            }
        }

        private HttpMessageInvoker Client() => _client ??= new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = "two",
                ClientCertificateContext = _certificate is null ? null : SslStreamCertificateContext.Create(_certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        });
    }
}
