using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>How it ends when it fails: who stays, who is cleaned up, and what the caller is told.</content>
internal sealed partial class SimMigration
{
    /// <summary>The daemons have lost each other: what that does depends on how far it was.</summary>
    private void LoseLink(LibvirtError error, bool isSourceDead)
    {
        switch (_step)
        {
            case Step.Connect or Step.Prepare:
            case Step.Perform when !_isSwitching && Stream is SimStream.Setup or SimStream.PreCopy:
                KillArriving(isSourceLost: true);
                Cancel(error);
                break;
            case Step.Finish when !isSourceDead && _destination.IsDaemonHung:
                // It has not read yet that it shall let the guest run, and will.
                _isAskedInVain = true;
                if (Stream == SimStream.PostCopy)
                {
                    _step = Step.Unattended;
                    _source.Show(_from, DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, "suspended/post-copy-failed");
                    Return(error);
                }
                else
                {
                    RestartSource(error);
                    _to.Migration = this;
                }

                break;
            case Step.Perform or Step.Finish when Stream != SimStream.PostCopy && !_isSwitching:
                // Stopped to converge, and the destination has not been asked to run: it gives up, and the source goes on.
                KillArriving(isSourceLost: true);
                if (isSourceDead)
                {
                    // In Perform its restart resumes it; afterwards nobody does: a third party needs to check.
                    (_step, IsResumedAtRestart) = (Step.Ended, Stream == SimStream.PreSwitchover);
                    Return(error);
                }
                else
                {
                    RestartSource(error);
                }

                break;
            case Step.Perform when !isSourceDead:
                KillArriving(isSourceLost: true);
                RestartSource(error);
                break;
            case Step.Perform or Step.Finish:
                // The switch was decided and the destination never ran: in post-copy the source stays paused, whoever looks.
                KillArriving(isSourceLost: true);
                IsResumedAtRestart = Stream != SimStream.PostCopy;
                _step = isSourceDead ? Step.Ended : Step.Unattended;
                if (!isSourceDead)
                {
                    Stream = SimStream.PostCopyPaused;
                    _source.Show(_from, DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, "suspended/post-copy-failed");
                }

                Return(error);
                break;
            case Step.Finishing:
                _step = Step.Unattended;
                if (!isSourceDead)
                {
                    _source.Show(_from, DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, "suspended/post-copy-failed");
                }

                Return(error);
                break;
            case Step.Confirm when isSourceDead:
                if (!_isSwitching && _leftMs - (_time.NowMs - _lastTickMs) > CallMs / 2)
                {
                    // It had not heard yet that the destination runs: its restart leaves the guest paused; a third party needs to check.
                    _from.Migration = null;
                }

                // Else its restart finds that the migration had succeeded.
                _step = Step.Ended;
                Return(error);
                break;
            case Step.Confirm:
                if (_isSwitching)
                {
                    // In post-copy the source finds that all is sent, and ends; the call fails all the same.
                    Return(error);
                    _source.Completed(_from, Figures);
                    EndSource(isAttended: false);
                }
                else
                {
                    RestartSource(error);
                }

                break;
        }
    }

    /// <summary>
    /// libvirt lets the guest run again on the source. If it runs on the destination as well, nobody has asked; nor if its owner has moved it on from there
    /// before this side has noticed.
    /// </summary>
    private void RestartSource(LibvirtError error)
    {
        var hasGoneOn = HasRunThere && _to is { IsActive: false, Reason: StateReason.Migrated };
        if ((_to.Runs || hasGoneOn) && _from.IsActive)
        {
            _source.DoubledByLibvirt.Add(_from.Guest.Name);
        }

        _step = Step.Ended;
        _from.Migration = null;
        Detach();
        if (_isPausedByOwner)
        {
            _source.Show(_from, _from.State, _from.Reason, DomainJob.None);
        }
        else
        {
            _from.Runs = _from.IsActive;
            _source.Show(_from, DomainState.Running, StateReason.None, DomainJob.None, "resumed/migrated");
        }

        Return(error);
    }

    /// <summary>Given up before the switch: the guest goes on where it is.</summary>
    private void Cancel(LibvirtError error)
    {
        Stream = SimStream.Failed;
        KillArriving();
        _step = Step.Ended;
        _from.Migration = null;
        if (_from is { IsActive: true, Runs: false } && !_isPausedByOwner)
        {
            // Whoever paused it meanwhile: libvirt lets run what ran before.
            _from.Runs = true;
            _source.Show(_from, DomainState.Running, StateReason.None, DomainJob.None, "resumed/migrated");
        }
        else
        {
            _source.Show(_from, _from.State, _from.Reason, DomainJob.None);
        }

        Return(error);
    }

    /// <param name="isSourceLost">True if the destination's daemon does it by itself, as its link to the source is gone: that is told as a destroy.</param>
    private void KillArriving(bool isSourceLost = false)
    {
        if (ReferenceEquals(_to.Migration, this))
        {
            _to.Migration = null;
            _destination.EndProcess(_to, isSourceLost ? StateReason.Ended : StateReason.None, isSourceLost ? SimHypervisor.Destroyed : "stopped/failed");
        }
    }

    /// <summary>Both daemons see that the stream broke in post-copy; the guest runs on until it needs a page that is not there.</summary>
    private void NoticeBreak(LibvirtError? error = null)
    {
        if (_from.IsActive)
        {
            _source.Show(_from, DomainState.Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, "suspended/post-copy-failed");
        }

        if (_to.IsActive && HasRunThere)
        {
            var isPausedByOwner = _to is { State: DomainState.Paused, Reason: StateReason.User };
            _destination.Show(
                _to, isPausedByOwner ? DomainState.Paused : DomainState.Running, isPausedByOwner ? StateReason.User : StateReason.PostCopyFailed, DomainJob.Incoming, "resumed/post-copy-failed");
        }

        _step = Step.Unattended;
        Return(error ?? new LibvirtError(LibvirtErrorKind.OperationFailed, "operation failed: job 'migration out' failed in post-copy phase"));
    }

    private void End(LibvirtError error)
    {
        _step = Step.Ended;
        Return(error);
    }

    private void Return(LibvirtError? error)
    {
        var returned = _returned;
        _returned = null;
        returned?.Invoke(error);
    }
}
