using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorMig.Akka.Clustering;

/// <summary>
/// Stands where Akka has a serializer that writes and reads whatever the other side names as a .NET type: in a cluster of ours nothing is written so, and
/// what comes so is refused.
/// </summary>
internal sealed class NoTypeNames : Serializer
{
    /// <summary>Made by Akka, which has settings for what stood here.</summary>
    public NoTypeNames(ExtendedActorSystem system, Config config)
        : base(system) => _ = config;

    /// <summary>Akka's own number of it.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj?.GetType().Name} has no registered name, and does not go between hosts.");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("It came under the name of a .NET type, and is not read.");
}
