using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <summary>Carries a campaign's plan out in a world, and counts what met what.</summary>
internal sealed class FaultInjector
{
    private readonly SimWorld _world;
    private readonly WorldChecks _checks;
    private readonly CampaignCoverage _coverage;
    private readonly List<PlannedFault> _waiting = [];
    private bool _isOver;

    public FaultInjector(SimWorld world, WorldChecks checks, CampaignPlan plan, CampaignCoverage coverage)
    {
        (_world, _checks, _coverage) = (world, checks, coverage);
        checks.Landed += Landed;
        foreach (var planned in plan.Events)
        {
            world.Time.After(planned.AtMs, () => Begin(planned));
        }
    }

    /// <summary>How many faults have begun.</summary>
    public int Faults { get; private set; }

    /// <summary>Faults stop, and everything is healed.</summary>
    public void Heal()
    {
        _isOver = true;
        _waiting.Clear();
        foreach (var (from, to) in _world.Network.Cuts.ToArray())
        {
            Do(new LinkHealed(from, to));
        }

        foreach (var (from, to) in _world.Network.Delays.Keys.ToArray())
        {
            Do(new LinkDelayed(from, to, 0));
        }

        foreach (var (from, to) in _world.Network.Echoes.Keys.ToArray())
        {
            Do(new LinkEchoed(from, to, 0));
        }

        Do(new NetworkSet(5, 0, 0));
        foreach (var hypervisor in _world.Hypervisors.Values)
        {
            // One that has met no migration yet would strike when a person has resolved all.
            hypervisor.LosesFinish = static () => false;
        }

        foreach (var host in _world.Hosts.Keys)
        {
            Do(new AgentContinued(host));
            Do(new DiskFreed(host));
            Do(new DiskSlowed(host, 1));
            Do(new WallClockSet(host, 0));
            Do(new PowerBack(host));
            Do(new LibvirtdRestarted(host));
            Do(new AgentRestarted(host));
            Do(new LossAccepted(host));
        }

        foreach (var guest in _world.Guests.Keys)
        {
            Do(new OwnerResumed(guest));
        }
    }

    /// <summary>Something happens, and the checks know of it.</summary>
    public void Do(WorldEvent @event)
    {
        if (@event is OwnerStarted start && _checks.WhereIs(start.Vm) is not null)
        {
            // Owners look first: who starts a guest beside a copy that is there already doubles it himself.
            return;
        }

        _checks.Doing(@event);
        _world.Do(@event);
        _checks.Done(@event);
    }

    private void Begin(Planned planned)
    {
        switch (planned)
        {
            case PlannedEvents events when !_isOver:
                foreach (var e in events.Events)
                {
                    Do(e);
                }

                break;
            case PlannedFault { AimedAt: null } fault:
                Fire(fault, fault.Host, fault.Peer, fault.Vm);
                break;
            case PlannedFault fault:
                _waiting.Add(fault);
                break;
        }
    }

    private void Landed(HostBook book, object @event)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var name = @event.GetType().Name;
        var at = _waiting.FindIndex(f => f.AimedAt == name);
        if (at < 0 || Target(book, @event) is not { } target)
        {
            return;
        }

        var fault = _waiting[at];
        _waiting.RemoveAt(at);
        var (host, peer) = fault.IsOtherSide ? (target.Peer, book.Name) : (book.Name, target.Peer);
        _world.Time.After(fault.DelayMs, () => Fire(fault, host, peer, target.Vm));
    }

    private static (string Peer, string Vm)? Target(HostBook book, object @event) => @event switch
    {
        BarterOffered e => (e.Peer, e.Give.Name),
        BarterGranted e => (e.Peer, e.Legs[^1].Vm.Name),
        BarterConfirmed e => (book.Barter(e.Barter)?.Peer ?? book.Name, e.Legs[^1].Vm.Name),
        LegBegan e => Of(book.Barter(e.Barter)),
        MigrationPrepared e => (e.Plan.To, e.Plan.Vm.Name),
        PreCopyBegan e => OfPlan(book.Migration(e.Migration)?.Plan, true),
        SwitchIntended e => OfPlan(book.Migration(e.Migration)?.Plan, true),
        PostCopyBegan e => OfPlan(book.Migration(e.Migration)?.Plan, true),
        MigrationBroke e => OfPlan(book.Migration(e.Migration)?.Plan, true),
        MigrationSettled e => OfPlan(book.Migration(e.Migration)?.Plan, true),
        ArrivalSeen e when book.Arrivals.TryGetValue(e.Migration, out var a) => OfPlan(a.Plan, false),
        ArrivalRan e when book.Arrivals.TryGetValue(e.Migration, out var a) => OfPlan(a.Plan, false),
        ArrivalSettled e when book.Arrivals.TryGetValue(e.Migration, out var a) => OfPlan(a.Plan, false),
        _ => null,
    };

    private static (string, string)? Of(BarterBook? barter) => barter is null ? null : (barter.Peer, barter.Legs.Count > 0 ? barter.Legs[0].Vm.Name : barter.Give?.Name ?? "");

    private static (string, string)? OfPlan(MigrationPlan? plan, bool isSource) => plan is null ? null : (isSource ? plan.To : plan.From, plan.Vm.Name);

    private void Fire(PlannedFault fault, string host, string peer, string vm)
    {
        if (_isOver || !_world.Hosts.ContainsKey(host))
        {
            return;
        }

        Faults++;
        _coverage.Count(_checks, fault.Kind, host, peer, vm);
        foreach (var e in Beginning(fault, host, peer, vm))
        {
            Do(e);
        }

        _world.Time.After(fault.DurationMs, () =>
        {
            if (!_isOver)
            {
                foreach (var e in Healing(fault, host, peer, vm))
                {
                    Do(e);
                }
            }
        });
    }

    private IEnumerable<WorldEvent> Beginning(PlannedFault fault, string host, string peer, string vm) => fault.Kind switch
    {
        FaultKind.AgentKilled => [new AgentKilled(host)],
        FaultKind.PowerLost => [new PowerLost(host)],
        FaultKind.LibvirtdKilled => [new LibvirtdKilled(host)],
        FaultKind.QemuCrashed => [new QemuCrashed(vm, host)],
        FaultKind.LinkCut => [new LinkCut(host, peer)],
        FaultKind.LinksCut => [new LinkCut(host, peer), new LinkCut(peer, host)],
        FaultKind.NetworkBad => [new NetworkSet(1 + (fault.Value * 20), (int)(fault.Value * 7 % 400), (int)(fault.Value * 3 % 300))],
        FaultKind.FinishLost => [new FinishLost(host)],
        FaultKind.DiskSlow => [new DiskSlowed(host, fault.Value * 13)],
        FaultKind.DiskFull => [new DiskFilled(host)],
        FaultKind.DiskTight => [new DiskTightened(host)],
        FaultKind.JournalTorn => [new JournalTorn(host)],
        FaultKind.StreamBroken => [new StreamBroken(vm)],
        FaultKind.ClockJumped => [new WallClockSet(host, (fault.Value - 500) * 10_000)],
        FaultKind.OwnerDestroyed => [new OwnerDestroyed(vm)],
        FaultKind.OwnerShutDown => [new OwnerShutDown(vm)],
        FaultKind.OwnerDeleted => [new OwnerDeleted(vm)],
        FaultKind.OwnerPaused => [new OwnerPaused(vm)],
        FaultKind.OwnerMigrated => [new OwnerMigrated(vm, Another(host, fault.Value))],
        FaultKind.OwnerAbortedJob => [new OwnerAbortedJob(vm)],
        FaultKind.OptionsChanged => [new OptionsSet(host, Changed(_world.Hosts[host].Options, fault.Value))],
        FaultKind.AgentStopped => [new AgentStopped(host)],
        FaultKind.LinkLate => [new LinkDelayed(host, peer, _world.Hosts[host].Options.LeaseMs * (50 + (fault.Value % 100)) / 100)],
        FaultKind.LinkEchoing => [new LinkEchoed(host, peer, 5_000 + (fault.Value * 400))],
        _ => [],
    };

    private IEnumerable<WorldEvent> Healing(PlannedFault fault, string host, string peer, string vm) => fault.Kind switch
    {
        FaultKind.AgentKilled => [new AgentRestarted(host)],
        FaultKind.PowerLost => [new PowerBack(host), new OwnerStarted(vm)],
        FaultKind.LibvirtdKilled => [new LibvirtdRestarted(host)],
        FaultKind.QemuCrashed or FaultKind.OwnerDestroyed or FaultKind.OwnerShutDown => [new OwnerStarted(vm)],
        FaultKind.LinkCut => [new LinkHealed(host, peer)],
        FaultKind.LinksCut => [new LinkHealed(host, peer), new LinkHealed(peer, host)],
        FaultKind.NetworkBad => [new NetworkSet(5, 0, 0)],
        FaultKind.DiskSlow => [new DiskSlowed(host, 1)],
        FaultKind.DiskFull or FaultKind.DiskTight => [new DiskFreed(host)],
        FaultKind.JournalTorn => [new AgentRestarted(host), new LossAccepted(host)],
        FaultKind.OwnerPaused => [new OwnerResumed(vm)],
        FaultKind.AgentStopped => [new AgentContinued(host)],
        FaultKind.LinkLate => [new LinkDelayed(host, peer, 0)],
        FaultKind.LinkEchoing => [new LinkEchoed(host, peer, 0)],
        FaultKind.OptionsChanged => [new OptionsSet(host, _world.Hosts[host].Options with { Mode = Mode.Auto })],
        _ => [],
    };

    private string Another(string host, long value)
    {
        var others = _world.Hosts.Keys.Where(h => h != host).ToArray();
        return others.Length == 0 ? host : others[value % others.Length];
    }

    private static ActorMigOptions Changed(ActorMigOptions options, long value) => (value % 5) switch
    {
        0 => options with { Mode = Mode.Observe },
        1 => options with { Mode = Mode.Recommend },
        2 => options with { LeaseMs = 30_000 + (value * 100), AnswerMs = 1_000 + (value * 4) },
        3 => options with { MemoryOvercommit = 1.0 + (value % 6 / 10.0) },
        _ => options with { RoundMs = 45_000 + (value * 50), HoldRounds = 1, Threshold = options.Threshold with { OverloadBitPerSecond = 350e6 } },
    };
}
