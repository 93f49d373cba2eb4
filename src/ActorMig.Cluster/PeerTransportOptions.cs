using System.Net;

namespace ActorMig.Cluster;

/// <summary>Where a host listens for its peers, where they are, and the limits.</summary>
public sealed record PeerTransportOptions
{
    /// <summary>This host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Where to listen. Until there are certificates: loopback, or addresses that only the cluster can reach.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The peers' addresses by name, until others are set.</summary>
    public required IReadOnlyDictionary<string, IPEndPoint> Peers { get; init; }

    /// <summary>The most messages that wait for one peer; then the oldest are dropped.</summary>
    public int QueueMax { get; init; } = 256;

    /// <summary>The largest message.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>How long the delivery of one message may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);
}
