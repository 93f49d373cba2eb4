using System.Net;

namespace ActorMig.Cluster;

/// <summary>What carries messages between hosts. A message may be lost. Thread-safe.</summary>
public interface IPeerTransport
{
    /// <summary>From now on these are the peers.</summary>
    /// <param name="peers">Their addresses by name.</param>
    void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers);

    /// <summary>Sends a message; returns at once.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="incarnation">Which start of our agent.</param>
    /// <param name="actor">The actor's name there.</param>
    /// <param name="message">A message of a registered class.</param>
    void Send(string peer, long incarnation, string actor, object message);

    /// <summary>What has been done since it began.</summary>
    TransportCounters Counters();
}
