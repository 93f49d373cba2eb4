namespace ActorMig.Cluster;

/// <summary>A message that came from another host.</summary>
/// <param name="From">Which host.</param>
/// <param name="Incarnation">Which start of its agent.</param>
/// <param name="Actor">The name of the actor to which it goes.</param>
/// <param name="Message">The message.</param>
public sealed record PeerMessage(string From, long Incarnation, string Actor, object Message);
