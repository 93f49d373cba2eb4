using ActorMig.Actors;

namespace ActorMig.Edges;

/// <summary>A NIC of a VM of this host.</summary>
/// <param name="Mac">Its address, in lower case.</param>
/// <param name="Device">The host's device behind it, such as <c>vnet0</c>; null if there is none (SR-IOV, vhost-user).</param>
/// <param name="IsOnOpenVswitch">True if that device is a port of an Open vSwitch, and of no Linux bridge.</param>
public sealed record NicSample(string Mac, string? Device, bool IsOnOpenVswitch = false);

/// <summary>Tells the traffic edge whose frames to count from now on; nothing is answered.</summary>
/// <param name="Nics">The NICs of all VMs that run on this host.</param>
public sealed record WatchTraffic(IReadOnlyList<NicSample> Nics);

/// <summary>Asks for what has been counted; answered at once with <see cref="TrafficCounted"/>, as of the last reading.</summary>
/// <param name="ReplyTo">Who asks.</param>
public sealed record GetTraffic(ActorRef ReplyTo);

/// <summary>
/// What the VMs of this host have sent. Bytes are those of whole frames, as libvirt counts them, since the session began, and never fall within it. A pair
/// that is silent for long is left out, and begins anew at zero if it comes back.
/// </summary>
/// <param name="Session">Tells one series of numbers from another: after a change everything begins anew.</param>
/// <param name="AtMonotonicMs">When the counters were read; two answers with the same time are the same reading.</param>
/// <param name="Senders">The NICs that are counted, sorted by address; one that is silent is there, too.</param>
/// <param name="Unseen">Why nothing can be seen, with the remedy; null if it can.</param>
public sealed record TrafficCounted(long Session, long AtMonotonicMs, IReadOnlyList<SenderCount> Senders, string? Unseen);

/// <summary>What one NIC has sent.</summary>
/// <param name="Mac">Its address.</param>
/// <param name="To">To whom, sorted by address.</param>
/// <param name="GroupBytes">To all or to groups: broadcast and multicast, each frame once.</param>
/// <param name="OtherBytes">To those for whom there was no room among the pairs.</param>
public sealed record SenderCount(string Mac, IReadOnlyList<PairCount> To, long GroupBytes, long OtherBytes);

/// <summary>What went from one NIC to one address.</summary>
/// <param name="Mac">The address.</param>
/// <param name="Bytes">How much.</param>
public sealed record PairCount(string Mac, long Bytes);
