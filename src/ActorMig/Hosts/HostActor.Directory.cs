using ActorMig.Actors;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Hosts;

/// <content>This host's part of the directory: it is told what runs here, with each round and whenever a VM has come or left.</content>
public sealed partial class HostActor
{
    private ActorRef? _directory;

    /// <summary>True if it was a message about the directory.</summary>
    private bool HandleDirectory(object message)
    {
        switch (message)
        {
            case WhereIsVm:
                Context.Tell(_directory!, message);
                return true;
            case Terminated { Actor.Name: DirectoryActor.Name }:
                Context.StartTimer(DirectoryActor.Name, DirectoryActor.Name, 1_000);
                return true;
            case DirectoryActor.Name:
                SpawnDirectory(_incarnation);
                Context.Tell(_directory!, new MembersChanged(_members));
                return true;
            case HalfKnown when _hypervisor is not null:
                // It has come or left: who looks for it need not wait for the next round.
                Context.Tell(edges.Hypervisor, new SampleDomains(Context.Self, Bartering.BarterActor.ForeignToken));
                return false;
            default:
                return false;
        }
    }

    private void SpawnDirectory(long incarnation)
    {
        _directory = Context.Spawn(Props.Of(() => new DirectoryActor(options, edges, incarnation)), DirectoryActor.Name);
        Context.Watch(_directory);
    }

    private void TellDirectory(DomainsSampled sampled) => Context.Tell(_directory!, new VmsSeen(
    [
        .. sampled.Domains.Where(d => d.Job != DomainJob.Incoming).OrderBy(d => d.Uuid, StringComparer.Ordinal).Select(d => new VmClaim(d.Uuid, d.Name, d.Macs ?? [])),
    ]));
}
