using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.PreFlight;

namespace ActorMig.Vms;

/// <summary>One running VM: turns its counters into a smoothed load, and says what it is doing as far as libvirt shows it.</summary>
internal sealed class VmActor(ActorRef vms, ActorMigOptions options, double? expectedBitPerSecond) : EphemeralActor
{
    private double _loadBitPerSecond = expectedBitPerSecond ?? 0;
    private bool _hasLoad = expectedBitPerSecond is not null;
    private (long Bytes, long AtMs)? _last;
    private string? _cannotMove;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ObserveVm observe:
                Measure(observe);
                NoteWhatHolds(observe.Sample);
                Context.Tell(vms, new VmObserved(observe.Round, View(observe.Sample)));
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
            Needs: sample.Traits?.Needs),
        StatusOf(sample),
        options.Manage == Manage.All || sample.IsTagged,
        _hasLoad || StatusOf(sample) == VmStatus.Arriving,
        _cannotMove);

    private MigrationMode ModeOf(DomainSample sample) => MigrationModes.Read(sample.MigrationMode) ?? options.Migration.Mode;

    /// <summary>What keeps it here whatever its load is; said once, until it is something else.</summary>
    private void NoteWhatHolds(DomainSample sample)
    {
        // A wish that cannot be read is not guessed at: the VM stays until it can.
        var nonsense = sample.MigrationMode is { } word && MigrationModes.Read(word) is null
            ? $"its metadata says migration='{word}', which is none of hybrid, pre-copy and direct; put that right with `virsh metadata`"
            : null;
        var cannotMove = nonsense
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
