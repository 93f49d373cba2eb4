using Akka.Actor;
using Akka.Persistence;

namespace ActorMig.Akka;

/// <summary>
/// The Akka actor in which a persistent actor of ours lives. The events of a turn are one <c>PersistAll</c>; its effects come after the last of them.
/// </summary>
internal sealed class PersistentShell : UntypedPersistentActor
{
    private readonly AkkaRef _self;
    private readonly Shell _shell;
    private long _eventsSinceSnapshot;

    public PersistentShell(AkkaRef self)
    {
        _self = self;
        _shell = new Shell(self, Context, Write);
    }

    public override string PersistenceId => _shell.Core.PersistenceId!;

    protected override SupervisorStrategy SupervisorStrategy() => ShellSupervision.Strategy;

    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
        {
            _shell.Begin();
            KeepSnapshot();
        }
        else
        {
            _shell.Core.Apply(message is SnapshotOffer offer ? offer.Snapshot : message);
            _eventsSinceSnapshot++;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess:
                break;
            case SaveSnapshotFailure failure:
                _self.System.Observer.SnapshotFailed(_self, failure.Cause);
                break;
            default:
                _shell.Receive(message);
                break;
        }
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _shell.Fail(reason);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _shell.Fail(cause);

    /// <summary>What a SQL journal says of a refused insert. Akka would carry on; the model's actor stops, as it does when it is not known.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => _shell.Fail(cause);

    protected override void PreRestart(Exception reason, object message) => _shell.Leave();

    protected override void PostStop() => _shell.End();

    private void Write(IReadOnlyList<object> events)
    {
        var left = events.Count;
        PersistAll(events, _ =>
        {
            if (--left == 0)
            {
                _eventsSinceSnapshot += events.Count;
                _shell.Written();
                KeepSnapshot();
            }
        });
    }

    /// <summary>Between turns, once in so many events. Nobody waits for it: a snapshot that is not kept costs only replay time.</summary>
    private void KeepSnapshot()
    {
        var system = _self.System;
        if (_eventsSinceSnapshot < system.Options.SnapshotEvery || _self.IsStopping)
        {
            return;
        }

        _eventsSinceSnapshot = 0;
        try
        {
            if (_shell.Core.Snapshot() is { } snapshot)
            {
                SaveSnapshot(snapshot);
            }
        }
#pragma warning disable CA1031 // Whatever fails, only replay time is lost; the observer is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            system.Observer.SnapshotFailed(_self, e);
        }
    }
}
