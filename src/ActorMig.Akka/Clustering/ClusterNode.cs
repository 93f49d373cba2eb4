namespace ActorMig.Akka.Clustering;

/// <summary>How a node is, as Akka.Cluster sees it.</summary>
public enum ClusterNodeState
{
    /// <summary>It can be reached.</summary>
    Alive,

    /// <summary>It leaves.</summary>
    Leaving,

    /// <summary>It cannot be reached, or was declared down. It stays a node until it is removed.</summary>
    Unreachable,
}

/// <summary>A node of an Akka cluster whose card is known.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Address">Akka's address of it.</param>
/// <param name="State">How it is.</param>
/// <param name="Card">What it says of itself, by name.</param>
public sealed record ClusterNode(string Host, global::Akka.Actor.Address Address, ClusterNodeState State, IReadOnlyDictionary<string, string> Card);

/// <summary>A message that came from another node.</summary>
/// <param name="From">Which host.</param>
/// <param name="Incarnation">Which start of its agent.</param>
/// <param name="Actor">The name of the actor to which it goes.</param>
/// <param name="Message">The message.</param>
public sealed record NodeMessage(string From, long Incarnation, string Actor, object Message);
