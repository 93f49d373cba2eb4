using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Serialization;
using ActorMig.Actors;

namespace ActorMig.Akka.Clustering;

/// <summary>
/// Writes what goes between hosts: the manifest is the registered name of the message, never a .NET type's, and the rest its registered JSON behind the
/// names of the sender and the receiver.
/// </summary>
internal sealed class NamedSerializer : SerializerWithStringManifest
{
    private const string AskName = "actormig.ask-card.1";
    private const string CardName = "actormig.card.1";
    private readonly MessageRegistry _messages;

    /// <summary>Made by Akka.</summary>
    public NamedSerializer(ExtendedActorSystem system)
        : base(system) => _messages = system.Settings.Setup.Get<EngineSetup>().Value.Cluster!.Messages;

    public override int Identifier => 760;

    public override string Manifest(object o) => o switch
    {
        Envelope e => e.Name,
        AskCard => AskName,
        Card => CardName,
        _ => throw new SerializationException($"{o?.GetType().Name} does not go between hosts."),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case Envelope e:
                using (var body = new MemoryStream())
                {
                    using var writer = new BinaryWriter(body, Encoding.UTF8);
                    writer.Write(e.Incarnation);
                    writer.Write(e.From);
                    writer.Write(e.Actor);
                    writer.Write(e.Json);
                    writer.Flush();
                    return body.ToArray();
                }

            case Card card:
                return JsonSerializer.SerializeToUtf8Bytes(card, CardJson.Default.Card);
            default:
                return [];
        }
    }

    /// <exception cref="SerializationException">It cannot be read. Akka says so, and drops it.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            switch (manifest)
            {
                case AskName:
                    return AskCard.Instance;
                case CardName:
                    var shown = JsonSerializer.Deserialize(bytes, CardJson.Default.Card);
                    return shown is { Host: not null, Says: not null } ? shown : throw new FormatException("The card is empty.");
                default:
                    using (var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8))
                    {
                        var (incarnation, from, actor) = (reader.ReadInt64(), reader.ReadString(), reader.ReadString());
                        return new NodeMessage(from, incarnation, actor, _messages.Read(manifest, bytes.AsSpan((int)reader.BaseStream.Position)));
                    }
            }
        }
        catch (Exception e) when (e is FormatException or IOException or JsonException or ArgumentException)
        {
            throw new SerializationException($"What came as '{manifest}' cannot be read: {e.Message}", e);
        }
    }
}

[JsonSerializable(typeof(Card))]
internal sealed partial class CardJson : JsonSerializerContext;
