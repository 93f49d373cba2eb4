using Akka.Actor;

namespace ActorMig.Akka;

/// <summary>The Akka actor in which an ephemeral actor of ours lives.</summary>
internal sealed class EphemeralShell : UntypedActor
{
    private readonly Shell _shell;

    public EphemeralShell(AkkaRef self) => _shell = new Shell(self, Context, null);

    protected override SupervisorStrategy SupervisorStrategy() => ShellSupervision.Strategy;

    protected override void PreStart() => _shell.Begin();

    protected override void OnReceive(object message) => _shell.Receive(message);

    protected override void PreRestart(Exception reason, object message) => _shell.Leave();

    protected override void PostStop() => _shell.End();
}
