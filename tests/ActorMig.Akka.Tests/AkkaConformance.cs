using ActorMig.Actors.Tests;

namespace ActorMig.Akka.Tests;

/// <summary>The contract of the model on Akka.NET, with Akka.Persistence before the same journal that the engine of one process is tried with.</summary>
public sealed class AkkaConformance : Conformance
{
    protected override EngineUnderTest Create() => Engine(WritesTimeOutSoon ? 200 : InProcessConformance.InProcessEngine.LongMs);

    internal static EngineUnderTest Engine(long writeTimeoutMs) => new InProcessConformance.InProcessEngine(
        writeTimeoutMs, (options, observer, journal) => new AkkaActorSystem(options, observer, journal, hocon: Quiet));

    internal const string Quiet = """
        akka { loggers = [], stdout-loglevel = OFF, loglevel = OFF }
        """;
}
