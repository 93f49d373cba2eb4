namespace ActorMig.Actors;

/// <summary>
/// What all actors have in common. An actor decides in <see cref="Handle"/>; what it says to its <see cref="Context"/> is collected as data
/// and carried out only when the turn has ended well. Derive from <see cref="EphemeralActor"/> or <see cref="PersistentActor"/>.
/// </summary>
public abstract class Actor
{
    private ActorContext? _context;

    private protected Actor()
    {
    }

    /// <summary>What the actor may say and ask during a turn. Outside of a turn (in a constructor, in <c>Apply</c>) it throws.</summary>
    protected ActorContext Context => _context ?? throw new InvalidOperationException(
        $"{GetType().Name} used its context outside of a turn; constructors and Apply have no context.");

    /// <summary>Decides what a message means: reads state, changes only volatile fields, and says things to its context.</summary>
    /// <param name="message">The message.</param>
    protected internal abstract void Handle(object message);

    internal abstract void Begin();

    internal void Enter(ActorContext context) => _context = context;

    internal void Leave() => _context = null;
}
