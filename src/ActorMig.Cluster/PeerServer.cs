using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ActorMig.Actors;
using ActorMig.Cluster.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ActorMig.Cluster;

/// <summary>Hears what peers send, and nobody else.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private const int HeadersMax = 32;

    /// <summary>With which every connection over TLS begins.</summary>
    private const char TlsHandshake = '\u0016';
    private readonly PeerTransportOptions _options;
    private readonly CertificateStore? _certificates;
    private readonly ConcurrentDictionary<string, Peer> _peers;
    private readonly MessageRegistry _registry;
    private readonly Action<PeerMessage> _receive;
    private readonly Refusals _refusals;
    private readonly StrangerGate _gate;
    private readonly BatchLimits _limits;
    private readonly WebApplication _app;
    private volatile HashSet<IPAddress> _addresses = [];

    public PeerServer(
        PeerTransportOptions options, ConcurrentDictionary<string, Peer> peers, MessageRegistry registry, Action<PeerMessage> receive, Refusals refusals)
    {
        (_options, _certificates, _peers, _registry, _receive, _refusals) = (options, options.Certificates, peers, registry, receive, refusals);
        _limits = options.Limits;

        // A stranger is gone after its handshake; so many may be under way at once.
        _gate = new StrangerGate(options.StrangersPerSecond, Math.Max(1, options.ConnectionsMax / 2), options.Time);
        _app = Build();
    }

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Where members are.</summary>
    public void SetAddresses(IEnumerable<IPEndPoint> members) => _addresses = members.Select(m => StrangerGate.Plain(m.Address)!).ToHashSet();

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            kestrel.AddServerHeader = false;
            limits.MaxConcurrentConnections = _options.ConnectionsMax;
            limits.MaxRequestBodySize = _limits.BytesMax;
            limits.MaxRequestHeadersTotalSize = _options.HeaderBytesMax;
            limits.MaxRequestHeaderCount = HeadersMax;
            limits.RequestHeadersTimeout = _options.Timeout;
            limits.Http2.MaxStreamsPerConnection = _options.StreamsMax;
            limits.Http2.MaxRequestHeaderFieldSize = _options.HeaderBytesMax;
            kestrel.Listen(_options.Listen, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection => GuardAsync(connection, next));
                if (_certificates is not null)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = _options.Timeout, OnConnection = hello => new(AsServer(hello.Connection)) });
                }

                listen.Use(next => connection => HearPrefaceAsync(connection, next));
            });
        });
        var app = builder.Build();
        app.Run(HearAsync);
        return app;
    }

    /// <summary>Around each connection, before anything is read from it.</summary>
    private async Task GuardAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = StrangerGate.Plain((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var who = address?.ToString() ?? "somebody";
        var isStranger = address is null || !_addresses.Contains(address);
        if (isStranger && !_gate.TryEnter())
        {
            _refusals.Add(who, RefusalReason.TooManyStrangers, $"more than {_options.StrangersPerSecond} connections in a second come from addresses where no member is (actormig.peers.strangers-per-second)");
            connection.Abort();
            return;
        }

        using var guarded = new PeerConnection(
            connection, who, isStranger ? _gate : null, _certificates?.Options.ConnectionAgeMax, 2 * _options.Timeout, _options.Time);
        connection.Features.Set(guarded);
        await next(connection).ConfigureAwait(false);
        if (_certificates is not null && !guarded.HasSaidHello)
        {
            _refusals.Add(who, RefusalReason.NoTls, "it speaks no TLS, which this host demands; an agent there needs certificates, too (actormig.tls)");
        }
    }

    /// <summary>
    /// In each connection, before anything else is read from it, and after its TLS: whoever speaks something else than HTTP/2 to this port is counted, and is
    /// answered by the server as it answers such.
    /// </summary>
    private async Task HearPrefaceAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var who = connection.Features.Get<PeerConnection>()!.Who;
        using var soon = new CancellationTokenSource(_options.Timeout);
        try
        {
            if (await Http2Preface.WhatElseAsync(connection.Transport.Input, soon.Token).ConfigureAwait(false) is { } other)
            {
                _refusals.Add(who, RefusalReason.OtherProtocol, _certificates is null && other.StartsWith(TlsHandshake)
                    ? "it speaks TLS, and this host does not; an agent here needs certificates, too (actormig.tls)"
                    : $"it does not speak HTTP/2 as agents do, but begins with '{CertificateNames.Readable(other)}'");
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (soon.IsCancellationRequested)
            {
                _refusals.Add(who, RefusalReason.OverLimit, $"it says nothing for {_options.Timeout.TotalSeconds:0.#} s after it has connected (actormig.peers.timeout)");
            }

            connection.Abort();
            return;
        }

        await next(connection).ConfigureAwait(false);
    }

    private System.Net.Security.SslServerAuthenticationOptions AsServer(BaseConnectionContext connection)
    {
        _certificates!.LookAgain();
        var guarded = connection.Features.Get<PeerConnection>()!;
        guarded.HasSaidHello = true;
        guarded.Generation = _certificates.Generation;
        return _certificates.Now.AsServer(
            shown =>
            {
                guarded.Shown = shown;
                if (shown.WhyNot is var (reason, sentence))
                {
                    _refusals.Add(shown.Names.Count > 0 ? CertificateNames.InWords(shown.Names) : guarded.Who, reason, $"the certificate that {guarded.Who} shows: {sentence}");
                }
            },
            _certificates.Time);
    }

    /// <summary>What fails here would else be answered with a number, and nobody would know of what.</summary>
    private async Task HearAsync(HttpContext http)
    {
        try
        {
            await ReceiveAsync(http).ConfigureAwait(false);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested || e is OperationCanceledException or IOException)
        {
            // Its connection broke off.
            http.Abort();
        }
#pragma warning disable CA1031 // Whatever it is, it is counted and said, once for each peer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var who = http.Features.Get<PeerConnection>() is { } connection ? Named(connection) : "somebody";
            if (http.Response.HasStarted)
            {
                _refusals.Add(who, RefusalReason.OwnFault, Fault(e));
                http.Abort();
                return;
            }

            await RefuseAsync(http, who, RefusalReason.OwnFault, Fault(e), StatusCodes.Status500InternalServerError).ConfigureAwait(false);
        }
    }

    private static string Fault(Exception e) =>
        $"this host failed on what it sends ({e.GetType().Name}: {CertificateNames.Readable(e.Message.TrimEnd('.'))}), which is a fault of this program{At(e)}";

    /// <summary>Where it was, for those who mend it.</summary>
    private static string At(Exception e) => e.StackTrace?.Split('\n', 2)[0].Trim() is { Length: > 0 } at ? $": {at}" : "";

    private async Task ReceiveAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var from = headers[PeerHeaders.From].ToString();
        var connection = http.Features.Get<PeerConnection>()!;
        if (WhyNot(http, connection, from) is var (reason, no))
        {
            // It comes anew with a connection, and these are counted.
            connection.Close();
            await RefuseAsync(http, Named(connection), reason, no, StatusCodes.Status403Forbidden).ConfigureAwait(false);
            return;
        }

        connection.LeaveGate();
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.Path.Value != PeerHeaders.Path)
        {
            await RefuseAsync(
                http, from, RefusalReason.Unreadable,
                $"a request is '{CertificateNames.Readable(http.Request.Method)} {CertificateNames.Readable(http.Request.Path.Value ?? "")}', and messages come as POST to {PeerHeaders.Path}",
                HttpMethods.IsPost(http.Request.Method) ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed).ConfigureAwait(false);
            return;
        }

        if (!long.TryParse(headers[PeerHeaders.Incarnation], NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation))
        {
            await RefuseAsync(
                http, from, RefusalReason.Unreadable, $"the header {PeerHeaders.Incarnation} is '{CertificateNames.Readable(headers[PeerHeaders.Incarnation].ToString())}', which is no incarnation")
                .ConfigureAwait(false);
            return;
        }

        if (await TakeAsync(http, from, incarnation).ConfigureAwait(false) && !connection.HasGiven)
        {
            connection.HasGiven = true;
            _refusals.Forgive(from);
        }

        if (_certificates is not null && connection.Generation != _certificates.Generation)
        {
            connection.Close();
        }
    }

    /// <summary>Why nothing is taken from whom this is; null if it is a member.</summary>
    private (RefusalReason Reason, string Sentence)? WhyNot(HttpContext http, PeerConnection connection, string from)
    {
        var protocol = http.Request.Headers[PeerHeaders.Protocol].ToString();
        var host = _options.HostName;
        if (protocol != PeerTransport.ProtocolVersion.ToString(CultureInfo.InvariantCulture))
        {
            return (RefusalReason.OtherProtocol,
                $"{host} speaks protocol {PeerTransport.ProtocolVersion}, and this message is of protocol '{CertificateNames.Readable(protocol)}'; bring both agents to the same release");
        }

        if (from == host)
        {
            return (RefusalReason.OwnName, $"{from} is this host itself: two agents use one name; give the one at {connection.Who} another actormig.host-name");
        }

        if (connection.Shown is { } shown)
        {
            if (!CertificateNames.Match(shown.Names, from))
            {
                return (RefusalReason.WrongName,
                    $"it says that it is '{CertificateNames.Readable(from)}', and its certificate is that of {CertificateNames.InWords(shown.Names)}; give it a certificate of its own name, or another actormig.host-name");
            }

            if (_certificates!.Time > shown.End)
            {
                return (RefusalReason.Expired, FormattableString.Invariant($"its certificate expired at {shown.End:yyyy-MM-dd HH:mm} UTC; renew it (actormig tls renew)"));
            }
        }

        if (!_peers.TryGetValue(from, out var known))
        {
            return (RefusalReason.UnknownMember, $"'{CertificateNames.Readable(from)}' is not a member that {host} knows; add it to actormig.members there, or let it join by serf");
        }

        var at = StrangerGate.Plain(known.Address.Address);
        return _certificates is not null || Equals(StrangerGate.Plain(http.Connection.RemoteIpAddress), at)
            ? null
            : (RefusalReason.WrongAddress,
                $"{host} knows {from} at {at}, and this message comes from {connection.Who}; either two agents use this name, or actormig.members has the wrong address");
    }

    /// <returns>True if it could be read.</returns>
    private async Task<bool> TakeAsync(HttpContext http, string from, long incarnation)
    {
        var (buffer, length) = await ReadAsync(http, from).ConfigureAwait(false);
        if (buffer is null)
        {
            return false;
        }

        try
        {
            var batch = BatchFormat.Read(buffer.AsSpan(0, length), _limits);
            if (!_peers.TryGetValue(from, out var peer))
            {
                return false;
            }

            var (unreadable, why) = peer.Hear(batch, frame => HandOn(from, incarnation, frame, buffer));
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            if (why is not null)
            {
                _refusals.Add(from, RefusalReason.Unreadable, $"{unreadable} of {batch.Frames.Count} messages could not be read; the first: {CertificateNames.Readable(why)}");
                http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                await http.Response.WriteAsync(
                    unreadable == 1 ? why : $"{unreadable} of {batch.Frames.Count} messages could not be read; the first: {why}", http.RequestAborted).ConfigureAwait(false);
            }

            return why is null;
        }
        catch (FormatException e)
        {
            await RefuseAsync(http, from, RefusalReason.Unreadable, e.Message.TrimEnd('.')).ConfigureAwait(false);
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Why it could not be read; null if it was handed on.</returns>
    private string? HandOn(string from, long incarnation, ReceivedFrame frame, byte[] body)
    {
        try
        {
            _receive(new PeerMessage(from, incarnation, frame.Actor(body), _registry.Read(frame.Name(body), frame.Json(body))));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
#pragma warning disable CA1031 // Others that came with it must not be lost with this one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _refusals.Add(from, RefusalReason.OwnFault, Fault(e));
            return $"{_options.HostName} failed on '{CertificateNames.Readable(frame.Name(body))}', which is a fault of its program; its log says more";
        }
    }

    /// <summary>The body, in a buffer that grows with what really comes; null if it is refused, which is answered then.</summary>
    private async Task<(byte[]? Buffer, int Length)> ReadAsync(HttpContext http, string from)
    {
        const int First = 16 << 10;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        soon.CancelAfter(_options.Timeout);
        var buffer = ArrayPool<byte>.Shared.Rent(First);
        var length = 0;
        try
        {
            while (true)
            {
                var count = await http.Request.Body.ReadAsync(buffer.AsMemory(length), soon.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return (buffer, length);
                }

                length += count;
                if (length > _limits.BytesMax)
                {
                    break;
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Said below.
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Its connection broke off, it sends too slowly to be waited for, or not as much as it has said.
            ArrayPool<byte>.Shared.Return(buffer);
            if (soon.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
            {
                _refusals.Add(from, RefusalReason.OverLimit, $"what it sends takes more than {_options.Timeout.TotalSeconds:0.#} s (actormig.peers.timeout)");
            }

            http.Abort();
            return (null, 0);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        await RefuseAsync(
            http, from, RefusalReason.OverLimit,
            $"a batch has more than {_limits.BytesMax} bytes; actormig.peers.batch-size-max and message-size-max must be as large on {_options.HostName} as on {from}",
            StatusCodes.Status413PayloadTooLarge).ConfigureAwait(false);
        return (null, 0);
    }

    private async Task RefuseAsync(HttpContext http, string who, RefusalReason reason, string sentence, int status = StatusCodes.Status400BadRequest)
    {
        _refusals.Add(who, reason, sentence);
        http.Response.StatusCode = reason == RefusalReason.OtherProtocol ? StatusCodes.Status400BadRequest : status;
        await http.Response.WriteAsync(sentence + ".", http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>By its certificate; what it says of itself is not taken for its name.</summary>
    private static string Named(PeerConnection connection) =>
        connection.Shown is { Names.Count: > 0 } shown ? CertificateNames.InWords(shown.Names) : connection.Who;
}
