using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorMig.Actors;

namespace ActorMig.Cluster;

/// <summary>
/// Messages between hosts over HTTP/2, with mutual TLS if there are certificates. Each peer has a queue, a connection and a sender of its own, so a slow
/// or dead peer never holds up another; what waits for it goes together in one request. A message may be lost; who needs an answer asks again. What comes
/// from one start of a peer's agent comes in order and once. Thread-safe.
/// </summary>
public sealed class PeerTransport : IPeerTransport, IAsyncDisposable
{
    /// <summary>How agents talk to each other; another number is another way, which this release does not know.</summary>
    public const int ProtocolVersion = 2;

    private readonly PeerTransportOptions _options;
    private readonly MessageRegistry _registry;
    private readonly Action<string, string> _unreachable;
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _changing = new();
    private readonly Refusals _refusals;
    private readonly PeerServer _server;
    private List<Task> _senders = [];

    private PeerTransport(
        PeerTransportOptions options, MessageRegistry registry, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        _options = options;
        _registry = registry;
        _unreachable = unreachable;
        _refusals = new Refusals(options.RefusedMax, options.Time, options.Note);
        _server = new PeerServer(options, _peers, registry, receive, _refusals);
        SetPeers(options.Peers);
    }

    /// <summary>Begins to listen and to send.</summary>
    /// <param name="options">Where and to whom.</param>
    /// <param name="registry">The messages' names.</param>
    /// <param name="receive">Is given what comes; must not block.</param>
    /// <param name="unreachable">Is told the peer and the reason when messages could not be delivered; must not block.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static async Task<PeerTransport> StartAsync(
        PeerTransportOptions options, MessageRegistry registry, Action<PeerMessage> receive, Action<string, string> unreachable)
    {
        ArgumentNullException.ThrowIfNull(options);
        var transport = new PeerTransport(options, registry, receive, unreachable);
        try
        {
            await transport._server.StartAsync().ConfigureAwait(false);
            return transport;
        }
        catch (Exception e) when (e.GetBaseException() is SocketException socket)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw ListenException.Of(options.Listen, socket);
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

                var peer = _peers[name] = new Peer(name, address, _options);
                var sender = new PeerSender(peer, _options, _unreachable, _refusals);
                _senders.Add(Task.Run(() => sender.RunAsync(_stop.Token)));
            }

            _server.SetAddresses(peers.Values);
        }
    }

    /// <summary>Sends a message; returns at once.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="incarnation">Which start of our agent.</param>
    /// <param name="actor">The actor's name there.</param>
    /// <param name="message">A message of a registered class.</param>
    public void Send(string peer, long incarnation, string actor, object message)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!_peers.TryGetValue(peer, out var known))
        {
            _unreachable(peer, "no such member");
            return;
        }

        var (name, json) = (_registry.NameOf(message), _registry.Write(message));
        if (json.Length > _options.MessageBytesMax)
        {
            known.CountFailed(1);
            _unreachable(peer, $"'{name}' has {json.Length} bytes, and actormig.peers.message-size-max allows {_options.MessageBytesMax}");
        }
        else if (actor.Length is 0 or > BatchFormat.NameBytesMax || actor.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            known.CountFailed(1);
            _unreachable(peer, $"'{name}' goes to an actor whose name has {actor.Length} characters, or other characters than visible ASCII");
        }
        else
        {
            known.Queue.Add(new Outgoing(incarnation, new OutgoingFrame(actor, name, json)));
        }
    }

    /// <summary>What has been done since the transport began.</summary>
    public TransportCounters Counters()
    {
        var (refused, others) = _refusals.Counters();
        return new TransportCounters([.. _peers.Values.Select(p => p.Counters()).OrderBy(p => p.Peer, StringComparer.Ordinal)], refused, others);
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
        _stop.Dispose();
    }
}
