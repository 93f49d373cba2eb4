using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Hosts;

/// <content>
/// Who talks to whom: the edge is told whose frames to count, the VMs are told what it has counted, and the directory is asked whose the addresses are that
/// belong to nobody here. Without an edge none of that is said.
/// </content>
public sealed partial class HostActor
{
    /// <summary>So many addresses are looked up in a round, those that get most first: each costs a question to another host.</summary>
    private const int LookUpsOfRound = 8;

    /// <summary>After so many rounds an address is looked up again: its VM may have moved, and one that was nobody's may be somebody's.</summary>
    private const int LookUpRounds = 10;

    /// <summary>Who was not found is asked for once more after so many rounds, and is himself until then: members and claims may be on their way.</summary>
    private const int AgainRounds = 2;

    /// <summary>By address: who was found, in which round it is asked for again, and whether nobody knew it the last time.</summary>
    private readonly SortedDictionary<string, (Neighbour? Who, long DueRound, bool IsMissed)> _neighbours = new(StringComparer.Ordinal);
    private SortedSet<string> _ownMacs = new(StringComparer.Ordinal);
    private string? _trafficUnseen;

    /// <summary>True if it was a message about traffic.</summary>
    private bool HandleTraffic(object message)
    {
        switch (message)
        {
            case TrafficCounted counted:
                _trafficUnseen = counted.Unseen;
                LookUp(counted);
                Context.Tell(_vms!, new ObserveTraffic(counted, [.. _neighbours.Values.Select(n => n.Who).OfType<Neighbour>()]));
                return true;
            case VmLocated located when _neighbours.TryGetValue(located.Key, out var asked):
                _neighbours[located.Key] = located.Where is [var first, ..] ? (new Neighbour(located.Key, first.Uuid, first.Name, first.Host), asked.DueRound, false)
                    : asked.IsMissed ? (null, asked.DueRound, true)
                    : (asked.Who, _round + AgainRounds, true);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Its answer comes before that of the hypervisor, which has to ask around first: both are seen in the same round.</summary>
    private void AskTraffic()
    {
        if (edges.Traffic is { } traffic)
        {
            Context.Tell(traffic, new GetTraffic(Context.Self));
        }
    }

    private void WatchTraffic(DomainsSampled sampled)
    {
        if (edges.Traffic is { } traffic)
        {
            // One that comes or has left does not send from here.
            var nics = sampled.Domains.Where(d => d.State == DomainState.Running).SelectMany(d => d.Nics ?? []).OrderBy(n => n.Mac, StringComparer.Ordinal).ToArray();
            _ownMacs = new SortedSet<string>(nics.Select(n => n.Mac), StringComparer.Ordinal);
            Context.Tell(traffic, new WatchTraffic(nics));
        }
    }

    private void LookUp(TrafficCounted counted)
    {
        var bytes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var to in counted.Senders.SelectMany(s => s.To).Where(t => !_ownMacs.Contains(t.Mac)))
        {
            bytes[to.Mac] = bytes.GetValueOrDefault(to.Mac) + to.Bytes;
        }

        foreach (var mac in _neighbours.Keys.Where(m => !bytes.ContainsKey(m)).ToArray())
        {
            _neighbours.Remove(mac);
        }

        var due = bytes.Where(b => !_neighbours.TryGetValue(b.Key, out var known) || _round >= known.DueRound)
            .OrderBy(b => _neighbours.ContainsKey(b.Key)).ThenByDescending(b => b.Value).ThenBy(b => b.Key, StringComparer.Ordinal).Take(LookUpsOfRound).Select(b => b.Key).ToArray();
        foreach (var mac in due)
        {
            var known = _neighbours.GetValueOrDefault(mac);
            _neighbours[mac] = (known.Who, _round + LookUpRounds, known.IsMissed);
            Context.Tell(_directory!, new WhereIsVm(Context.Self, mac));
        }
    }
}
