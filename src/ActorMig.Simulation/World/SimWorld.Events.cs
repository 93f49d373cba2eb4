using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Simulation;

/// <content>What happens to the world from outside.</content>
public sealed partial class SimWorld
{
    /// <summary>Something happens now. What cannot happen now does nothing.</summary>
    /// <param name="event">What.</param>
    public void Do(WorldEvent @event)
    {
        switch (@event)
        {
            case LoadSet e when _guests.TryGetValue(e.Vm, out var guest):
                guest.BitPerSecond = e.BitPerSecond;
                break;
            case TalkSet e:
                Talk(e);
                break;
            case AgentKilled e when _hosts.TryGetValue(e.Host, out var host):
                host.Kill();
                break;
            case AgentRestarted e when _hosts.TryGetValue(e.Host, out var host) && !host.IsUp:
                host.Start();
                break;
            case PowerLost e when _hosts.TryGetValue(e.Host, out var host):
                host.PowerOff();
                break;
            case PowerBack e when _hosts.TryGetValue(e.Host, out var host):
                host.PowerOn();
                break;
            case LibvirtdKilled e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.KillDaemon();
                break;
            case LibvirtdRestarted e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.StartDaemon();
                break;
            case FinishLost e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.LosesFinish = () =>
                {
                    hypervisor.LosesFinish = static () => false;
                    return true;
                };
                break;
            case AgentStopped e when _hosts.TryGetValue(e.Host, out var host):
                host.Stand(isStopped: true);
                break;
            case AgentContinued e when _hosts.TryGetValue(e.Host, out var host):
                host.Stand(isStopped: false);
                break;
            case LinkDelayed e:
                Network.Delays[(e.From, e.To)] = e.LateMs;
                break;
            case LinkEchoed e:
                Network.Echoes[(e.From, e.To)] = e.AfterMs;
                break;
            case LinkCut e:
                Network.Cuts.Add((e.From, e.To));
                break;
            case LinkHealed e:
                Network.Cuts.Remove((e.From, e.To));
                break;
            case NetworkSet e:
                (Network.LatencyMaxMs, Network.LostPerMille, Network.RepeatedPerMille) = (e.LatencyMaxMs, e.LostPerMille, e.RepeatedPerMille);
                break;
            case DiskSlowed e when _hosts.TryGetValue(e.Host, out var host):
                host.Journal.LatencyMs = e.LatencyMs;
                break;
            case DiskFilled e when _hosts.TryGetValue(e.Host, out var host):
                host.Journal.Fate = static (_, _) => WriteFate.Refused;
                break;
            case DiskFreed e when _hosts.TryGetValue(e.Host, out var host):
                host.Journal.Fate = static (_, _) => WriteFate.Lands;
                host.Tell(new DiskChanged(null));
                break;
            case DiskTightened e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new DiskChanged("20 MiB are left; make room"));
                break;
            case JournalTorn e when _hosts.TryGetValue(e.Host, out var host):
                host.LoseJournal();
                break;
            case LossAccepted e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new AcceptJournalLoss(VirtualActorSystem.Listen("person", _ => { }), "a person"));
                break;
            case WallClockSet e when _hosts.TryGetValue(e.Host, out var host):
                host.WallErrorMs = e.ErrorMs;
                break;
            case MoveAsked e when WhereIs(e.Vm) is { } host:
                host.Tell(new MoveVm(VirtualActorSystem.Listen("person", _ => { }), e.Vm, e.To, "a person"));
                break;
            case ResolveAsked e:
                Resolve(e);
                break;
            case FreezeAsked e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new SetBrake(VirtualActorSystem.Listen("person", _ => { }), IsFrozen: true, e.ForMs, "maintenance", "a person"));
                break;
            case ThawAsked e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new SetBrake(VirtualActorSystem.Listen("person", _ => { }), IsFrozen: false, null, "", "a person"));
                break;
            case DrainAsked e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new DrainHost(VirtualActorSystem.Listen("person", _ => { }), e.Host, e.DeadlineMs, "maintenance", "a person"));
                break;
            case DrainEndAsked e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new CancelDrain(VirtualActorSystem.Listen("person", _ => { }), e.Host, "a person"));
                break;
            case OptionsSet e when _hosts.TryGetValue(e.Host, out var host):
                host.Reload(e.Options);
                break;
            default:
                DoToGuest(@event);
                break;
        }
    }

    /// <summary>The person looks, and says it of what was seen.</summary>
    private void Resolve(ResolveAsked e)
    {
        foreach (var host in _hosts.Values)
        {
            var events = host.Journal.Replay("host");
            var open = events.OfType<CaseOpened>().LastOrDefault(o => o.Plan.Vm.Name == e.Vm && !events.OfType<CaseClosed>().Any(c => c.Migration == o.Plan.Migration));
            if (open?.Plan.Migration is not { } migration)
            {
                continue;
            }

            void Say(string? seen, Action<CaseAnswered> then) => host.Tell(new ResolveMigration(
                VirtualActorSystem.Listen("person", m => then((CaseAnswered)m)), migration, e.RunsOn, e.RunsOn is null, seen, "a person"));
            Say(null, shown =>
            {
                if (shown is { IsAccepted: true, View: { } view })
                {
                    Say(view.Seen, done =>
                    {
                        this.Say($"{host.Options.HostName}: {migration}: {done.Text}");
                        Answered?.Invoke(done);
                    });
                }
                else
                {
                    this.Say($"{host.Options.HostName}: {migration}: {(shown.IsAccepted ? "" : "not resolved: ")}{shown.Text}");
                    Answered?.Invoke(shown);
                }
            });
        }
    }

    private void DoToGuest(WorldEvent @event)
    {
        switch (@event)
        {
            case CpuLoadSet e when _guests.TryGetValue(e.Vm, out var guest):
                guest.Cpus = e.Cpus;
                break;
            case MemoryUsedSet e when _guests.TryGetValue(e.Vm, out var guest):
                guest.UsedMemoryBytes = e.Bytes;
                break;
            case DirtyRateSet e when _guests.TryGetValue(e.Vm, out var guest):
                guest.DirtyBytePerSecond = e.BytePerSecond;
                break;
            case DeviceAttached e when _guests.TryGetValue(e.Vm, out var guest):
                guest.Device = e.Device;
                break;
            case DeviceDetached e when _guests.TryGetValue(e.Vm, out var guest):
                guest.Device = null;
                break;
            case BridgeRemoved e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.MissingBridges.Add(e.Bridge);
                break;
            case BridgeAdded e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.MissingBridges.Remove(e.Bridge);
                break;
            case QemuCrashed e when _guests.TryGetValue(e.Vm, out var guest) && _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.Crash(guest.Uuid);
                break;
            case StreamBroken e when Leaving(e.Vm) is { } hypervisor:
                hypervisor.BreakStream(_guests[e.Vm].Uuid);
                break;
            case OwnerStarted e when _guests.TryGetValue(e.Vm, out var guest) && WhereRuns(e.Vm).Count == 0:
                DefinedOn(guest)?.Boot(guest);
                break;
            case OwnerDestroyed e when Reachable(e.Vm) is { } hypervisor:
                hypervisor.Destroy(_guests[e.Vm].Uuid);
                break;
            case OwnerShutDown e when Reachable(e.Vm) is { } hypervisor:
                hypervisor.ShutDown(_guests[e.Vm].Uuid);
                break;
            case OwnerDefinedNamesake e when _hypervisors.TryGetValue(e.Host, out var hypervisor):
                hypervisor.Define(new SimGuest(Time, e.Vm, 1 << 30, "namesake-of-" + e.Vm));
                break;
            case OwnerDeleted e when Reachable(e.Vm) is { } hypervisor:
                hypervisor.Destroy(_guests[e.Vm].Uuid);
                hypervisor.Undefine(_guests[e.Vm].Uuid);
                break;
            case OwnerPaused e when Reachable(e.Vm) is { } hypervisor:
                hypervisor.Suspend(_guests[e.Vm].Uuid);
                break;
            case OwnerResumed e when Reachable(e.Vm) is { } hypervisor && hypervisor.Find(_guests[e.Vm].Uuid) is { State: DomainState.Paused, Reason: StateReason.User }:
                hypervisor.Resume(_guests[e.Vm].Uuid);
                break;
            case OwnerMigrated e when Reachable(e.Vm) is { } hypervisor && _hypervisors.TryGetValue(e.To, out var destination) && hypervisor != destination:
                var isPersistent = hypervisor.Find(_guests[e.Vm].Uuid)!.IsPersistent;
                hypervisor.Migrate(
                    _guests[e.Vm].Uuid, destination, new MigrateOptions { IsPostCopy = false, PersistsDestination = isPersistent, UndefinesSource = isPersistent }, static _ => { });
                break;
            case OwnerAbortedJob e when Leaving(e.Vm) is { IsDaemonUp: true } hypervisor:
                hypervisor.AbortJob(_guests[e.Vm].Uuid);
                break;
        }
    }

    /// <summary>The host on which a guest runs, or else the first that has it.</summary>
    private SimHost? WhereIs(string vm)
    {
        if (!_guests.TryGetValue(vm, out var guest))
        {
            return null;
        }

        SimHost? any = null;
        foreach (var host in _hosts.Values)
        {
            if (host.Hypervisor.Find(guest.Uuid) is { } domain)
            {
                if (domain.Runs)
                {
                    return host;
                }

                any = domain.IsActive ? any ?? host : any;
            }
        }

        return any;
    }

    /// <summary>The libvirt of the host on which a guest runs, if it answers.</summary>
    private SimHypervisor? Reachable(string vm) => WhereIs(vm) is { Hypervisor: { IsDaemonUp: true } hypervisor } ? hypervisor : null;

    /// <summary>The libvirt from which a guest is leaving.</summary>
    private SimHypervisor? Leaving(string vm) => !_guests.TryGetValue(vm, out var guest)
        ? null
        : _hypervisors.Values.FirstOrDefault(h => h.Find(guest.Uuid) is { Job: DomainJob.Outgoing });

    private SimHypervisor? DefinedOn(SimGuest guest) =>
        _hypervisors.Values.FirstOrDefault(h => h.IsDaemonUp && h.Find(guest.Uuid) is { IsPersistent: true, IsActive: false });
}
