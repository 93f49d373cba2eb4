using System.Net;
using ActorMig.Cluster.Tls;

namespace ActorMig.Cluster;

/// <summary>Where a host listens for its peers, where they are, and the limits.</summary>
public sealed record PeerTransportOptions
{
    /// <summary>This host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Where to listen. Without certificates: loopback, or addresses that only the cluster can reach.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The peers' addresses by name, until others are set.</summary>
    public required IReadOnlyDictionary<string, IPEndPoint> Peers { get; init; }

    /// <summary>This host's certificates; null: nothing is encrypted, and a peer is known by its address. Who has opened it closes it.</summary>
    public CertificateStore? Certificates { get; init; }

    /// <summary>The most messages that wait for one peer; then the oldest are dropped.</summary>
    public int QueueMax { get; init; } = 4_096;

    /// <summary>The most bytes that wait for one peer; then the oldest are dropped.</summary>
    public long QueueBytesMax { get; init; } = 16 << 20;

    /// <summary>The most messages that go in one request.</summary>
    public int BatchMax { get; init; } = 256;

    /// <summary>The most bytes of several messages in one request.</summary>
    public int BatchBytesMax { get; init; } = 256 << 10;

    /// <summary>The largest message.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>How long the delivery of what goes in one request may take, and a handshake, and a request that comes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most connections from all peers together.</summary>
    public int ConnectionsMax { get; init; } = 1_000;

    /// <summary>The most requests at a time on one connection.</summary>
    public int StreamsMax { get; init; } = 4;

    /// <summary>The most bytes of a request's headers.</summary>
    public int HeaderBytesMax { get; init; } = 8 << 10;

    /// <summary>How many connections come in a second from addresses where no member is; further ones are closed.</summary>
    public int StrangersPerSecond { get; init; } = 20;

    /// <summary>How many refused peers are told apart in the log and in the counters.</summary>
    public int RefusedMax { get; init; } = 256;

    /// <summary>Is told in a sentence what a person should know, such as who is refused; must not block.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal BatchLimits Limits => BatchLimits.For(BatchMax, BatchBytesMax, MessageBytesMax);
}
