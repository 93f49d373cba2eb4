using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ActorMig.Cluster.Tls;

namespace ActorMig.Cluster;

/// <summary>Sends what waits for one peer, one request after the other, over a connection of its own: so order holds, and others are not held up.</summary>
internal sealed class PeerSender(Peer peer, PeerTransportOptions options, Action<string, string> unreachable, Refusals refusals)
{
    private const int AnswerBytesMax = 1_000;
    private readonly CertificateStore? _certificates = options.Certificates;

    /// <summary>The numbers of its requests begin anew with it, and so the peer must not compare them with those of an earlier one.</summary>
    private readonly long _run = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private HttpMessageInvoker? _client;
    private int _generation;
    private int _connects;
    private int _connectsAnswered;
    private long _sequence;

    /// <summary>Until the transport stops, or the peer is one no more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, peer.Ended);
        try
        {
            while (true)
            {
                var batch = await peer.Queue.TakeAsync(options.Limits, both.Token).ConfigureAwait(false);
                await SendAsync(batch, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // Asked to stop.
        }
        finally
        {
            _client?.Dispose();
            peer.Dispose();
        }
    }

    private async Task SendAsync(List<Outgoing> batch, CancellationToken stop)
    {
        var body = BatchFormat.Write(_run, ++_sequence, [.. batch.Select(m => m.Frame)]);
        try
        {
            var connects = Volatile.Read(ref _connects);
            var why = await TryAsync(batch[0].Incarnation, body, stop).ConfigureAwait(false);
            if (why is { MayRetry: true } && connects == _connectsAnswered && connects > 0)
            {
                // It worked before, and broke off: the peer has ended it, or began anew. It drops what it has had already.
                why = await TryAsync(batch[0].Incarnation, body, stop).ConfigureAwait(false);
            }

            if (why is not { IsLost: true })
            {
                peer.CountSent(batch.Count);
            }
            else
            {
                peer.CountFailed(batch.Count);
            }

            if (why is not null)
            {
                unreachable(peer.Name, why.Sentence);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            peer.CountFailed(batch.Count);
            throw;
        }
    }

    /// <returns>Why not; null if the peer has taken all.</returns>
    private async Task<Failure?> TryAsync(long incarnation, byte[] body, CancellationToken stop)
    {
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(stop);
            soon.CancelAfter(options.Timeout);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{(_certificates is null ? "http" : "https")}://{peer.Address}{PeerHeaders.Path}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body),
            };
            request.Headers.Add(PeerHeaders.Protocol, PeerTransport.ProtocolVersion.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(PeerHeaders.From, options.HostName);
            request.Headers.Add(PeerHeaders.Incarnation, incarnation.ToString(CultureInfo.InvariantCulture));

            // The client keeps its own time; that it has given up is not left to it alone, for this is the only sender that the peer has.
            using var response = await Client().SendAsync(request, soon.Token).WaitAsync(2 * options.Timeout, stop).ConfigureAwait(false);
            if (_connectsAnswered != Volatile.Read(ref _connects))
            {
                _connectsAnswered = Volatile.Read(ref _connects);
                refusals.Forgive(peer.Name);
            }

            if (response.IsSuccessStatusCode)
            {
                return null;
            }

            var text = await TextAsync(response, soon.Token).ConfigureAwait(false);
            return new Failure($"answered {(int)response.StatusCode}: {text}", IsLost: response.StatusCode != HttpStatusCode.UnprocessableContent);
        }
#pragma warning disable CA1031 // Whatever fails, what comes next is sent all the same: a connection whose peer is killed fails in many ways.
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // What is to come goes over a new connection: this one may hang for long.
            Forget();
            return e is OperationCanceledException or TimeoutException
                ? new Failure($"no answer in {options.Timeout.TotalSeconds:0.#} s")
                : new Failure(InWords(e), MayRetry: true);
        }
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[AnswerBytesMax];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return string.Concat(Encoding.UTF8.GetString(buffer, 0, count).Select(c => char.IsControl(c) ? ' ' : c));
    }

    private string InWords(Exception e)
    {
        var inner = e;
        while (inner is not PeerRefusedException && inner.InnerException is { } deeper)
        {
            inner = deeper;
        }

        // With TLS 1.3 who calls is done before the other has looked at its certificate.
        return inner is PeerRefusedException ? inner.Message
            : _certificates is null || (inner is SocketException && e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }) ? e.Message
            : $"{inner.Message} (if it refuses this host's certificate, or speaks no TLS, its log says so)";
    }

    private HttpMessageInvoker Client()
    {
        // With a certificate that is new, the old connection is used no more.
        _certificates?.LookAgain();
        if (_client is not null && _generation != (_certificates?.Generation ?? 0))
        {
            Forget();
        }

        _generation = _certificates?.Generation ?? 0;
        return _client ??= new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = options.Timeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            PooledConnectionLifetime = _certificates?.Options.ConnectionAgeMax ?? Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, cancellation) => ConnectAsync(cancellation),
        });
    }

    private void Forget()
    {
        _client?.Dispose();
        _client = null;
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _connects);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_certificates is null)
            {
                // Peers know a host by the address at which it listens, so its messages come from there, however many addresses it has.
                socket.Bind(new IPEndPoint(options.Listen.Address, 0));
            }

            await socket.ConnectAsync(peer.Address, cancellation).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return _certificates is null ? stream : await SecureAsync(stream, _certificates, cancellation).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(NetworkStream stream, CertificateStore certificates, CancellationToken cancellation)
    {
        ShownCertificate? shown = null;
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(certificates.Now.AsClient(peer.Name, s => shown = s, certificates.Time), cancellation).ConfigureAwait(false);
            return secure;
        }
        catch (AuthenticationException e) when (shown?.WhyNot is var (reason, sentence))
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            refusals.Add(peer.Name, reason, $"the certificate at {peer.Address}: {sentence}");
            throw new PeerRefusedException($"its certificate is refused: {sentence}", e);
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed record Failure(string Sentence, bool IsLost = true, bool MayRetry = false);

    private sealed class PeerRefusedException(string message, Exception cause) : IOException(message, cause);
}
