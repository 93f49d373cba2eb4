using ActorMig.Actors;

namespace ActorMig.Benchmarks;

/// <summary>Stands in the world for an actor of an agent's process: simulated hypervisors watch those to whom they talk.</summary>
/// <param name="send">Hands on what it hears.</param>
internal sealed class FarActor(Action<object> send) : EphemeralActor
{
    /// <summary>The actor for which it stands has ended.</summary>
    public static readonly object End = new();

    protected override void Handle(object message)
    {
        if (ReferenceEquals(message, End))
        {
            Context.Stop(Context.Self);
        }
        else
        {
            send(message);
        }
    }
}
