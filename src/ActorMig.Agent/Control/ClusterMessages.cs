using ActorMig.Cluster;
using ActorMig.Edges;

namespace ActorMig.Agent.Control;

/// <summary>The hosts of the cluster, this one among them.</summary>
/// <param name="Kind">How they know each other: <c>static</c>, <c>serf</c> or <c>akka</c>.</param>
/// <param name="HasLeft">True if a person has let this host leave.</param>
/// <param name="Hosts">The hosts by name.</param>
internal sealed record ClusterReply(string Kind, bool HasLeft, IReadOnlyList<ClusterHostInfo> Hosts);

/// <summary>A host of the cluster.</summary>
/// <param name="Host">Its name.</param>
/// <param name="IsSelf">True for this host.</param>
/// <param name="State">How it is; null: not watched.</param>
/// <param name="Address">Where its agent listens.</param>
/// <param name="Version">Its agent's version; null: not known.</param>
/// <param name="DistanceMs">How long a message takes there and back, in milliseconds; null: not known.</param>
/// <param name="MemoryBytes">The memory that it may promise to guests; null: not known.</param>
/// <param name="Libvirt">How its libvirt is reached.</param>
/// <param name="Data">Where memory streams to it go.</param>
/// <param name="IsStopped">True if its agent was told to stop.</param>
internal sealed record ClusterHostInfo(
    string Host, bool IsSelf, MemberState? State, string Address, string? Version, double? DistanceMs, long? MemoryBytes, string? Libvirt, string? Data,
    bool IsStopped = false);

/// <summary>What has gone to the other hosts and come from them since this agent's start.</summary>
/// <param name="Peers">Each peer, by name.</param>
/// <param name="Refused">Who was refused and why.</param>
/// <param name="RefusedOthers">How often others were refused, for whom there is no row any more.</param>
/// <param name="Ignored">Messages that came well and were dropped for what they say; null if the agent does not answer itself.</param>
internal sealed record CountersReply(IReadOnlyList<PeerCounters> Peers, IReadOnlyList<RefusalCounter> Refused, long RefusedOthers, long? Ignored);

/// <summary>A person wants this host to join a cluster.</summary>
/// <param name="Addresses">Where; none: where the configuration says.</param>
internal sealed record JoinRequest(IReadOnlyList<string> Addresses);

/// <summary>A person wants a host forgotten that has failed.</summary>
/// <param name="Host">Its name.</param>
internal sealed record ForgetRequest(string Host);

/// <summary>What comes of a wish about the cluster.</summary>
internal sealed record ClusterAnswer(bool IsAccepted, string Text);
