using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>What happens to it from outside: streams that break, daemons that die, hang and come back, processes that die, hosts without power.</content>
internal sealed partial class SimMigration
{
    /// <summary>The stream breaks; in post-copy both processes live on and wait.</summary>
    public void Break()
    {
        if (Stream == SimStream.PostCopy)
        {
            if (_step == Step.Finish && IsLinked && _to.IsActive)
            {
                // The daemons need no stream: the destination is asked to let the guest run all the same.
                Finish();
            }

            Stream = SimStream.PostCopyPaused;
            NoticeBreak();
        }
        else if (Stream is SimStream.Setup or SimStream.PreCopy && _step == Step.Perform && !_isSwitching)
        {
            Cancel(new LibvirtError(LibvirtErrorKind.OperationFailed, "operation failed: migration out job: unexpectedly failed"));
        }
    }

    /// <summary>A daemon died, or its host: its end of the link is gone at once, and the other side hears of it.</summary>
    public void DaemonDied(SimHypervisor which)
    {
        if (_step is Step.Ended or Step.Unattended)
        {
            return;
        }

        var error = new LibvirtError(LibvirtErrorKind.Connection, "Cannot recv data: Connection reset by peer");
        if (ReferenceEquals(which, _source))
        {
            Return(error);
            if (_step == Step.Finish)
            {
                // What is sent is sent.
                _isAskedByTheDead = true;
                return;
            }
        }
        else if (_isAskedByTheDead)
        {
            _step = Stream == SimStream.PostCopy ? Step.Unattended : Step.Ended;
            return;
        }

        LoseLink(error, isSourceDead: ReferenceEquals(which, _source));
    }

    /// <summary>A daemon is there again: what does it find?</summary>
    public void DaemonCameBack(SimHypervisor which)
    {
        if (ReferenceEquals(which, _source))
        {
            SourceCameBack();
        }
        else if (_to.IsActive)
        {
            DestinationCameBack();
        }
    }

    /// <summary>A daemon that hung goes on: it reads what it was asked meanwhile, whoever asked, and does it.</summary>
    /// <param name="which">Whose.</param>
    public void DaemonContinued(SimHypervisor which)
    {
        if (!_isAskedInVain || !ReferenceEquals(which, _destination) || !_to.IsActive)
        {
            return;
        }

        _isAskedInVain = false;
        if (Stream == SimStream.PostCopy)
        {
            // The stream may have stood still for it: memory that nobody reads.
            (HasRunThere, _to.Runs, _leftMs) = (true, true, Math.Max(1, _restMs * PostCopySlowdown));
            _downtimeMs = _time.NowMs - _stoppedAtMs;
            _destination.Show(_to, DomainState.Running, StateReason.PostCopy, DomainJob.Incoming, "resumed/post-copy");
            Schedule();
        }
        else if (_from.Runs && _destination.LocksDisks)
        {
            KillArriving();
        }
        else
        {
            // Nothing stops the second copy but a lock.
            HasRunThere = true;
            if (_from.Runs)
            {
                _source.DoubledByLibvirt.Add(_from.Guest.Name);
            }

            Arrive();
            Detach();
        }
    }

    private void SourceCameBack()
    {
        switch (Stream)
        {
            case SimStream.PostCopy:
                // Nobody attends to it, and nothing else is wrong with it.
                _source.Show(_from, DomainState.Paused, StateReason.PostCopy, DomainJob.Outgoing);
                break;
            case SimStream.PostCopyPaused:
                _source.Show(_from, DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, "suspended/post-copy-failed");
                break;
            case SimStream.Completed when HasRunThere:
                EndSource(isAttended: false);
                break;
            default:
                // The switch was decided and nobody ran the guest: it stays paused, without a job.
                _from.Migration = null;
                break;
        }
    }

    private void DestinationCameBack()
    {
        switch (Stream)
        {
            case SimStream.PostCopy or SimStream.PostCopyPaused when !HasRunThere:
                // It was never asked to let it run.
                Stream = SimStream.PostCopyPaused;
                KillArriving();
                NoticeBreak();
                break;
            case SimStream.PostCopy:
                _destination.Show(_to, _to.Runs ? DomainState.Running : _to.State, _to.Runs ? StateReason.PostCopy : _to.Reason, DomainJob.Incoming);
                break;
            case SimStream.PostCopyPaused:
                _destination.Show(_to, _to.Runs ? DomainState.Running : DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Incoming, "resumed/post-copy-failed");
                break;
            case SimStream.Completed when !HasRunThere:
                KillArriving();
                break;
            case SimStream.Completed when _to is { State: DomainState.Running, Reason: StateReason.Migrated }:
                break;
            default:
                Arrive();
                break;
        }

        if (_step == Step.Ended)
        {
            Detach();
        }
    }

    /// <summary>A QEMU process has died, or was ended.</summary>
    /// <param name="domain">Which.</param>
    public void ProcessDied(SimDomain domain)
    {
        if (_step == Step.Ended)
        {
            return;
        }

        var isSource = ReferenceEquals(domain, _from);
        domain.Migration = null;
        switch (Stream)
        {
            case SimStream.PostCopy or SimStream.PostCopyPaused when HasRunThere || !isSource:
                Stream = SimStream.PostCopyPaused;
                NoticeBreak(isSource ? null : MonitorClosed);
                break;
            case SimStream.Completed:
                break;
            default:
                if (isSource)
                {
                    // Before the destination could run there is nothing there to run.
                    KillArriving();
                    End(new LibvirtError(LibvirtErrorKind.OperationFailed, "operation failed: domain is not running"));
                }
                else
                {
                    Cancel(MonitorClosed);
                }

                break;
        }
    }

    /// <summary>A host has lost power: nobody on it says anything; its peer's streams stand still.</summary>
    /// <param name="which">The host.</param>
    public void PowerLost(SimHypervisor which)
    {
        if (ReferenceEquals(which, _source))
        {
            _isSourceLost = true;
            _from.Migration = null;
            Return(new LibvirtError(LibvirtErrorKind.Connection, "Cannot recv data: Connection reset by peer"));
        }
        else
        {
            _to.Migration = null;
        }
    }
}
