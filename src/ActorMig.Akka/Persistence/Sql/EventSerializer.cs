using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>Writes a row's content as our journal does: the registered JSON, under the registered name as manifest.</summary>
internal sealed class EventSerializer : SerializerWithStringManifest
{
    private readonly SqlTables _tables;

    /// <summary>Made by Akka.</summary>
    public EventSerializer(ExtendedActorSystem system)
        : base(system) => _tables = system.Settings.Setup.Get<EngineSetup>().Value.Tables!;

    public override int Identifier => _tables.SerializerId;

    public override string Manifest(object o) => _tables.Events.NameOf(o);

    public override byte[] ToBinary(object obj) => _tables.Events.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return _tables.Events.Read(manifest, bytes);
        }
        catch (FormatException e)
        {
            throw new SerializationException(e.Message, e);
        }
    }
}
