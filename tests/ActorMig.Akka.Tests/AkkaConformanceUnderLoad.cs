using ActorMig.Actors.Tests;

namespace ActorMig.Akka.Tests;

/// <summary>The same sentences while other actors of the same system keep all threads busy.</summary>
public sealed class AkkaConformanceUnderLoad : Conformance
{
    protected override EngineUnderTest Create()
    {
        // Threads come late to everything; to a write's end, too.
        var engine = AkkaConformance.Engine(WritesTimeOutSoon ? 2_000 : InProcessConformance.InProcessEngine.LongMs);
        Noise.Begin(engine, pairs: 8, pauseMs: 0);
        return engine;
    }
}
