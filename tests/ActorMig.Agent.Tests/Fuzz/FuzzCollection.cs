namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>Tests that look at the heap, and so run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzCollection
{
    public const string Name = "fuzz";
}
