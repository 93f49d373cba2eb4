namespace ActorMig.Akka.Clustering;

/// <summary>What goes from door to door. No reference of ours is ever in it.</summary>
internal abstract class BetweenNodes;

/// <summary>A message for an actor of another host.</summary>
internal sealed class Envelope(string from, long incarnation, string actor, object message) : BetweenNodes
{
    public string From { get; } = from;

    public long Incarnation { get; } = incarnation;

    public string Actor { get; } = actor;

    public object Message { get; } = message;
}

/// <summary>Asks a node who it is.</summary>
internal sealed class AskCard : BetweenNodes
{
    public static readonly AskCard Instance = new();
}

/// <summary>Says who a node is.</summary>
internal sealed class Card(string host, IReadOnlyDictionary<string, string> says) : BetweenNodes
{
    public string Host { get; } = host;

    public IReadOnlyDictionary<string, string> Says { get; } = says;
}
