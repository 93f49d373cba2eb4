using ActorMig.Actors;

namespace ActorMig.Hosts;

/// <summary>A person wants this host's place in the cluster changed, or a host forgotten: journaled before membership does it.</summary>
/// <param name="Person">Who.</param>
/// <param name="What">In words.</param>
public sealed record ClusterChangeWanted(string Person, string What)
{
    /// <summary>The longest text, in characters; what is longer is cut.</summary>
    public const int TextMax = 1_000;
}

/// <summary>To the HostActor: this is about to be done.</summary>
/// <param name="ReplyTo">Gets <see cref="ClusterChangeNoted"/> once it is durable.</param>
/// <param name="Person">Who.</param>
/// <param name="What">In words.</param>
public sealed record WantClusterChange(ActorRef ReplyTo, string Person, string What);

/// <summary>It stands in the journal.</summary>
public sealed record ClusterChangeNoted;
