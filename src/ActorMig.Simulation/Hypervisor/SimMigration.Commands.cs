using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>What the caller and an operator can do to a migration under way.</content>
internal sealed partial class SimMigration
{
    /// <summary><c>virDomainMigrateStartPostCopy</c>.</summary>
    public LibvirtError? StartPostCopy()
    {
        if (!_options.IsPostCopy)
        {
            return Invalid("switching to post-copy requires migration to be started with VIR_MIGRATE_POSTCOPY flag");
        }

        if (Stream is SimStream.PostCopy or SimStream.PostCopyPaused)
        {
            // QEMU is told once more what it knows.
            return null;
        }

        if (_step != Step.Perform || Stream != SimStream.PreCopy || _isSwitching)
        {
            return new LibvirtError(LibvirtErrorKind.InternalError, "internal error: unable to execute QEMU command 'migrate-start-postcopy': Enable postcopy with migrate_set_capability before the start of migration");
        }

        // What is left of this pass, and what was written meanwhile, follows after the switch.
        _leftMs += DirtiedBytes(_passMs - _leftMs) / BytePerSecond * 1_000;
        _isSwitching = true;
        Stop();
        _restMs = _leftMs;
        _leftMs = SwitchMs;
        Schedule();
        return null;
    }

    /// <summary><c>virDomainMigrateSetMaxSpeed</c>, asked of the source.</summary>
    public void SetMaxSpeed(long mibPerSecond, bool isPostCopy)
    {
        var before = BytePerSecond;
        _options = isPostCopy ? _options with { PostCopyBandwidthMiBPerSecond = mibPerSecond } : _options with { BandwidthMiBPerSecond = mibPerSecond };
        if (Stream is SimStream.PreCopy or SimStream.PostCopy or SimStream.PostCopyPaused && _step is Step.Perform or Step.Finishing or Step.Unattended && before != BytePerSecond)
        {
            _leftMs = (_leftMs - (_time.NowMs - _lastTickMs)) * before / BytePerSecond;
            _passMs *= before / BytePerSecond;
            Schedule();
        }
    }

    /// <summary><c>virDomainAbortJob</c>, asked of the source.</summary>
    public LibvirtError? Abort()
    {
        if (_isSwitching || Stream is SimStream.PostCopy or SimStream.PostCopyPaused)
        {
            return Invalid("cannot abort migration in post-copy mode");
        }

        if (Stream is SimStream.Setup or SimStream.PreCopy && _step is Step.Connect or Step.Prepare or Step.Perform)
        {
            _time.After(CallMs, () =>
            {
                if (Stream is SimStream.Setup or SimStream.PreCopy && !_isSwitching && _step != Step.Ended)
                {
                    Cancel(new LibvirtError(LibvirtErrorKind.OperationAborted, "operation aborted: migration out job: canceled by client"));
                }
            });
            return null;
        }

        return Invalid("the migration is about to end");
    }

    /// <summary><c>virDomainAbortJobFlags</c> with <c>VIR_DOMAIN_ABORT_JOB_POSTCOPY</c>: pauses post-copy, on both sides.</summary>
    public LibvirtError? PausePostCopy()
    {
        if (Stream is not (SimStream.PostCopy or SimStream.PostCopyPaused))
        {
            return Invalid("current job is not outgoing migration in post-copy mode");
        }

        if (Stream == SimStream.PostCopyPaused)
        {
            return new LibvirtError(
                LibvirtErrorKind.InternalError,
                "internal error: unable to execute QEMU command 'migrate-pause': migrate-pause is currently only supported during postcopy-active state");
        }

        Break();
        return null;
    }

    /// <summary>A post-copy that broke goes on (<c>VIR_MIGRATE_POSTCOPY_RESUME</c>).</summary>
    public void Resume(MigrateOptions options, Action<LibvirtError?> returned)
    {
        var error = (_step, Stream) switch
        {
            (not Step.Unattended, _) => Invalid($"migration of domain {_from.Guest.Name} is being actively monitored by another thread"),
            (_, not (SimStream.PostCopy or SimStream.PostCopyPaused)) => Invalid($"migration of domain {_from.Guest.Name} is not in post-copy phase"),
            _ when _from.Reason != StateReason.PostCopyFailed || !HasRunThere => Invalid($"post-copy migration of domain {_from.Guest.Name} has not failed"),
            (_, SimStream.PostCopy) => Invalid("QEMU reports migration is still running"),
            _ => null,
        };
        if (error is not null)
        {
            returned(error);
            return;
        }

        _time.After(CallMs, () =>
        {
            if (Stream != SimStream.PostCopyPaused || _step != Step.Unattended)
            {
                returned(Invalid("QEMU reports migration is still running"));
            }
            else if (!_destination.IsDaemonUp || !IsReachable)
            {
                returned(new LibvirtError(LibvirtErrorKind.Connection, $"unable to connect to server at '{_destination.Host}'"));
            }
            else if (!_to.IsActive)
            {
                returned(new LibvirtError(LibvirtErrorKind.NoDomain, $"no domain with matching uuid '{_uuid}'"));
            }
            else
            {
                (_options, _returned, _step, _unreachableMs, _linkLostMs) = (_options with { PostCopyBandwidthMiBPerSecond = options.PostCopyBandwidthMiBPerSecond }, returned, Step.Finishing, 0, 0);
                Stream = SimStream.PostCopy;
                _source.Show(_from, DomainState.Paused, StateReason.PostCopy, DomainJob.Outgoing, "suspended/post-copy");
                _destination.Show(_to, _to.Runs ? DomainState.Running : _to.State, _to.Runs ? StateReason.PostCopy : _to.Reason, DomainJob.Incoming, "resumed/post-copy");
                _lastTickMs = _time.NowMs;
                Schedule();
            }
        });
    }
}
