namespace ActorMig.Vms;

/// <summary>Gives each VM its part of what the edge has counted.</summary>
internal static class TrafficOfVms
{
    /// <summary>Divides it up.</summary>
    /// <param name="traffic">The counters, and the VMs of other hosts.</param>
    /// <param name="here">The VMs of this host, by each of their addresses.</param>
    /// <returns>By UUID; a VM none of whose NICs is counted is not there.</returns>
    public static SortedDictionary<string, VmCounted> Divide(ObserveTraffic traffic, SortedDictionary<string, Neighbour> here)
    {
        var elsewhere = new SortedDictionary<string, Neighbour>(StringComparer.Ordinal);
        foreach (var neighbour in traffic.Neighbours)
        {
            elsewhere[neighbour.Mac] = neighbour;
        }

        var counted = new SortedSet<string>(traffic.Counted.Senders.Select(s => s.Mac), StringComparer.Ordinal);
        var parts = new SortedDictionary<string, Part>(StringComparer.Ordinal);
        foreach (var sender in traffic.Counted.Senders.Where(s => here.ContainsKey(s.Mac)))
        {
            var from = here[sender.Mac];
            var part = PartOf(from.Uuid);
            part.GroupBytes += sender.GroupBytes;
            part.OtherBytes += sender.OtherBytes;
            foreach (var to in sender.To)
            {
                var who = here.GetValueOrDefault(to.Mac) ?? elsewhere.GetValueOrDefault(to.Mac);
                if (who?.Uuid == from.Uuid)
                {
                    // From one of its own NICs to another: no affinity to anybody.
                    continue;
                }

                part.Of(to.Mac, who, counted.Contains(to.Mac)).SentBytes += to.Bytes;
                if (counted.Contains(to.Mac) && here.TryGetValue(to.Mac, out var receiver))
                {
                    PartOf(receiver.Uuid).Of(sender.Mac, from, isHeard: true).HeardBytes += to.Bytes;
                }
            }
        }

        var result = new SortedDictionary<string, VmCounted>(StringComparer.Ordinal);
        foreach (var (uuid, part) in parts)
        {
            result.Add(uuid, new VmCounted(traffic.Counted.Session, traffic.Counted.AtMonotonicMs, part.Peers(), part.GroupBytes, part.OtherBytes));
        }

        return result;

        Part PartOf(string uuid)
        {
            if (!parts.TryGetValue(uuid, out var part))
            {
                parts.Add(uuid, part = new Part());
            }

            return part;
        }
    }

    private sealed class Part
    {
        private readonly SortedDictionary<string, Sum> _peers = new(StringComparer.Ordinal);

        public long GroupBytes { get; set; }

        public long OtherBytes { get; set; }

        public Sum Of(string mac, Neighbour? who, bool isHeard)
        {
            if (!_peers.TryGetValue(mac, out var sum))
            {
                _peers.Add(mac, sum = new Sum(who, isHeard));
            }

            return sum;
        }

        public IReadOnlyList<PeerCount> Peers() => [.. _peers.Select(p => new PeerCount(p.Key, p.Value.Who, p.Value.SentBytes, p.Value.IsHeard ? p.Value.HeardBytes : null))];
    }

    private sealed class Sum(Neighbour? who, bool isHeard)
    {
        public Neighbour? Who { get; } = who;

        public bool IsHeard { get; } = isHeard;

        public long SentBytes { get; set; }

        public long HeardBytes { get; set; }
    }
}
