using ActorMig.Edges;

namespace ActorMig.Vms;

/// <summary>Whose an address is.</summary>
/// <param name="Mac">The address.</param>
/// <param name="Uuid">The VM's UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">The host on which it is.</param>
internal sealed record Neighbour(string Mac, string Uuid, string Name, string Host);

/// <summary>To the VM actors: what the edge has counted, and whose the addresses are.</summary>
/// <param name="Counted">The counters.</param>
/// <param name="Neighbours">VMs of other hosts, sorted by address.</param>
internal sealed record ObserveTraffic(TrafficCounted Counted, IReadOnlyList<Neighbour> Neighbours);

/// <summary>To a VM's actor: its part of the counters.</summary>
/// <param name="Session">The series.</param>
/// <param name="AtMonotonicMs">When they were read.</param>
/// <param name="Peers">With whom, sorted by address.</param>
/// <param name="GroupBytes">Broadcast and multicast.</param>
/// <param name="OtherBytes">To those who are not among the peers.</param>
internal sealed record VmCounted(long Session, long AtMonotonicMs, IReadOnlyList<PeerCount> Peers, long GroupBytes, long OtherBytes);

/// <summary>What went between a VM and one address.</summary>
/// <param name="Mac">The address.</param>
/// <param name="Who">Whose it is; null if it is no VM's as far as one knows.</param>
/// <param name="SentBytes">To it.</param>
/// <param name="HeardBytes">From it; null if the other side is not counted on this host.</param>
internal sealed record PeerCount(string Mac, Neighbour? Who, long SentBytes, long? HeardBytes);

/// <summary>To a VM's actor: its traffic cannot be seen any more.</summary>
internal sealed record TrafficLost;
