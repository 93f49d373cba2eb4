using ActorMig.Actors;
using ActorRef = ActorMig.Actors.ActorRef;

namespace ActorMig.Akka.Tests;

internal sealed class Silent : IActorObserver
{
    public void Noted(ActorRef actor, int id, string text)
    {
    }

    public void Restarted(ActorRef actor, Exception cause, object message)
    {
    }

    public void Failed(ActorRef actor, Exception cause)
    {
    }

    public void DeadLetter(ActorRef target, object message)
    {
    }
}
