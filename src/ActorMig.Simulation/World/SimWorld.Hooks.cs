using ActorMig.Cases;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>Who else hears what the agents write down.</content>
public sealed partial class SimWorld
{
    /// <summary>Told of each record of each host.</summary>
    public Action<string, Record>? Recorded { get; set; }

    /// <summary>Told of each event of each host as soon as it is durable, before its writer hears of it.</summary>
    public Action<string, object>? Written { get; set; }

    /// <summary>Told of what a person who resolves a migration is answered in the end.</summary>
    internal Action<CaseAnswered>? Answered { get; set; }
}
