using ActorMig.Actors.Tests;

namespace ActorMig.Akka.Tests;

/// <summary>The contract of the model on Akka.NET, with Akka.Persistence.Sql on the tables of our journal.</summary>
public sealed class SqlConformance : Conformance
{
    protected override EngineUnderTest Create() => new SqlEngine(WritesTimeOutSoon ? 2_000 : InProcessConformance.InProcessEngine.LongMs);
}
