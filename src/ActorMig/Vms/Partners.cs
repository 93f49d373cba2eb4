namespace ActorMig.Vms;

/// <summary>Turns the counters of one VM into smoothed rates with each of its partners.</summary>
internal sealed class Partners
{
    /// <summary>What talks less, and is silent now, is forgotten.</summary>
    private const double SilentBitPerSecond = 1;

    /// <summary>Of so many addresses a VM's rates are kept; more are counted together.</summary>
    private const int AddressesMax = 1_024;
    private readonly SortedDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
    private VmCounted? _last;
    private double _groupBitPerSecond;
    private double _otherBitPerSecond;
    private bool _hasRates;

    /// <summary>What went out since the reading before, to whomever; null if there was none to compare with.</summary>
    public long? SentBytes { get; private set; }

    /// <summary>Takes a reading; one that was taken before says nothing new.</summary>
    /// <param name="counted">The counters.</param>
    /// <param name="smoothing">The weight of the newest reading.</param>
    /// <returns>False if it was taken before.</returns>
    public bool Take(VmCounted counted, double smoothing)
    {
        if (_last is not { } last || last.Session != counted.Session || counted.AtMonotonicMs < last.AtMonotonicMs)
        {
            // The first of a series is only a base.
            (_last, SentBytes) = (counted, null);
            return true;
        }

        if (counted.AtMonotonicMs == last.AtMonotonicMs)
        {
            Rename(counted.Peers);
            return false;
        }

        var seconds = (counted.AtMonotonicMs - last.AtMonotonicMs) / 1e3;
        var weight = _hasRates ? smoothing : 1;
        var before = new SortedDictionary<string, PeerCount>(StringComparer.Ordinal);
        foreach (var peer in last.Peers)
        {
            before[peer.Mac] = peer;
        }

        foreach (var address in _addresses.Values)
        {
            address.Fade(weight);
        }

        var (sent, crowd) = (0L, 0L);
        foreach (var peer in counted.Peers)
        {
            var known = before.GetValueOrDefault(peer.Mac);
            var (sentBytes, heardBytes) = (Since(known?.SentBytes, peer.SentBytes), peer.HeardBytes is { } heard ? Since(known?.HeardBytes, heard) : 0);
            sent += sentBytes;
            if (!_addresses.TryGetValue(peer.Mac, out var address))
            {
                if (sentBytes + heardBytes == 0)
                {
                    continue;
                }

                if (_addresses.Count >= AddressesMax)
                {
                    crowd += sentBytes + heardBytes;
                    continue;
                }

                _addresses.Add(peer.Mac, address = new Address());
            }

            address.Add(peer, Rate(sentBytes), Rate(heardBytes), weight);
        }

        var (group, other) = (Since(last.GroupBytes, counted.GroupBytes), Since(last.OtherBytes, counted.OtherBytes));
        SentBytes = sent + group + other;
        _groupBitPerSecond += weight * (Rate(group) - _groupBitPerSecond);
        _otherBitPerSecond += weight * (Rate(other + crowd) - _otherBitPerSecond);
        foreach (var mac in _addresses.Where(a => a.Value.BitPerSecond < SilentBitPerSecond).Select(a => a.Key).ToArray())
        {
            _addresses.Remove(mac);
        }

        (_last, _hasRates) = (counted, true);
        return true;

        double Rate(long bytes) => bytes * 8 / seconds;
    }

    /// <summary>Nothing is known any more.</summary>
    public void Forget()
    {
        _addresses.Clear();
        (_last, SentBytes, _groupBitPerSecond, _otherBitPerSecond, _hasRates) = (null, null, 0, 0, false);
    }

    /// <summary>As others see it.</summary>
    /// <param name="max">The most partners that are named.</param>
    /// <param name="isUnseen">Whether the VM sends what nobody sees.</param>
    /// <returns>Null while nothing is known.</returns>
    public VmTraffic? View(int max, bool isUnseen)
    {
        if (!_hasRates)
        {
            return null;
        }

        // A VM with several NICs is one partner.
        Partner[] all =
        [
            .. _addresses.Values.Where(a => a.Who is not null).GroupBy(a => a.Who!.Uuid, StringComparer.Ordinal)
                .Select(g => new Partner(
                    g.Key, g.First().Who!.Name, g.First().Who!.Host, g.Sum(a => a.SentBitPerSecond), g.Any(a => a.IsHeard) ? g.Sum(a => a.HeardBitPerSecond) : null,
                    g.Sum(a => a.LastSentBitPerSecond), g.Any(a => a.IsHeard) ? g.Sum(a => a.LastHeardBitPerSecond) : null))
                .OrderByDescending(p => p.BitPerSecond).ThenBy(p => p.Uuid, StringComparer.Ordinal),
        ];
        return new VmTraffic(
            [.. all.Take(max)],
            _otherBitPerSecond + all.Skip(max).Sum(p => p.BitPerSecond),
            _addresses.Values.Where(a => a.Who is null).Sum(a => a.BitPerSecond),
            _groupBitPerSecond,
            isUnseen);
    }

    /// <summary>A counter that is below what it was has begun anew at zero, as has one that was not there.</summary>
    private static long Since(long? before, long now) => before is { } b && b <= now ? now - b : now;

    private void Rename(IReadOnlyList<PeerCount> peers)
    {
        foreach (var peer in peers)
        {
            if (_addresses.TryGetValue(peer.Mac, out var address))
            {
                address.Who = peer.Who;
            }
        }
    }

    private sealed class Address
    {
        public Neighbour? Who { get; set; }

        public double SentBitPerSecond { get; private set; }

        public double HeardBitPerSecond { get; private set; }

        public double LastSentBitPerSecond { get; private set; }

        public double LastHeardBitPerSecond { get; private set; }

        public bool IsHeard { get; private set; }

        public double BitPerSecond => SentBitPerSecond + HeardBitPerSecond;

        public void Fade(double weight)
        {
            (SentBitPerSecond, HeardBitPerSecond) = (SentBitPerSecond * (1 - weight), HeardBitPerSecond * (1 - weight));
            (LastSentBitPerSecond, LastHeardBitPerSecond) = (0, 0);
        }

        public void Add(PeerCount peer, double sentBitPerSecond, double heardBitPerSecond, double weight)
        {
            // Whoever has come beside it, or begins to talk there, says at once what would be torn apart: to leave such a one is not to look cheap while its
            // rate grows. A burst is over with the next reading (LastHeardBitPerSecond).
            HeardBitPerSecond = IsHeard ? HeardBitPerSecond + (weight * heardBitPerSecond) : heardBitPerSecond;
            (Who, IsHeard) = (peer.Who, peer.HeardBytes is not null);
            SentBitPerSecond += weight * sentBitPerSecond;
            LastSentBitPerSecond += sentBitPerSecond;
            LastHeardBitPerSecond += heardBitPerSecond;
        }
    }
}
