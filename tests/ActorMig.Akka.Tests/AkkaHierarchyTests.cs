using ActorMig.Actors;
using ActorMig.Actors.Tests;

namespace ActorMig.Akka.Tests;

public sealed class AkkaHierarchyTests : HierarchyCases
{
    protected override IActorSystem Create(ActorSystemOptions options, IActorObserver observer) => new AkkaActorSystem(options, observer, hocon: AkkaConformance.Quiet);
}
