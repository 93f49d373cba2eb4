using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>How it goes on: tick by tick, pass by pass, call by call.</content>
internal sealed partial class SimMigration
{
    private void Schedule()
    {
        var nr = ++_tickNr;
        _lastTickMs = _time.NowMs;
        _time.After(Math.Clamp((long)Math.Ceiling(_leftMs), 1, TickMs), () =>
        {
            if (nr == _tickNr && _step != Step.Ended)
            {
                Tick();
            }
        });
    }

    private void Tick()
    {
        var passedMs = _time.NowMs - _lastTickMs;
        var isReachable = IsReachable;
        var isSwitchingNow = _isSwitching && Stream == SimStream.PreCopy;
        _unreachableMs = isReachable ? 0 : _unreachableMs + passedMs;
        _linkLostMs = IsLinked ? 0 : _linkLostMs + passedMs;
        if (Stream == SimStream.PostCopyPaused && _step == Step.Unattended)
        {
            // Only a person or an agent can help now.
            return;
        }

        if (_isSourceLost && _source.IsPowered && isReachable && _step is Step.Connect or Step.Prepare or Step.Perform or Step.Finish)
        {
            // The host is back, and its daemon knows nothing of this call: it answers with a reset.
            LoseLink(new LibvirtError(LibvirtErrorKind.Connection, "Cannot recv data: Connection reset by peer"), isSourceDead: true);
        }
        else if (_step is not Step.Unattended && !isSwitchingNow && _linkLostMs >= _source.KeepaliveMs)
        {
            LoseLink(new LibvirtError(LibvirtErrorKind.Connection, "internal error: client socket is closed"), isSourceDead: false);
        }
        else if (!isReachable && !isSwitchingNow)
        {
            if (_unreachableMs >= TcpTimeoutMs)
            {
                Break();
            }
        }
        else if (NeedsLink && !IsLinked)
        {
            // It waits.
        }
        else if (Stream == SimStream.PostCopy && !(_from.IsActive && _to.IsActive))
        {
            // One of the two hosts is back without its process: it answers the stream with a reset.
            Break();
        }
        else
        {
            _leftMs -= passedMs;
            _sentBytes += Stream is SimStream.PreCopy or SimStream.PostCopy ? passedMs / 1_000.0 * BytePerSecond : 0;
            if (_leftMs <= 0)
            {
                Next();
            }
        }

        if (_step != Step.Ended)
        {
            Schedule();
        }
    }

    private void Next()
    {
        switch (_step)
        {
            case Step.Connect:
                if (!_destination.IsDaemonUp)
                {
                    Cancel(new LibvirtError(LibvirtErrorKind.Connection, $"unable to connect to server at '{_destination.Host}': Connection refused"));
                    break;
                }

                (_step, _leftMs) = (Step.Prepare, CallMs);
                break;
            case Step.Prepare:
                Prepare();
                break;
            case Step.Perform:
                Perform();
                break;
            case Step.Finish:
                Finish();
                break;
            case Step.Finishing when Stream == SimStream.PostCopy:
                EndPostCopy();
                break;
            case Step.Confirm:
                Confirm();
                break;
            case Step.Unattended when Stream == SimStream.PostCopy && HasRunThere:
                EndPostCopy();
                break;
        }
    }

    private void Prepare()
    {
        if (_destination.WhyNotPrepare(_from.Guest) is { } refusal)
        {
            Cancel(refusal);
            return;
        }

        _to.Begin(DomainState.Paused, StateReason.Migration, runs: false);
        _to.Migration = this;
        _destination.Add(_to);
        _destination.Show(_to, DomainState.Paused, StateReason.Migration, DomainJob.Incoming, "started/migrated");
        (_step, _leftMs) = (Step.Perform, SetupMs);
    }

    private void Perform()
    {
        switch (Stream)
        {
            case SimStream.Setup:
                Stream = SimStream.PreCopy;
                Pass(_from.Guest.MemoryBytes);
                break;
            case SimStream.PreCopy when _isSwitching:
                EnterPostCopy();
                break;
            case SimStream.PreCopy:
                EndPass();
                break;
            case SimStream.PreSwitchover:
                Stream = SimStream.Completed;
                (_step, _leftMs) = (Step.Finish, CallMs);
                break;
        }
    }

    private void Pass(double bytes)
    {
        _iteration++;
        _passMs = bytes / BytePerSecond * 1_000;
        _leftMs = _passMs;
        _source.Iterated(_from, (int)_iteration);
    }

    private void EndPass()
    {
        if (_source.BreaksInPreCopy())
        {
            Break();
            return;
        }

        const double PageBytes = 4_096;
        var dirtied = DirtiedBytes(_passMs);
        if (dirtied < PageBytes || dirtied / BytePerSecond * 1_000 <= _from.MaxDowntimeMs)
        {
            Stop();
            Stream = SimStream.PreSwitchover;
            _leftMs = SwitchMs;
            return;
        }

        Pass(dirtied);
    }

    /// <summary>The CPUs stop on the source.</summary>
    private void Stop()
    {
        _stoppedAtMs = _time.NowMs;
        if (_isPausedByOwner)
        {
            return;
        }

        _from.Runs = false;
        _source.Show(_from, DomainState.Paused, StateReason.Migration, DomainJob.Outgoing, "suspended/migrated");
    }

    private void EnterPostCopy()
    {
        Stream = SimStream.PostCopy;
        _source.Show(_from, DomainState.Paused, StateReason.PostCopy, DomainJob.Outgoing, "suspended/post-copy");
        (_step, _leftMs) = (Step.Finish, CallMs);
    }

    /// <summary>The call has reached the destination's daemon: it lets the guest run.</summary>
    private void Finish()
    {
        if (_options.PersistsDestination)
        {
            _to.IsPersistent = true;
            _destination.Show(_to, _to.State, _to.Reason, DomainJob.Incoming, "defined/added");
        }

        HasRunThere = true;
        _downtimeMs = _time.NowMs - _stoppedAtMs;
        _to.Runs = !_isPausedByOwner;
        if (Stream == SimStream.PostCopy)
        {
            _destination.Show(_to, DomainState.Running, StateReason.PostCopy, DomainJob.Incoming, "resumed/post-copy");
            (_step, _leftMs) = (_isAskedByTheDead ? Step.Unattended : Step.Finishing, Math.Max(1, _restMs * PostCopySlowdown));
            return;
        }

        Arrive();
        if (_isAskedByTheDead)
        {
            // The source's daemon finds its guest paused, and asks nobody.
            (_step, _from.Migration) = (Step.Ended, null);
            Detach();
            return;
        }

        if (_source.LosesFinish())
        {
            // libvirt trusts a lock manager to prevent the double (qemu_migration.c:5751).
            RestartSource(new LibvirtError(LibvirtErrorKind.Connection, "internal error: client socket is closed"));
            return;
        }

        (_step, _leftMs) = (Step.Confirm, CallMs);
    }

    /// <summary>The rest was reckoned at the speed before the switch.</summary>
    private double PostCopySlowdown
    {
        get
        {
            var before = _options.BandwidthMiBPerSecond > 0 ? Math.Min(_options.BandwidthMiBPerSecond * 1_048_576.0, _source.BandwidthBytePerSecond) : _source.BandwidthBytePerSecond;
            return before / BytePerSecond;
        }
    }

    private void EndPostCopy()
    {
        if (_source.BreaksInPostCopy())
        {
            _leftMs = 1_000;
            Break();
            return;
        }

        Stream = SimStream.Completed;
        if (_destination.IsDaemonUp)
        {
            Arrive();
        }

        if (_step == Step.Unattended)
        {
            if (_source.IsDaemonUp)
            {
                EndSource(isAttended: false);
            }
            else
            {
                _step = Step.Ended;
            }

            return;
        }

        (_step, _leftMs) = (Step.Confirm, CallMs);
    }

    /// <summary>The destination's daemon shows the guest as its own.</summary>
    private void Arrive()
    {
        if (_isPausedByOwner)
        {
            _destination.Show(_to, DomainState.Paused, StateReason.User, DomainJob.None, "suspended/paused");
        }
        else
        {
            _to.Runs = true;
            _destination.Show(_to, DomainState.Running, StateReason.Migrated, DomainJob.None, "resumed/migrated");
        }
    }

    private void Confirm()
    {
        _source.Completed(_from, Figures);
        EndSource(isAttended: true);
    }

    /// <summary>The destination's daemon has nothing more to find out about it.</summary>
    private void Detach()
    {
        if (_destination.IsDaemonUp && ReferenceEquals(_to.Migration, this))
        {
            _to.Migration = null;
        }
    }

    /// <summary>The source's daemon ends its process. Only who attends to it removes the definition, too.</summary>
    private void EndSource(bool isAttended)
    {
        _step = Step.Ended;
        _from.Migration = null;
        Detach();
        if (isAttended && _options.UndefinesSource)
        {
            (_from.IsPersistent, _from.IsAutostart) = (false, false);
            _source.ForgetUndefined(_from);
        }

        _source.EndProcess(_from, StateReason.Migrated, "stopped/migrated");
        Return(null);
    }
}
