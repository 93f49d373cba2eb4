using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ActorMig.Actors;

/// <summary>
/// The names under which messages between hosts and events in the journal are known. A name has a version and outlives the class;
/// .NET type names never leave the process.
/// </summary>
public sealed class MessageRegistry
{
    private readonly SortedDictionary<string, JsonTypeInfo> _byName = new(StringComparer.Ordinal);

    /// <summary>Some dozens at most: comparing references one by one is quicker than comparing names.</summary>
    private readonly List<(Type Type, string Name, JsonTypeInfo Json)> _byType = [];

    /// <summary>Registers a class under a name such as <c>barter-offered.1</c>.</summary>
    /// <param name="name">The name with its version.</param>
    /// <param name="type">How it is written as JSON.</param>
    /// <typeparam name="T">The class.</typeparam>
    public MessageRegistry Add<T>(string name, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (_byType.Exists(t => t.Type == typeof(T)))
        {
            throw new ArgumentException($"{typeof(T).Name} has a name already.", nameof(type));
        }

        _byName.Add(name, type);
        _byType.Add((typeof(T), name, type));
        return this;
    }

    /// <summary>All names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The name of a message's class.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="InvalidOperationException">The class is not registered.</exception>
    public string NameOf(object message) => Find(message).Name;

    /// <summary>Writes a message as UTF-8 JSON.</summary>
    /// <param name="message">A message of a registered class.</param>
    public byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes(message, Find(message).Json);

    /// <summary>Reads a message.</summary>
    /// <param name="name">The registered name.</param>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="FormatException">The name is unknown, or the text is not what the name stands for.</exception>
    public object Read(string name, ReadOnlySpan<byte> json)
    {
        if (!_byName.TryGetValue(name, out var type))
        {
            throw new FormatException($"No message is registered as '{name}'.");
        }

        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException($"'{name}' is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"'{name}' cannot be read: {e.Message}", e);
        }
    }

    private (Type Type, string Name, JsonTypeInfo Json) Find(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var type = message.GetType();
        foreach (var known in _byType)
        {
            if (known.Type == type)
            {
                return known;
            }
        }

        throw new InvalidOperationException($"{type.Name} has no registered name.");
    }
}
