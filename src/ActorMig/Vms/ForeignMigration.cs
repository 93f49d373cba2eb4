using ActorMig.Edges;

namespace ActorMig.Vms;

/// <summary>A migration that somebody else has begun, with virsh or another tool: seen, shown and never fought.</summary>
/// <param name="Uuid">The VM.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsOutgoing">True if it leaves this host, false if it comes.</param>
/// <param name="WallMs">When it was first seen: milliseconds since 1970.</param>
/// <param name="Figures">How far it is; null if libvirt does not tell, as on the destination.</param>
public sealed record ForeignMigration(string Uuid, string Name, bool IsOutgoing, long WallMs, JobFigures? Figures);

/// <summary>To the actor that looks for them: what libvirt shows now.</summary>
/// <param name="Domains">All active domains.</param>
/// <param name="Own">The VMs whose jobs are ours, or a person's to end.</param>
internal sealed record LookForForeign(IReadOnlyList<DomainSample> Domains, IReadOnlyCollection<string> Own);

/// <summary>From it to the HostActor, after each change.</summary>
/// <param name="All">All of them, sorted by UUID.</param>
internal sealed record ForeignMigrationsSeen(IReadOnlyList<ForeignMigration> All);
