namespace ActorMig.Actors.Tests;

public sealed class StopTests : StopCases
{
    protected override IActorSystem Create(ActorSystemOptions options, IActorObserver observer) => new ActorSystem(options, observer);
}
