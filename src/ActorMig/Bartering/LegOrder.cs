using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// The order of the legs of a barter of several VMs each way: each destination must hold the next VM beside all that it has then, and a source has its
/// memory back when the leg has settled. For one VM each way it says what <see cref="SwapOrder"/> says.
/// </summary>
/// <remarks>All orders are tried, but a set of VMs that was reached once is not tried again: at most two to the power of the number of legs.</remarks>
public static class LegOrder
{
    /// <summary>The most legs of a barter: beyond it, trying all orders would take too long.</summary>
    public const int LegsMax = 16;

    /// <summary>Orders the VMs that are exchanged.</summary>
    /// <param name="offerer">The host that offers.</param>
    /// <param name="offererFreeBytes">Memory that it can promise.</param>
    /// <param name="granter">The host that was asked.</param>
    /// <param name="granterFreeBytes">Memory that it can promise.</param>
    /// <param name="give">The offerer's VMs.</param>
    /// <param name="giveBack">The granter's VMs.</param>
    /// <returns>
    /// The legs, or the refusal if there is no order; then also the legs that can be carried out of as many of them as possible, of which the caller must
    /// see whether they are worth it.
    /// </returns>
    public static (IReadOnlyList<Leg> Legs, Refusal? Refusal, IReadOnlyList<Leg> Part) Find(
        string offerer, long offererFreeBytes, string granter, long granterFreeBytes, IReadOnlyList<VmFacts> give, IReadOnlyList<VmFacts> giveBack)
    {
        ArgumentNullException.ThrowIfNull(give);
        ArgumentNullException.ThrowIfNull(giveBack);
        var order = Longest(
            offererFreeBytes, granterFreeBytes, [.. give.Select(v => v.MemoryBytes)], [.. giveBack.Select(v => v.MemoryBytes)]);
        Leg[] legs =
        [
            .. order.Select((n, i) => n < give.Count
                ? new Leg(i + 1, give[n], offerer, granter)
                : new Leg(i + 1, giveBack[n - give.Count], granter, offerer)),
        ];
        return legs.Length == give.Count + giveBack.Count ? (legs, null, [])
            : ([], giveBack.Count == 0 || give.Count == 0 ? Refusal.NoRoom : Refusal.NoRoomToSwap, legs);
    }

    /// <summary>The longest order; it has all of them if there is one that does. Numbers below <c>give.Length</c> go, the others come back.</summary>
    internal static int[] Longest(long offererFreeBytes, long granterFreeBytes, ReadOnlySpan<long> give, ReadOnlySpan<long> giveBack)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(give.Length + giveBack.Length, LegsMax);

        // A host of which others have taken more than there is promises nothing, not even for what leaves it.
        var search = new Search(give.Length, [.. Largest(give, 0), .. Largest(giveBack, give.Length)], offererFreeBytes >= 0, granterFreeBytes >= 0);
        search.Try(0, offererFreeBytes, granterFreeBytes);
        return search.Best;
    }

    /// <summary>The biggest first: what is small still fits when others have left little.</summary>
    private static IEnumerable<(int Number, long Bytes)> Largest(ReadOnlySpan<long> sizes, int from) =>
        sizes.ToArray().Select((bytes, i) => (from + i, bytes)).OrderByDescending(s => s.bytes).ThenBy(s => s.Item1);

    private sealed class Search(int given, (int Number, long Bytes)[] vms, bool offererPromises, bool granterPromises)
    {
        private readonly bool[] _seen = new bool[1 << vms.Length];
        private readonly int[] _path = new int[vms.Length];
        private int _length;

        public int[] Best { get; private set; } = [];

        /// <summary>True when all are in order.</summary>
        public bool Try(int done, long offererFree, long granterFree)
        {
            _seen[done] = true;
            if (_length > Best.Length)
            {
                Best = _path[.._length];
            }

            for (var i = 0; i < vms.Length && _length < vms.Length; i++)
            {
                var (number, bytes) = vms[i];
                var goes = number < given;
                var fits = goes ? granterPromises && bytes <= granterFree : offererPromises && bytes <= offererFree;
                if (fits && (done & (1 << i)) == 0 && !_seen[done | (1 << i)])
                {
                    _path[_length++] = number;
                    if (goes ? Try(done | (1 << i), offererFree + bytes, granterFree - bytes) : Try(done | (1 << i), offererFree - bytes, granterFree + bytes))
                    {
                        return true;
                    }

                    _length--;
                }
            }

            return _length == vms.Length;
        }
    }
}
