using ActorMig.Actors.Tests;

namespace ActorMig.Simulation.Tests;

/// <summary>The same sentences while other actors of the same system talk all the time.</summary>
public sealed class VirtualConformanceUnderLoad : Conformance
{
    protected override EngineUnderTest Create()
    {
        var engine = new VirtualConformance.VirtualEngine();
        Noise.Begin(engine, pairs: 8, pauseMs: 1);
        return engine;
    }
}
