using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// One migration from libvirt to libvirt, protocol version 3: Begin, Prepare, Perform, Finish, Confirm, with the memory stream between the two QEMUs
/// beside it. It moves in ticks, and each tick looks whether the two hosts can reach each other: a stream that cannot only stands still; the daemons
/// give their link up after the keepalive. Facts and their sources: libvirt 9.0, src/qemu/qemu_migration.c and qemu_process.c.
/// </summary>
internal sealed partial class SimMigration
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

    /// <summary>What the destination's daemon answers when its QEMU is gone.</summary>
    private static LibvirtError MonitorClosed { get; } = new(LibvirtErrorKind.InternalError, "internal error: qemu unexpectedly closed the monitor");

    private static LibvirtError Invalid(string text) => new(LibvirtErrorKind.OperationInvalid, "Requested operation is not valid: " + text);

    private double DirtiedBytes(double durationMs) =>
        _from.Runs ? Math.Min(_from.Guest.MemoryBytes, _from.Guest.DirtyBytePerSecond * durationMs / 1_000) : 0;
}
