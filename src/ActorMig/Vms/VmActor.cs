using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.PreFlight;
using ActorMig.Rules;

namespace ActorMig.Vms;

/// <summary>One running VM: turns its counters into a smoothed load, and says what it is doing as far as libvirt shows it.</summary>
internal sealed class VmActor(ActorRef vms, ActorMigOptions options, ExpectLoad? expected) : EphemeralActor
{
    /// <summary>Who sends so much between two readings is not silent.</summary>
    private const long UnseenBytes = 100_000;

    /// <summary>So many readings in a row must have nothing of a VM that libvirt counts.</summary>
    private const int SuspicionsMax = 2;
    private double _loadBitPerSecond = expected?.LoadBitPerSecond ?? 0;
    private bool _hasLoad = expected is not null;
    private VmUse? _use = expected?.Use;
    private double? _dirtyBytePerSecond = expected?.DirtyBytePerSecond;
    private bool _isDirtyRateOwn;
    private (long CpuNs, long AtMs)? _lastCpu;
    private (long Bytes, long AtMs)? _last;
    private string? _cannotMove;
    private readonly Partners _partners = new();
    private readonly LongMean _mean = new();
    private string _name = "";
    private long? _txBytes;
    private long? _txBytesAtCount;
    private bool _hasDevice = true;
    private int _suspicions;
    private bool _isUnseen;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ObserveVm observe:
                (_name, _txBytes) = (observe.Sample.Name, observe.Sample.State == DomainState.Running ? observe.Sample.TxBytes : null);
                _hasDevice = observe.Sample.Nics is not { Count: > 0 } nics || nics.Any(n => n.Device is not null);
                Measure(observe);
                NoteWhatHolds(observe.Sample);
                Context.Tell(vms, new VmObserved(observe.Round, View(observe.Sample)));
                break;
            case VmCounted counted:
                Take(counted);
                break;
            case TrafficLost:
                _partners.Forget();
                (_isUnseen, _suspicions, _txBytesAtCount) = (false, 0, null);
                break;
            case OptionsChanged changed:
                options = changed.Options;
                break;
        }
    }

    private void Measure(ObserveVm observe)
    {
        if (StatusOf(observe.Sample) == VmStatus.Arriving && observe.Sample.State != DomainState.Running)
        {
            // It does not talk yet; what it talked where it comes from still stands. One that runs without all of its memory talks, maybe for days.
            return;
        }

        var bytes = observe.Sample.RxBytes + observe.Sample.TxBytes;

        // Counters begin anew when the VM has moved to another QEMU: then this sample is only a base.
        if (_last is { } last && bytes >= last.Bytes && observe.AtMonotonicMs > last.AtMs)
        {
            var bitPerSecond = (bytes - last.Bytes) * 8_000.0 / (observe.AtMonotonicMs - last.AtMs);
            var weight = _hasLoad ? options.Smoothing : 1.0;
            _loadBitPerSecond += weight * (bitPerSecond - _loadBitPerSecond);
            _hasLoad = true;
        }

        _last = (bytes, observe.AtMonotonicMs);
        if (observe.Sample.DirtyBytePerSecond is { } dirty)
        {
            (_dirtyBytePerSecond, _isDirtyRateOwn) = (dirty, true);
        }
        else if (_isDirtyRateOwn && observe.Sample.Job == DomainJob.None)
        {
            // It is measured no more. What its host before has measured stands until there is something of this one's own.
            _dirtyBytePerSecond = null;
        }

        MeasureUse(observe);
        if (_hasLoad)
        {
            _mean.Take(_loadBitPerSecond, _use, options.Balance.SpreadRounds);
        }
    }

    /// <summary>CPU time is a counter, which begins anew with each QEMU; memory is what it is. Of a host that does not tell of both nothing is guessed.</summary>
    private void MeasureUse(ObserveVm observe)
    {
        if (observe.Sample is not { CpuNs: { } cpuNs, UsedMemoryBytes: { } memoryBytes })
        {
            (_use, _lastCpu) = (null, null);
            return;
        }

        if (_lastCpu is { } last && cpuNs >= last.CpuNs && observe.AtMonotonicMs > last.AtMs)
        {
            var cpus = (cpuNs - last.CpuNs) / 1e6 / (observe.AtMonotonicMs - last.AtMs);
            var before = _use?.Cpus ?? cpus;
            _use = new VmUse(Math.Round(before + (options.Smoothing * (cpus - before)), 4), memoryBytes);
        }

        _lastCpu = (cpuNs, observe.AtMonotonicMs);
    }

    private void Take(VmCounted counted)
    {
        if (!_partners.Take(counted, options.Smoothing))
        {
            return;
        }

        // libvirt's counter was read at another time, so what it has risen by may have been seen in the reading before, or will be in the next: once is nothing.
        var isSuspect = _partners.SentBytes == 0 && (_txBytes - _txBytesAtCount) >= UnseenBytes;
        _suspicions = _partners.SentBytes is null or > 0 ? 0 : Math.Min(SuspicionsMax, _suspicions + (isSuspect ? 1 : 0));
        var isUnseen = _suspicions == SuspicionsMax || (!_hasDevice && _partners.SentBytes == 0);
        if (isUnseen && !_isUnseen)
        {
            Context.Note(104, $"Nothing of what {_name} sends is seen: its NIC is on no bridge of this host (SR-IOV, macvtap, vhost-user, routed?), or it sends from another address than libvirt knows. With whom it talks is not known; its load is, if libvirt tells it.");
        }

        (_isUnseen, _txBytesAtCount) = (isUnseen, _txBytes);
    }

    private VmView View(DomainSample sample) => new(
        new VmFacts(
            sample.Uuid,
            sample.Name,
            sample.MemoryBytes,
            sample.Vcpus,
            _loadBitPerSecond,
            sample.IsPersistent,
            sample.IsAutostart,
            Mode: ModeOf(sample),
            Needs: sample.Traits?.Needs,
            Rules: options.Rules.Of(sample.Name, sample.Wish),
            Use: _use,
            DirtyBytePerSecond: _dirtyBytePerSecond),
        StatusOf(sample),
        options.Manage == Manage.All || sample.IsTagged,
        _hasLoad || StatusOf(sample) == VmStatus.Arriving,
        _cannotMove,
        _partners.View(options.PartnersMax, _isUnseen),
        IsStill: sample.State != DomainState.Running)
    {
        Deviation = _mean.Deviation,
    };

    private MigrationMode ModeOf(DomainSample sample) => MigrationModes.Read(sample.MigrationMode) ?? options.Migration.Mode;

    /// <summary>What keeps it here whatever its load is; said once, until it is something else.</summary>
    private void NoteWhatHolds(DomainSample sample)
    {
        // A wish that cannot be read is not guessed at: the VM stays until it can.
        var nonsense = sample.MigrationMode is { } word && MigrationModes.Read(word) is null
            ? $"its metadata says migration='{word}', which is none of hybrid, pre-copy and direct; put that right with `virsh metadata`"
            : RuleSet.WhyNonsense(sample.Wish);
        var cannotMove = nonsense

            // What speaks against a move stands there: nothing is concluded from not having seen it.
            ?? (sample.TraitsError is { } unread ? $"what it is made of cannot be read ({unread}); look at it with `virsh dumpxml {sample.Name}`" : null)
            ?? (sample.Traits is { } traits ? Finding.WhyNot(DepartureChecks.Of(sample.Name, sample.Name, options.HostName, traits, ModeOf(sample))) : null);
        if (cannotMove is not null && cannotMove != _cannotMove && (options.Manage == Manage.All || sample.IsTagged))
        {
            Context.Note(nonsense is null ? 103 : 102, $"{sample.Name} is not moved: {cannotMove}.");
        }

        _cannotMove = cannotMove;
    }

    /// <summary>What it is doing, as libvirt shows it.</summary>
    internal static VmStatus StatusOf(DomainSample sample) => sample switch
    {
        _ when Arriving.Is(sample.State, sample.Reason, sample.Job) => VmStatus.Arriving,
        { Job: DomainJob.Outgoing or DomainJob.Other } => VmStatus.Foreign,
        { State: DomainState.Running } => VmStatus.Idle,
        _ => VmStatus.Paused,
    };
}
