namespace ActorMig.Simulation;

/// <content>S1: no guest runs twice by our doing, and none ends but by its owner or with a host.</content>
internal sealed partial class WorldChecks
{
    private readonly SortedSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>Guests that someone else than ActorMig has ended, or may have: owners, crashes of their QEMU, hosts without power.</summary>
    private readonly SortedSet<string> _mayBeEnded = new(StringComparer.Ordinal);

    /// <summary>When a guest was last moved by its owner.</summary>
    private readonly SortedDictionary<string, long> _movedByHandAtMs = new(StringComparer.Ordinal);

    /// <summary>When a guest was last seen to run, by host.</summary>
    private readonly SortedDictionary<string, SortedDictionary<string, long>> _ranAtMs = new(StringComparer.Ordinal);

    /// <summary>Where each guest runs that ever changed that, null for nowhere, and since when.</summary>
    private readonly SortedDictionary<string, (string? Host, long SinceMs)> _places = new(StringComparer.Ordinal);

    /// <summary>True if a guest was ended by someone else, or may have been.</summary>
    public bool MayBeEnded(string vm) => _mayBeEnded.Contains(vm);

    /// <summary>Something is about to happen from outside.</summary>
    public void Doing(WorldEvent @event)
    {
        switch (@event)
        {
            case OwnerDestroyed e:
                MayEnd(e.Vm);
                break;
            case OwnerShutDown e:
                MayEnd(e.Vm);
                break;
            case OwnerDeleted e:
                MayEnd(e.Vm);
                break;
            case QemuCrashed e:
                MayEnd(e.Vm);
                break;
            case PowerLost e when _world.Hosts.TryGetValue(e.Host, out var host):
                foreach (var domain in host.Hypervisor.Domains)
                {
                    MayEnd(domain.Guest.Name);
                }

                break;
            case OwnerMigrated e:
                _movedByHandAtMs[e.Vm] = NowMs;
                break;
            case OptionsSet e when BookOf(e.Host) is { } book:
                book.BeforeChange = (NowMs, book.CapacityBytes());
                break;
            case AgentStopped e when BookOf(e.Host) is { } book:
                (book.Stops, book.StoodStillUntilMs) = (book.Stops + 1, long.MaxValue);
                break;
            case AgentContinued e when BookOf(e.Host) is { StoodStillUntilMs: long.MaxValue } book:
                book.StoodStillUntilMs = NowMs + DiskRecoveryMs;
                break;
            case DiskFilled e when BookOf(e.Host) is { } book:
                book.IsDiskFull = true;
                break;
            case DiskSlowed e when BookOf(e.Host) is { } book:
                (book.IsDiskSlow, book.DiskRecoversUntilMs) = (e.LatencyMs > 1_000, NowMs + DiskRecoveryMs);
                break;
            case DiskFreed e when BookOf(e.Host) is { } book:
                (book.IsDiskFull, book.DiskRecoversUntilMs) = (false, NowMs + DiskRecoveryMs);
                break;
        }
    }

    /// <summary>Something has happened from outside.</summary>
    public void Done(WorldEvent @event)
    {
        if (@event is JournalTorn e && BookOf(e.Host) is { } book)
        {
            // What was under way with a lost journal is in the hands of the person who accepts the loss; the alarm says so.
            const long ClosingMs = 600_000;
            _orphaned.UnionWith(book.Migrations.Values.Where(m => m.Settled is null || m.BegunAtMs > NowMs - ClosingMs).Select(m => m.Plan.Vm.Name));
            _orphaned.UnionWith(book.OpenArrivals.Select(a => a.Plan.Vm.Name));
            book.Forget(NowMs);
        }
    }

    /// <summary>The host on which a guest runs, or else one on which it is.</summary>
    public string? WhereIs(string vm)
    {
        if (!_world.Guests.TryGetValue(vm, out var guest))
        {
            return null;
        }

        var uuid = guest.Uuid;
        return (_world.Hypervisors.Values.FirstOrDefault(h => h.Find(uuid) is { Runs: true })
            ?? _world.Hypervisors.Values.FirstOrDefault(h => h.Find(uuid) is { IsActive: true }))?.Host;
    }

    /// <summary>True if a guest is on a host, running or not.</summary>
    public bool IsOn(string vm, string host) =>
        _world.Guests.TryGetValue(vm, out var guest) && _world.Hypervisors.TryGetValue(host, out var hypervisor) && hypervisor.Find(guest.Uuid) is { IsActive: true };

    private void MayEnd(string vm) => _mayBeEnded.Add(vm);

    private void WatchDomains(SimHypervisor hypervisor) => hypervisor.Touched += (_, domain) => _touched.Add(domain.Guest.Uuid);

    private void LookAtTouched()
    {
        foreach (var uuid in _touched)
        {
            LookAt(_guestsByUuid[uuid]);
        }

        _touched.Clear();
    }

    private void LookAt(SimGuest guest)
    {
        SimHypervisor? running = null;
        var isActive = false;
        foreach (var hypervisor in _world.Hypervisors.Values)
        {
            if (hypervisor.Find(guest.Uuid) is not { IsActive: true } domain)
            {
                continue;
            }

            isActive = true;
            if (!domain.Runs)
            {
                continue;
            }

            if (!_ranAtMs.TryGetValue(guest.Uuid, out var ran))
            {
                _ranAtMs.Add(guest.Uuid, ran = new SortedDictionary<string, long>(StringComparer.Ordinal));
            }

            ran[hypervisor.Host] = NowMs;
            if (running is not null && !_world.Hypervisors.Values.Any(h => h.DoubledByLibvirt.Contains(guest.Name)))
            {
                Breach("S1 double", $"{guest.Name} runs on {running.Host} and on {hypervisor.Host}");
            }

            running ??= hypervisor;
        }

        if (running?.Host is var place && (!_places.TryGetValue(guest.Uuid, out var before) || before.Host != place))
        {
            _places[guest.Uuid] = (place, NowMs);
        }

        if (!isActive && !_mayBeEnded.Contains(guest.Name))
        {
            Breach("S1 ended", $"{guest.Name} is nowhere any more, and neither its owner nor the end of a host explains it");
        }
    }

    /// <summary>True if a guest ran on another host than this one since a moment.</summary>
    private string? RanElsewhere(string uuid, string host, long sinceMs) => !_ranAtMs.TryGetValue(uuid, out var ran)
        ? null
        : ran.FirstOrDefault(r => r.Key != host && (r.Value >= sinceMs || _world.Hypervisors[r.Key].Find(uuid) is { Runs: true })).Key;

    private bool RunsOn(string uuid, string host) => _world.Hypervisors.TryGetValue(host, out var hypervisor) && hypervisor.Find(uuid) is { Runs: true };
}
