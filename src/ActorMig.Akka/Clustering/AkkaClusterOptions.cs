using System.Net;
using System.Security.Cryptography.X509Certificates;
using ActorMig.Actors;

namespace ActorMig.Akka.Clustering;

/// <summary>What makes an actor system a node of an Akka cluster. Seed nodes, a resolver of split brains and the like are Akka's own settings.</summary>
public sealed record AkkaClusterOptions
{
    /// <summary>This host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Where Akka.Remote listens.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The names of what goes between hosts; nothing else of ours does.</summary>
    public required MessageRegistry Messages { get; init; }

    /// <summary>The largest message, as JSON.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>What this host shows others, with its key; null: nothing is encrypted.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether another's certificate counts. Without one nobody's does.</summary>
    public Func<X509Certificate2, bool> IsTrusted { get; init; } = static _ => false;
}
