using ActorMig.Actors;

namespace ActorMig.Simulation;

internal sealed class VirtualRef(string path) : ActorRef(path)
{
    public VirtualCell? Cell { get; set; }

    /// <summary>Set for a reference by which the simulation itself listens.</summary>
    public Action<object>? Listener { get; init; }
}
