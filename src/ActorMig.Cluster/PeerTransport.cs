using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorMig.Actors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ActorMig.Cluster;

/// <summary>
/// Messages between hosts over HTTP/2. Each peer has a queue and a sender of its own, so a slow or dead peer never holds up another. A message may be
/// lost; who needs an answer asks again. Thread-safe.
/// </summary>
public sealed class PeerTransport : IAsyncDisposable
{
    /// <summary>How agents talk to each other; another number is another way, which this release does not know.</summary>
    public const int ProtocolVersion = 1;

    private const string Path = "/v1/messages";
    private const string ProtocolHeader = "actormig-protocol";
    private const string FromHeader = "actormig-from";
    private const string IncarnationHeader = "actormig-incarnation";
    private const string ActorHeader = "actormig-actor";
    private const string NameHeader = "actormig-message";
    private readonly PeerTransportOptions _options;
    private readonly MessageRegistry _registry;
    private readonly Action<PeerMessage> _receive;
    private readonly Action<string, string> _unreachable;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _changing = new();
    private List<Task> _senders = [];
    private readonly WebApplication _server;

    private PeerTransport(
        PeerTransportOptions options, MessageRegistry registry, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        _options = options;
        _registry = registry;
        _receive = receive;
        _unreachable = unreachable;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.Timeout,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            ConnectCallback = (context, cancellation) => ConnectAsync(options.Listen.Address, context.DnsEndPoint, cancellation),
        })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = options.Timeout,
        };
        _server = BuildServer();
        SetPeers(options.Peers);
    }

    /// <summary>Begins to listen and to send.</summary>
    /// <param name="options">Where and to whom.</param>
    /// <param name="registry">The messages' names.</param>
    /// <param name="receive">Is given what comes; must not block.</param>
    /// <param name="unreachable">Is told the peer and the reason when a message could not be delivered; must not block.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<PeerTransport> StartAsync(
        PeerTransportOptions options, MessageRegistry registry, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        var transport = new PeerTransport(options, registry, receive, unreachable);
        try
        {
            await transport._server.StartAsync().ConfigureAwait(false);
            return transport;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// From now on these are the peers. One that is new gets a queue and a sender; one that has another address keeps its queue; one that is gone is
    /// neither sent to nor heard any more, and what waits for it is lost.
    /// </summary>
    /// <param name="peers">The peers' addresses by name.</param>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        lock (_changing)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            _senders = [.. _senders.Where(s => !s.IsCompleted)];
            foreach (var gone in _peers.Keys.Where(p => !peers.ContainsKey(p)).ToArray())
            {
                if (_peers.TryRemove(gone, out var peer))
                {
                    peer.End();
                }
            }

            foreach (var (name, address) in peers)
            {
                if (_peers.TryGetValue(name, out var known))
                {
                    known.Address = address;
                    continue;
                }

                var peer = _peers[name] = new Peer(name, address, _options.QueueMax);
                _senders.Add(Task.Run(() => SendAllAsync(peer)));
            }
        }
    }

    /// <summary>Sends a message; returns at once.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="incarnation">Which start of our agent.</param>
    /// <param name="actor">The actor's name there.</param>
    /// <param name="message">A message of a registered class.</param>
    public void Send(string peer, long incarnation, string actor, object message)
    {
        if (_peers.TryGetValue(peer, out var known))
        {
            known.Queue.Writer.TryWrite(new Outgoing(incarnation, actor, _registry.NameOf(message), _registry.Write(message)));
        }
        else
        {
            _unreachable(peer, "no such member");
        }
    }

    /// <summary>Stops listening and sending; what waits is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] senders;
        lock (_changing)
        {
            _stop.Cancel();
            senders = [.. _senders];
        }

        await Task.WhenAll(senders).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
        _stop.Dispose();
    }

    private WebApplication BuildServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = _options.MessageBytesMax;
            kestrel.Listen(_options.Listen, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPost(Path, ReceiveAsync);
        return app;
    }

    /// <summary>Peers know a host by the address at which it listens, so its messages come from there, however many addresses it has.</summary>
    private static async ValueTask<Stream> ConnectAsync(IPAddress own, DnsEndPoint peer, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(own, 0));
            await socket.ConnectAsync(peer, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why a message is not taken, in a sentence for the one who sent it; null if it is. There are no certificates yet: the address has to do.</summary>
    private (int Status, string Sentence)? WhyNot(HttpContext http, string from)
    {
        var protocol = http.Request.Headers[ProtocolHeader].ToString();
        var address = http.Connection.RemoteIpAddress;
        if (protocol != ProtocolVersion.ToString(CultureInfo.InvariantCulture))
        {
            return (StatusCodes.Status400BadRequest,
                $"{_options.HostName} speaks protocol {ProtocolVersion}, and this message is of protocol '{protocol}'; bring both agents to the same release.");
        }

        if (from == _options.HostName)
        {
            return (StatusCodes.Status403Forbidden,
                $"{from} is this host itself: two agents use one name; give the one at {address} another actormig.host-name.");
        }

        if (!_peers.TryGetValue(from, out var known))
        {
            return (StatusCodes.Status403Forbidden,
                $"'{from}' is not a member that {_options.HostName} knows; add it to actormig.members there.");
        }

        return address is null || address.MapToIPv4().Equals(known.Address.Address.MapToIPv4())
            ? null
            : (StatusCodes.Status403Forbidden,
                $"{_options.HostName} knows {from} at {known.Address.Address}, and this message comes from {address}; either two agents use this name, or actormig.members has the wrong address.");
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var from = headers[FromHeader].ToString();
        var no = WhyNot(http, from);
        if (!long.TryParse(headers[IncarnationHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation))
        {
            no ??= (StatusCodes.Status400BadRequest, $"The header {IncarnationHeader} is '{headers[IncarnationHeader]}', which is no incarnation.");
        }

        if (no is var (status, sentence))
        {
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(sentence).ConfigureAwait(false);
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        object message;
        try
        {
            message = _registry.Read(headers[NameHeader].ToString(), body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (FormatException e)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(e.Message).ConfigureAwait(false);
            return;
        }

        _receive(new PeerMessage(from, incarnation, headers[ActorHeader].ToString(), message));
        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task SendAllAsync(Peer peer)
    {
        try
        {
            await foreach (var outgoing in peer.Queue.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (peer.HasEnded)
                {
                    return;
                }

                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, peer.Uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                    request.Content = new ByteArrayContent(outgoing.Json);
                    request.Headers.Add(ProtocolHeader, ProtocolVersion.ToString(CultureInfo.InvariantCulture));
                    request.Headers.Add(FromHeader, _options.HostName);
                    request.Headers.Add(IncarnationHeader, outgoing.Incarnation.ToString(CultureInfo.InvariantCulture));
                    request.Headers.Add(ActorHeader, outgoing.Actor);
                    request.Headers.Add(NameHeader, outgoing.Name);
                    // The client keeps its own time; that it has given up is not left to it alone, for this is the only sender that the peer has.
                    using var response = await _client.SendAsync(request, _stop.Token).WaitAsync(2 * _options.Timeout, _stop.Token).ConfigureAwait(false);
                    if (!response.IsSuccessStatusCode)
                    {
                        var text = await response.Content.ReadAsStringAsync(_stop.Token).ConfigureAwait(false);
                        _unreachable(peer.Name, $"answered {(int)response.StatusCode}: {text}");
                    }
                }
#pragma warning disable CA1031 // Whatever fails, what comes next is sent all the same: a connection whose peer is killed fails in many ways.
                catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    _unreachable(peer.Name, e is OperationCanceledException or TimeoutException ? $"no answer in {_options.Timeout.TotalSeconds:0.#} s" : e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>A peer: where it is now, and what waits for it.</summary>
    private sealed class Peer(string name, IPEndPoint address, int queueMax)
    {
        private volatile IPEndPoint _address = address;
        private volatile bool _hasEnded;

        public string Name { get; } = name;

        public Channel<Outgoing> Queue { get; } = Channel.CreateBounded<Outgoing>(
            new BoundedChannelOptions(queueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

        public IPEndPoint Address
        {
            get => _address;
            set => _address = value;
        }

        public Uri Uri => new($"http://{Address}{Path}");

        public bool HasEnded => _hasEnded;

        public void End()
        {
            _hasEnded = true;
            Queue.Writer.TryComplete();
        }
    }

    private sealed record Outgoing(long Incarnation, string Actor, string Name, byte[] Json);
}
