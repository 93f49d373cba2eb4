namespace ActorMig.Actors;

/// <summary>The recipe for an actor: of which kind it is, and how an instance is made. Restarts make a new instance from the same recipe.</summary>
public sealed class Props
{
    private readonly Func<Actor> _create;

    private Props(Func<Actor> create, bool isPersistent)
    {
        _create = create;
        IsPersistent = isPersistent;
    }

    /// <summary>True for a <see cref="PersistentActor"/>: its incarnations begin with a replay.</summary>
    public bool IsPersistent { get; }

    /// <summary>Makes the recipe of an actor of class <typeparamref name="T"/>.</summary>
    /// <param name="create">Makes an instance; called once per incarnation. What it throws stops the actor.</param>
    /// <typeparam name="T">The class, which says which kind the actor is.</typeparam>
    public static Props Of<T>(Func<T> create)
        where T : Actor => new(create, typeof(PersistentActor).IsAssignableFrom(typeof(T)));

    internal Actor Create() => _create();
}
