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
    private readonly SortedDictionary<string, string> _byType = new(StringComparer.Ordinal);

    /// <summary>Registers a class under a name such as <c>barter-offered.1</c>.</summary>
    /// <param name="name">The name with its version.</param>
    /// <param name="type">How it is written as JSON.</param>
    /// <typeparam name="T">The class.</typeparam>
    public MessageRegistry Add<T>(string name, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _byName.Add(name, type);
        _byType.Add(typeof(T).FullName!, name);
        return this;
    }

    /// <summary>All names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The name of a message's class.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="InvalidOperationException">The class is not registered.</exception>
    public string NameOf(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _byType.TryGetValue(message.GetType().FullName!, out var name)
            ? name
            : throw new InvalidOperationException($"{message.GetType().Name} has no registered name.");
    }

    /// <summary>Writes a message as UTF-8 JSON.</summary>
    /// <param name="message">A message of a registered class.</param>
    public byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes(message, _byName[NameOf(message)]);

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
}
