using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ActorMig.Benchmarks;

/// <summary>
/// Messages from one process to another over loopback and mutual TLS, beside bare HTTP/2 calls of the same bytes, one after the other, over the same TLS.
/// Both sides count when the other process has them: of the transport each hundredth message is answered, and so many are under way at most.
/// </summary>
internal static class TransportBenchmark
{
    private const int Messages = 40_000;
    private const int Calls = 4_000;
    public const int AnswerEvery = 100;
    private const int UnderWayMax = 2_000;
    private const int Rounds = 5;
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>This process sends; another one of the same program hears.</summary>
    public static async Task RunAsync()
    {
        using var folder = new BenchmarkFolder();
        Issue(folder);
        int[] ports = [FreePort(), FreePort(), FreePort()];
        var far = new ProcessStartInfo(Environment.ProcessPath!, ["transport-far", folder.File("far"), .. ports.Select(p => p.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardOutput = true };
        using var process = Process.Start(far)!;
        try
        {
            await process.StandardOutput.ReadLineAsync().WaitAsync(Limit);
            using var certificates = Open(folder.File("near"), "near");
            var answered = new SemaphoreSlim(0);
            await using var near = await PeerTransport.StartAsync(
                Options("near", ports[0], "far", ports[1], certificates), Registry(), _ => answered.Release(), (_, why) => Console.WriteLine($"not delivered: {why}"));
            using var bare = BareClient(folder.File("near"), ports[2]);
            var body = Registry().Write(Message(0));
            Console.WriteLine(FormattableString.Invariant($"A message has {body.Length} bytes of JSON."));
            var (our, their) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                // In turns, so that what else the machine does meets both; the first round warms up.
                var ours = await SendAsync(m => near.Send("far", 1, "barter", m), answered);
                var theirs = await BareAsync(bare, body);
                if (round > 0)
                {
                    our.Add(ours);
                    their.Add(theirs);
                }
            }

            var ratios = our.Zip(their, (a, b) => a / b);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"messages over mutual TLS: ActorMig {Comparison.Median(our):N0}/s (target 20,000), bare HTTP/2 calls one by one {Comparison.Median(their):N0}/s, ratio {Comparison.Median(ratios):0.0} (median of {Rounds} rounds of {Messages:N0} and {Calls:N0}; {ratios.Min():0.0} to {ratios.Max():0.0})"));
            var counters = near.Counters().Peers[0];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {counters.Sent:N0} messages in {counters.Batches:N0} requests, {counters.Dropped} dropped, {counters.Failed} failed"));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Certificates for both ends.</summary>
    public static void Issue(BenchmarkFolder folder)
    {
        ClusterAuthority.Create(folder.File("ca"), TimeSpan.FromDays(2), DateTimeOffset.UtcNow);
        using var authority = ClusterAuthority.Open(folder.File("ca"));
        authority.Issue("near", [], folder.File("near"), TimeSpan.FromDays(1), DateTimeOffset.UtcNow);
        authority.Issue("far", ["127.0.0.1"], folder.File("far"), TimeSpan.FromDays(1), DateTimeOffset.UtcNow);
    }

    /// <summary>The process that hears, until it is killed.</summary>
    public static async Task FarAsync(string folder, int nearPort, int farPort, int barePort)
    {
        using var certificates = Open(folder, "far");
        PeerTransport? far = null;
        await using var started = far = await PeerTransport.StartAsync(
            Options("far", farPort, "near", nearPort, certificates),
            Registry(),
            said =>
            {
                if (said.Message is Said { Number: var number } && number % AnswerEvery == AnswerEvery - 1)
                {
                    Volatile.Read(ref far)?.Send("near", 1, "barter", said.Message);
                }
            },
            (_, why) => Console.Error.WriteLine($"not answered: {why}"));
        await using var bare = await BareServerAsync(folder, barePort);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>How many messages are had by the other end in a second.</summary>
    /// <param name="send">Sends one.</param>
    /// <param name="answered">Is released for each answer.</param>
    public static async Task<double> SendAsync(Action<object> send, SemaphoreSlim answered)
    {
        var start = Stopwatch.GetTimestamp();
        var heard = 0;
        for (var i = 0; i < Messages; i++)
        {
            if (i - heard >= UnderWayMax)
            {
                await HearAsync();
            }

            send(Message(i));
        }

        while (heard < Messages)
        {
            await HearAsync();
        }

        return Messages / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task HearAsync()
        {
            heard += await answered.WaitAsync(Limit) ? AnswerEvery : throw new TimeoutException("The other process does not answer any more.");
        }
    }

    private static async Task<double> BareAsync(HttpClient client, byte[] body)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++)
        {
            using var answer = await client.PostAsync(new Uri("/v1/messages", UriKind.Relative), new ByteArrayContent(body));
            answer.EnsureSuccessStatusCode();
        }

        return Calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static HttpClient BareClient(string folder, int port)
    {
        var (own, authority) = Certificates(folder);
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
                CertificateChainPolicy = Policy(authority),
            },
        })
        {
            BaseAddress = new Uri(FormattableString.Invariant($"https://127.0.0.1:{port}")),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private static async Task<WebApplication> BareServerAsync(string folder, int port)
    {
        var (own, authority) = Certificates(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    CertificateChainPolicy = Policy(authority),
                }),
            });
        }));
        var app = builder.Build();
        app.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        });
        await app.StartAsync();
        return app;
    }

    private static (X509Certificate2 Own, X509Certificate2 Authority) Certificates(string folder) => (
        X509Certificate2.CreateFromPemFile(Path.Combine(folder, "host.crt"), Path.Combine(folder, "host.key")),
        X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.crt")));

    private static X509ChainPolicy Policy(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    public static CertificateStore Open(string folder, string host)
    {
        var (certificate, key) = (Path.Combine(folder, "host.crt"), Path.Combine(folder, "host.key"));
        return CertificateStore.Open(
            new PeerTlsOptions { Files = new TlsFiles(Path.Combine(folder, "ca.crt"), certificate, key, certificate, key), ExpiryWarning = TimeSpan.Zero },
            host, TimeProvider.System, Console.Error.WriteLine);
    }

    public static PeerTransportOptions Options(string host, int port, string peer, int peerPort, CertificateStore certificates) => new()
    {
        HostName = host,
        Listen = new IPEndPoint(IPAddress.Loopback, port),
        Peers = new Dictionary<string, IPEndPoint> { [peer] = new(IPAddress.Loopback, peerPort) },
        Certificates = certificates,
    };

    public static MessageRegistry Registry() => new MessageRegistry().Add("said.1", BenchmarkJson.Default.Said);

    private static Said Message(int number) => new("kvm1-17-4711", "a sentence as long as a reason usually is, give or take", number, 123_456_789.5);

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>As large as most of what agents say.</summary>
internal sealed record Said(string Barter, string Reason, int Number, double Load);

[JsonSerializable(typeof(Said))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
