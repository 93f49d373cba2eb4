using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// For which exchange a host gathers room: the one that would win most of those that it has seen lately; and when it gives up. It is a host's own memory of
/// the last rounds; if it is lost, it is made anew in some.
/// </summary>
/// <param name="options">The share and the patience.</param>
public sealed class Gathering(AffinityOptions options)
{
    /// <summary>Who was waited for in vain is left alone for so many times the patience; twice as long each further time. The host itself rests so, too, for one.</summary>
    private const int RestPatiences = 4;

    private const int RestDoublingsMax = 6;
    private readonly SortedDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (int Failures, long Until)> _rests = new(StringComparer.Ordinal);
    private (string? Peer, long Round, long FreeBytes) _waits;
    private bool _hadOrder;
    private long _freeBytesAtFirst;
    private (int Failures, long Until) _rest;

    /// <summary>What it gathers room for now; null if for nothing.</summary>
    public RoomWanted? Wanted { get; private set; }

    /// <summary>Takes what a look at an exchange with a peer has shown. Of two looks in a round, at some VMs and at others, the one that has found more counts.</summary>
    /// <param name="round">The round.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="need">What room would make possible there; null if nothing.</param>
    /// <param name="hasPlan">True if there is an exchange with it that has an order.</param>
    public void Saw(long round, string peer, RoomNeed? need, bool hasPlan)
    {
        need = options.Exchange.RoomShare > 0 ? need : null;
        if (_seen.TryGetValue(peer, out var before) && before.Round == round)
        {
            (need, hasPlan) = (need?.NetBitPerSecond >= (before.Need?.NetBitPerSecond ?? 0) ? need : before.Need, hasPlan || before.HasPlan);
        }

        _seen[peer] = new Seen(need, hasPlan, round);
    }

    /// <summary>There was an exchange with a peer: what was seen with it no longer counts.</summary>
    /// <param name="peer">The peer.</param>
    public void Exchanged(string peer)
    {
        _seen.Remove(peer);
        _rests.Remove(peer);
        Wanted = Wanted?.Peer == peer ? null : Wanted;
        if (_waits.Peer == peer)
        {
            (_waits, _rest) = (default, default);
        }
    }

    /// <summary>Chooses, once a round: it stays with what it has chosen as long as room still comes, and until the exchange has been made.</summary>
    /// <param name="round">The round.</param>
    /// <param name="freeBytes">The host's free memory.</param>
    /// <returns><see cref="Wanted"/>.</returns>
    public RoomWanted? Choose(long round, long freeBytes)
    {
        foreach (var old in _seen.Where(s => round - s.Value.Round > options.RoomPatienceRounds).Select(s => s.Key).ToArray())
        {
            _seen.Remove(old);
        }

        if (Wanted is { } wanted)
        {
            Wanted = Still(wanted, round, freeBytes);
        }

        if (Wanted is null && round >= _rest.Until
            && _seen.Where(s => s.Value.Need is not null && !(_rests.TryGetValue(s.Key, out var rest) && round < rest.Until))
                .OrderByDescending(s => s.Value.Need!.NetBitPerSecond).Select(s => s.Key).FirstOrDefault() is { } peer)
        {
            // Who is chosen again before anything has come of it is waited for no longer than that.
            _freeBytesAtFirst = _waits.Peer == peer ? _freeBytesAtFirst : freeBytes;
            _waits = _waits.Peer == peer ? _waits : (peer, round, freeBytes);
            Wanted = Room(peer, _seen[peer].Need!, freeBytes);
        }

        return Wanted;
    }

    private RoomWanted? Still(RoomWanted wanted, long round, long freeBytes)
    {
        if (freeBytes > _waits.FreeBytes)
        {
            _waits = (wanted.Peer, round, freeBytes);
        }

        var seen = _seen.GetValueOrDefault(wanted.Peer);
        if (seen is null || round - _waits.Round >= options.RoomPatienceRounds)
        {
            var failures = _rests.GetValueOrDefault(wanted.Peer).Failures;
            _rests[wanted.Peer] = (Math.Min(failures + 1, RestDoublingsMax), round + ((RestPatiences * (long)options.RoomPatienceRounds) << failures));
            Rest(round);
            return null;
        }

        if (seen is { Need: null, HasPlan: false })
        {
            if (_hadOrder)
            {
                Exchanged(wanted.Peer);
            }
            else if (_waits.FreeBytes > _freeBytesAtFirst)
            {
                // What was gathered is of no use now: whatever left for that may come back, and so may the need.
                Rest(round);
            }

            _hadOrder = false;
            return null;
        }

        _hadOrder = seen.HasPlan;
        return seen.Need is { } need ? Room(wanted.Peer, need, freeBytes) : wanted;
    }

    private void Rest(long round)
    {
        _rest = (Math.Min(_rest.Failures + 1, RestDoublingsMax), round + ((long)options.RoomPatienceRounds << _rest.Failures));
        (_waits, _hadOrder) = (default, false);
    }

    /// <summary>What is still missing is worth its share of what was missing at first: all of it together costs no more than the share of the gain.</summary>
    private RoomWanted Room(string peer, RoomNeed need, long freeBytes)
    {
        static double Missing(long bytes) => Math.Max(RoomWanted.LeastBytes, bytes);
        return new(
            peer, need.FreeBytes, options.Exchange.RoomShare * need.GainBitPerSecond * Missing(need.FreeBytes - freeBytes) / Missing(need.FreeBytes - Math.Min(freeBytes, _freeBytesAtFirst)));
    }

    private sealed record Seen(RoomNeed? Need, bool HasPlan, long Round);
}
