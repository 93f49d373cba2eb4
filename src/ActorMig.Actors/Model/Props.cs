namespace ActorMig.Actors;

/// <summary>The recipe for an actor: of which kind it is, and how an instance is made. Restarts make a new instance from the same recipe.</summary>
public sealed class Props
{
    private readonly Func<Actor> _create;

    private Props(Func<Actor> create, Type kind, MailboxOptions? mailbox)
    {
        _create = create;
        Kind = kind;
        Mailbox = mailbox;
    }

    /// <summary>The actor's class.</summary>
    public Type Kind { get; }

    /// <summary>True for a <see cref="PersistentActor"/>: its incarnations begin with a replay.</summary>
    public bool IsPersistent => typeof(PersistentActor).IsAssignableFrom(Kind);

    /// <summary>How much waits for the actor; null: as the engine is set.</summary>
    public MailboxOptions? Mailbox { get; }

    /// <summary>Makes the recipe of an actor of class <typeparamref name="T"/>.</summary>
    /// <param name="create">Makes an instance; called once per incarnation. What it throws stops the actor.</param>
    /// <typeparam name="T">The class, which says which kind the actor is.</typeparam>
    public static Props Of<T>(Func<T> create)
        where T : Actor => new(create, typeof(T), null);

    /// <summary>The same recipe with a mailbox of its own kind.</summary>
    /// <param name="messagesMax">The most messages that wait, 1 or more.</param>
    /// <param name="overflow">What happens to more.</param>
    public Props WithMailbox(int messagesMax, MailboxOverflow overflow)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(messagesMax);
        return new Props(_create, Kind, new MailboxOptions(messagesMax, overflow));
    }

    internal Actor Create() => _create();
}
