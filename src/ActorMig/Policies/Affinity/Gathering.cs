using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// For which exchange a host gathers room: the one that would win most of those that it has seen lately; and when it gives up. It is a host's own memory of
/// the last rounds, and nothing is lost with it but time.
/// </summary>
/// <param name="options">The share and the patience.</param>
public sealed class Gathering(AffinityOptions options)
{
    /// <summary>Who was waited for in vain is left alone for so many times the patience.</summary>
    private const int RestPatiences = 4;

    private readonly SortedDictionary<string, (RoomNeed Need, long Round)> _needs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _restsUntil = new(StringComparer.Ordinal);
    private (long Round, long FreeBytes) _progress;

    /// <summary>What it gathers room for now; null if for nothing.</summary>
    public RoomWanted? Wanted { get; private set; }

    /// <summary>Takes what a look at an exchange with a peer has shown.</summary>
    /// <param name="round">The round.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="need">What room would make possible there; null if nothing.</param>
    public void Saw(long round, string peer, RoomNeed? need)
    {
        if (need is not null && options.Exchange.RoomShare > 0)
        {
            _needs[peer] = (need, round);
        }
        else
        {
            Forget(peer);
        }
    }

    /// <summary>A peer is not what it was: what was seen with it no longer counts.</summary>
    /// <param name="peer">The peer.</param>
    public void Forget(string peer)
    {
        _needs.Remove(peer);
        Wanted = Wanted?.Peer == peer ? null : Wanted;
    }

    /// <summary>Chooses: it stays with what it has chosen as long as room still comes.</summary>
    /// <param name="round">The round.</param>
    /// <param name="freeBytes">The host's free memory.</param>
    /// <returns><see cref="Wanted"/>.</returns>
    public RoomWanted? Choose(long round, long freeBytes)
    {
        foreach (var old in _needs.Where(n => round - n.Value.Round > options.RoomPatienceRounds).Select(n => n.Key).ToArray())
        {
            Forget(old);
        }

        foreach (var over in _restsUntil.Where(r => r.Value <= round).Select(r => r.Key).ToArray())
        {
            _restsUntil.Remove(over);
        }

        if (Wanted is { } wanted && freeBytes > _progress.FreeBytes)
        {
            _progress = (round, freeBytes);
        }
        else if (Wanted is not null && round - _progress.Round >= options.RoomPatienceRounds)
        {
            _restsUntil[Wanted.Peer] = round + (RestPatiences * options.RoomPatienceRounds);
            Wanted = null;
        }

        var peer = Wanted?.Peer ?? _needs.Where(n => !_restsUntil.ContainsKey(n.Key)).OrderByDescending(n => n.Value.Need.NetBitPerSecond).Select(n => n.Key).FirstOrDefault();
        if (peer is not null && Wanted is null)
        {
            _progress = (round, freeBytes);
        }

        Wanted = peer is null ? null : new RoomWanted(peer, _needs[peer].Need.FreeBytes, options.Exchange.RoomShare * _needs[peer].Need.GainBitPerSecond);
        return Wanted;
    }
}
