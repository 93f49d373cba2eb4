namespace ActorMig.Actors;

/// <summary>
/// A reference to one incarnation of a name. It says where messages go and nothing else: it has no methods,
/// and it never leaves the process (between hosts an address is a host name and an actor name).
/// </summary>
/// <param name="path">The path of names from the root, such as <c>/host/barter</c>.</param>
public abstract class ActorRef(string path)
{
    /// <summary>The path of names from the root, such as <c>/host/barter</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The last part of <see cref="Path"/>, chosen by the parent.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public sealed override string ToString() => Path;
}
