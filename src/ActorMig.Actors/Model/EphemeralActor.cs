namespace ActorMig.Actors;

/// <summary>An actor whose state ends with its incarnation.</summary>
public abstract class EphemeralActor : Actor
{
    /// <summary>Turn 0 of every incarnation, before any message. Its effects can be borne twice.</summary>
    protected internal virtual void Started()
    {
    }

    internal sealed override void Begin() => Started();
}
