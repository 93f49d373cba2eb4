using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// One migration from libvirt to libvirt, protocol version 3: Begin, Prepare, Perform, Finish, Confirm, with the memory stream between the two QEMUs
/// beside it. It moves in ticks, and each tick looks whether the two hosts can reach each other: a stream that cannot only stands still; the daemons
/// give their link up after the keepalive. Facts and their sources: libvirt 9.0, src/qemu/qemu_migration.c and qemu_process.c.
/// </summary>
internal sealed class SimMigration
{
    /// <summary>How long setting up a stream takes: until then libvirt refuses the switch.</summary>
    private const long SetupMs = 40;

    /// <summary>How long the CPUs stand still at a switch, until the destination has the devices.</summary>
    private const long SwitchMs = 15;

    /// <summary>How long one call from daemon to daemon takes.</summary>
    private const long CallMs = 5;

    /// <summary>The longest tick.</summary>
    private const long TickMs = 250;

    /// <summary>After how long a TCP stream that stands still breaks (tcp_retries2).</summary>
    private const long TcpTimeoutMs = 924_000;

    private readonly VirtualTime _time;
    private readonly SimHypervisor _source;
    private readonly SimHypervisor _destination;
    private readonly SimDomain _from;
    private readonly SimDomain _to;
    private readonly string _uuid;
    private readonly long _startMs;
    private MigrateOptions _options;
    private Action<LibvirtError?>? _returned;
    private Step _step = Step.Connect;
    private double _leftMs = CallMs;
    private long _lastTickMs;
    private long _unreachableMs;
    private long _linkLostMs;
    private bool _isSwitching;
    private long _stoppedAtMs;
    private long _downtimeMs;
    private double _sentBytes;
    private long _iteration;
    private double _passMs;
    private double _restMs;
    private long _tickNr;

    /// <summary>True once the source's daemon has died after it had sent the call that lets the guest run: that is carried out, and answered to nobody.</summary>
    private bool _isAskedByTheDead;

    /// <summary>True while the call that lets the guest run waits for a destination's daemon that hangs, and nobody waits for its answer any more.</summary>
    private bool _isAskedInVain;

    /// <summary>True if the guest's owner had paused it before: then it arrives paused.</summary>
    private readonly bool _isPausedByOwner;

    public SimMigration(
        VirtualTime time, SimHypervisor source, SimHypervisor destination, SimDomain from, MigrateOptions options, Action<LibvirtError?> returned)
    {
        (_time, _source, _destination, _from, _options, _returned) = (time, source, destination, from, options, returned);
        _to = destination.Find(from.Guest.Uuid) ?? new SimDomain(from.Guest);
        (_uuid, _startMs, _lastTickMs, _isPausedByOwner) = (from.Guest.Uuid, time.NowMs, time.NowMs, !from.Runs);
        _from.Migration = this;
        _source.Show(_from, _from.State, _from.Reason, DomainJob.Outgoing);
        Schedule();
    }

    private enum Step
    {
        /// <summary>The source's daemon connects to the destination's.</summary>
        Connect,

        /// <summary>The destination starts a QEMU that waits.</summary>
        Prepare,

        /// <summary>The stream runs; nothing is asked of the destination's daemon.</summary>
        Perform,

        /// <summary>The destination is asked to let the guest run.</summary>
        Finish,

        /// <summary>The destination lets it run and waits for the end of the stream.</summary>
        Finishing,

        /// <summary>The source is told that all is well, and ends its process.</summary>
        Confirm,

        /// <summary>No daemon attends to it any more; the stream goes on, and each side ends when its QEMU says so.</summary>
        Unattended,

        /// <summary>Over.</summary>
        Ended,
    }

    public SimStream Stream { get; private set; } = SimStream.Setup;

    /// <summary>How far it is.</summary>
    public SimMigrationPhase Phase => _step switch
    {
        Step.Connect or Step.Prepare => SimMigrationPhase.Preparing,
        Step.Perform when _from.Runs && !_isSwitching && Stream is SimStream.Setup or SimStream.PreCopy => SimMigrationPhase.PreCopy,
        Step.Perform => SimMigrationPhase.Switching,
        Step.Finish => SimMigrationPhase.Finishing,
        Step.Finishing => SimMigrationPhase.PostCopy,
        Step.Unattended => SimMigrationPhase.Unattended,
        _ => SimMigrationPhase.Confirming,
    };

    /// <summary>True once the guest has run on the destination in this migration.</summary>
    public bool HasRunThere { get; private set; }

    /// <summary>True if the source's daemon lets the guest run again when it starts: paused for a migration that it then cancels.</summary>
    public bool IsResumedAtRestart { get; private set; }

    /// <summary>True once the source's host has lost power: nobody there goes on with the call.</summary>
    private bool _isSourceLost;

    /// <summary>Figures as libvirt gives them on the source.</summary>
    public JobFigures Figures => new(
        _time.NowMs - _startMs,
        HasRunThere ? _downtimeMs : null,
        (long)_sentBytes,
        (long)(_leftMs / 1_000 * BytePerSecond),
        _from.Guest.MemoryBytes,
        (long)BytePerSecond,
        _iteration,
        Stream is SimStream.PostCopy or SimStream.Completed ? 10 : 0);

    private bool IsReachable => _source.CanReach(_destination);

    /// <summary>Whether the two daemons hear each other.</summary>
    private bool IsLinked => (IsReachable && !_source.IsDaemonHung && !_destination.IsDaemonHung) || (_isAskedByTheDead && !_destination.IsDaemonHung);

    /// <summary>True if what comes next is done by the daemons, and not by QEMU alone.</summary>
    private bool NeedsLink => _step is Step.Connect or Step.Prepare or Step.Finish or Step.Confirm;

    private double BytePerSecond
    {
        get
        {
            var limit = (Stream is SimStream.PostCopy or SimStream.PostCopyPaused ? _options.PostCopyBandwidthMiBPerSecond : _options.BandwidthMiBPerSecond) * 1_048_576.0;
            return limit > 0 ? Math.Min(limit, _source.BandwidthBytePerSecond) : _source.BandwidthBytePerSecond;
        }
    }

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
            _ when _from.Reason != StateReason.PostCopyFailed => Invalid($"post-copy migration of domain {_from.Guest.Name} has not failed"),
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

    /// <summary>The stream breaks; in post-copy both processes live on and wait.</summary>
    public void Break()
    {
        if (Stream == SimStream.PostCopy)
        {
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

    /// <summary>What the destination's daemon answers when its QEMU is gone.</summary>
    private static LibvirtError MonitorClosed { get; } = new(LibvirtErrorKind.InternalError, "internal error: qemu unexpectedly closed the monitor");

    private static LibvirtError Invalid(string text) => new(LibvirtErrorKind.OperationInvalid, "Requested operation is not valid: " + text);

    private double DirtiedBytes(double durationMs) =>
        _from.Runs ? Math.Min(_from.Guest.MemoryBytes, _from.Guest.DirtyBytePerSecond * durationMs / 1_000) : 0;

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
        }

        _source.EndProcess(_from, StateReason.Migrated, "stopped/migrated");
        Return(null);
    }

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

    /// <summary>libvirt lets the guest run again on the source. If it runs on the destination as well, nobody has asked.</summary>
    private void RestartSource(LibvirtError error)
    {
        if (_to.Runs && _from.IsActive)
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
