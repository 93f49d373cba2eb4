namespace ActorMig.Akka.Clustering;

/// <summary>What goes from door to door. No reference of ours is ever in it.</summary>
internal abstract record BetweenNodes;

/// <summary>A message for an actor of another host as it is written, under its registered name; it is read as a <see cref="NodeMessage"/>.</summary>
internal sealed record Envelope(string From, long Incarnation, string Actor, string Name, byte[] Json) : BetweenNodes;

/// <summary>Asks a node who it is.</summary>
internal sealed record AskCard : BetweenNodes
{
    public static readonly AskCard Instance = new();
}

/// <summary>Says who a node is.</summary>
internal sealed record Card(string Host, IReadOnlyDictionary<string, string> Says) : BetweenNodes;
