namespace ActorMig.Simulation;

/// <content>Who talks to whom.</content>
public sealed partial class SimWorld
{
    private readonly SortedDictionary<string, SortedDictionary<string, SimTalk>> _talks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimGuest> _byMac = new(StringComparer.Ordinal);

    /// <summary>True if agents that start from now on have an edge that counts who talks to whom.</summary>
    public bool CountsTraffic { get; set; }

    /// <summary>What guests say to guests of other hosts, in bit/s: what crosses the links between hosts, streams of migrations left aside.</summary>
    public double BetweenHostsBitPerSecond()
    {
        if (_talks.Count == 0)
        {
            return 0;
        }

        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var hypervisor in _hypervisors.Values)
        {
            foreach (var domain in hypervisor.Domains.Where(d => d.Runs))
            {
                places[domain.Guest.Name] = hypervisor.Host;
            }
        }

        return AllTalks.Where(t => places.TryGetValue(t.From.Name, out var from) && places.TryGetValue(t.To.Name, out var to) && from != to).Sum(t => t.BitPerSecond);
    }

    internal IEnumerable<SimTalk> AllTalks => _talks.Values.SelectMany(t => t.Values);

    internal IEnumerable<SimTalk> TalksOf(SimGuest guest) => _talks.TryGetValue(guest.Name, out var talks) ? talks.Values : [];

    internal SimGuest? GuestOf(string mac) => _byMac.GetValueOrDefault(mac);

    private void Talk(TalkSet set)
    {
        if (set.From == set.To || !_guests.TryGetValue(set.From, out var from) || !_guests.TryGetValue(set.To, out var to))
        {
            return;
        }

        if (!_talks.TryGetValue(set.From, out var talks))
        {
            _talks.Add(set.From, talks = new SortedDictionary<string, SimTalk>(StringComparer.Ordinal));
        }

        if (!talks.TryGetValue(set.To, out var talk))
        {
            talks.Add(set.To, talk = new SimTalk(Time, from, to));
        }

        talk.BitPerSecond = set.BitPerSecond;
    }
}
