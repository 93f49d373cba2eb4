using Akka.Actor;
using Petabridge.Cmd.Host;

namespace ActorMig.Akka;

/// <summary>
/// Begins Petabridge.Cmd with the actor system, where Akka's settings say <c>akka.extensions = ["ActorMig.Akka.PetabridgeCmdProvider, ActorMig.Akka"]</c>.
/// Only in what is built with -p:PetabridgeCmd=VERSION. Never compiled with the package itself, but with a stand-in that has the same two methods.
/// </summary>
public sealed class PetabridgeCmdProvider : ExtensionIdProvider<PetabridgeCmdProvider.Begun>
{
    /// <inheritdoc/>
    public override Begun CreateExtension(ExtendedActorSystem system)
    {
        PetabridgeCmd.Get(system).Start();
        return new Begun();
    }

    /// <summary>That it was begun; all else is its own.</summary>
    public sealed class Begun : IExtension;
}
