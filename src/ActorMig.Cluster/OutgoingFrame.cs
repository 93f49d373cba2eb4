namespace ActorMig.Cluster;

/// <summary>A message as it is written.</summary>
/// <param name="Actor">The name of the actor to which it goes: visible ASCII, at most <see cref="BatchFormat.NameBytesMax"/>.</param>
/// <param name="Name">Its registered name, of the same characters and length.</param>
/// <param name="Json">Its text.</param>
public sealed record OutgoingFrame(string Actor, string Name, ReadOnlyMemory<byte> Json);
