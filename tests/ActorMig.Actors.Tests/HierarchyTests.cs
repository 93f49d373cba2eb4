namespace ActorMig.Actors.Tests;

public sealed class HierarchyTests : HierarchyCases
{
    protected override IActorSystem Create(ActorSystemOptions options, IActorObserver observer) => new ActorSystem(options, observer);
}
