using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Vms;

/// <summary>One running VM: turns its counters into a smoothed load, and says what it is doing as far as libvirt shows it.</summary>
internal sealed class VmActor(ActorRef vms, ActorMigOptions options, double? expectedBitPerSecond) : EphemeralActor
{
    private double _loadBitPerSecond = expectedBitPerSecond ?? 0;
    private bool _hasLoad = expectedBitPerSecond is not null;
    private (long Bytes, long AtMs)? _last;
    private string? _nonsense;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ObserveVm observe:
                Measure(observe);
                NoteNonsense(observe.Sample);
                Context.Tell(vms, new VmObserved(observe.Round, View(observe.Sample)));
                break;
            case OptionsChanged changed:
                options = changed.Options;
                break;
        }
    }

    private void Measure(ObserveVm observe)
    {
        if (StatusOf(observe.Sample) == VmStatus.Arriving)
        {
            // It does not talk yet; what it talked where it comes from still stands.
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
            Mode: ModeOf(sample) ?? options.Migration.Mode),
        StatusOf(sample),
        (options.Manage == Manage.All || sample.IsTagged) && _nonsense is null,
        _hasLoad || StatusOf(sample) == VmStatus.Arriving);

    private static MigrationMode? ModeOf(DomainSample sample) => sample.MigrationMode switch
    {
        "hybrid" => MigrationMode.Hybrid,
        "pre-copy" => MigrationMode.PreCopy,
        "direct" => MigrationMode.Direct,
        _ => null,
    };

    /// <summary>A wish that cannot be read is not guessed at: the VM stays until it can.</summary>
    private void NoteNonsense(DomainSample sample)
    {
        var nonsense = ModeOf(sample) is null ? sample.MigrationMode : null;
        if (nonsense is not null && nonsense != _nonsense)
        {
            Context.Note(102, $"{sample.Name} is not moved: its metadata says migration='{nonsense}', which is none of hybrid, pre-copy and direct; put that right with `virsh metadata`.");
        }

        _nonsense = nonsense;
    }

    /// <summary>What it is doing, as libvirt shows it.</summary>
    internal static VmStatus StatusOf(DomainSample sample) => sample switch
    {
        { Job: DomainJob.Incoming } => VmStatus.Arriving,
        { Reason: StateReason.PostCopyFailed, State: DomainState.Running } => VmStatus.Arriving,

        // Without a job the reason is only what was last: a daemon that was killed while it switched lets the guest run on, and does not correct it.
        { Reason: StateReason.PostCopy, State: DomainState.Running, Job: not DomainJob.None } => VmStatus.Arriving,
        { Job: DomainJob.Outgoing or DomainJob.Other } => VmStatus.Foreign,
        { State: DomainState.Running } => VmStatus.Idle,
        _ => VmStatus.Paused,
    };
}
