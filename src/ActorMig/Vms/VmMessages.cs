using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Vms;

/// <summary>To the VM actors: the domains of this round. Answered with <see cref="VmsObserved"/>.</summary>
/// <param name="ReplyTo">Who asks.</param>
/// <param name="Round">The round.</param>
/// <param name="Sample">What libvirt showed.</param>
public sealed record ObserveVms(ActorRef ReplyTo, long Round, DomainsSampled Sample);

/// <summary>All VMs of the host in a round, sorted by UUID.</summary>
/// <param name="Round">The round.</param>
/// <param name="Vms">The VMs; one whose actor did not answer in time is there and not measured.</param>
public sealed record VmsObserved(long Round, IReadOnlyList<VmView> Vms);

/// <summary>To a VM's actor: its counters.</summary>
/// <param name="Round">The round.</param>
/// <param name="Sample">What libvirt showed.</param>
/// <param name="AtMonotonicMs">When.</param>
internal sealed record ObserveVm(long Round, DomainSample Sample, long AtMonotonicMs);

/// <summary>A VM's actor has looked.</summary>
/// <param name="Round">The round.</param>
/// <param name="View">What it saw.</param>
internal sealed record VmObserved(long Round, VmView View);

/// <summary>To a VM's actor: the load that it had on the host from which it came, until there are counters of its own.</summary>
/// <param name="Uuid">The VM.</param>
/// <param name="LoadBitPerSecond">Its load there.</param>
/// <param name="Use">What CPU time and memory it took there; null if that is not known.</param>
/// <param name="DirtyBytePerSecond">How fast it wrote to its memory there; null if that is not known.</param>
public sealed record ExpectLoad(string Uuid, double LoadBitPerSecond, VmUse? Use = null, double? DirtyBytePerSecond = null);

/// <summary>To the VM actors: this VM is not expected any more.</summary>
/// <param name="Uuid">The VM.</param>
public sealed record ForgetLoad(string Uuid);
