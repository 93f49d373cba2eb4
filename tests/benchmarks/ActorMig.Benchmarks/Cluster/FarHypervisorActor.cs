using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Benchmarks;

/// <summary>An agent's edge to a hypervisor that is simulated in another process: it hands on what is said, both ways.</summary>
/// <param name="world">The other process.</param>
internal sealed class FarHypervisorActor(FarWorld world) : EdgeActor
{
    protected override void Started() => world.Listen(TellSelf());

    protected override void Handle(object message)
    {
        switch (message)
        {
            case string said:
                if (world.Read(said) is ({ } to, var heard))
                {
                    Context.Tell(to, heard);
                }

                break;
            case SubscribeDomain subscribe:
                Context.Watch(subscribe.Subscriber);
                world.Say(subscribe);
                break;
            case Terminated ended:
                world.Forget(ended.Actor);
                break;
            case MigrateDomain migrate:
                // The other process has another clock: how much is left goes over.
                world.Say(migrate with { LatestMs = migrate.LatestMs - Context.Now.MonotonicMs });
                break;
            case SubscribeHypervisor or UnsubscribeDomain or SampleDomains or LookAtDomain or CheckArrival or CheckWay or DoToDomain:
                world.Say(message);
                break;
        }
    }
}
