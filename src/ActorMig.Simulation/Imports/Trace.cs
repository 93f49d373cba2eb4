using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>What a file tells of a VM.</summary>
/// <param name="Name">The VM's name.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Load">Its traffic, by growing times, at least one step; what is the same as before is not said again.</param>
/// <param name="EndMs">Up to when its file goes.</param>
internal sealed record Trace(string Name, long MemoryBytes, IReadOnlyList<LoadStep> Load, long EndMs);
