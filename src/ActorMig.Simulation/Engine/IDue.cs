namespace ActorMig.Simulation;

/// <summary>Something that stands on the agenda without a closure of its own: most entries are a cell's next turn, and there are millions of them.</summary>
internal interface IDue
{
    /// <summary>It is due now.</summary>
    void Due();
}
