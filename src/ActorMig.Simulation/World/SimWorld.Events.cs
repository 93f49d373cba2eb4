using ActorMig.Bartering;
using ActorMig.Edges;

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
            case AgentKilled e when _hosts.TryGetValue(e.Host, out var host):
                host.Kill();
                break;
            case AgentRestarted e when _hosts.TryGetValue(e.Host, out var host) && !host.IsUp:
                host.Start();
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
            case DiskNearlyFilled e when _hosts.TryGetValue(e.Host, out var host):
                host.Tell(new DiskChanged("too little room is left on the journal's disk; make room"));
                break;
            case DiskFreed e when _hosts.TryGetValue(e.Host, out var host):
                host.Journal.Fate = static (_, _) => WriteFate.Lands;
                host.Tell(new DiskChanged(null));
                break;
            case WallClockSet e when _hosts.TryGetValue(e.Host, out var host):
                host.WallErrorMs = e.ErrorMs;
                break;
            case MoveAsked e when WhereIs(e.Vm) is { } host:
                host.Tell(new MoveVm(VirtualActorSystem.Listen("person", _ => { }), e.Vm, e.To, "a person"));
                break;
            case OptionsSet e when _hosts.TryGetValue(e.Host, out var host):
                host.Reload(e.Options);
                break;
            default:
                DoToGuest(@event);
                break;
        }
    }

    private void DoToGuest(WorldEvent @event)
    {
        switch (@event)
        {
            case OwnerDestroyed e when WhereIs(e.Vm) is { } host:
                host.Hypervisor.Destroy(_guests[e.Vm].Uuid);
                break;
            case OwnerPaused e when WhereIs(e.Vm) is { } host:
                host.Hypervisor.Suspend(_guests[e.Vm].Uuid);
                break;
            case OwnerMigrated e when WhereIs(e.Vm) is { } host && _hypervisors.TryGetValue(e.To, out var destination):
                host.Hypervisor.MoveByHand(_guests[e.Vm].Uuid, destination);
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
                if (domain.State == DomainState.Running)
                {
                    return host;
                }

                any ??= host;
            }
        }

        return any;
    }
}
