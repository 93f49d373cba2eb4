using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>The order of a barter's legs: each destination must hold the next VM beside all that it has then.</summary>
public static class SwapOrder
{
    /// <summary>Orders a VM that comes and at most one that goes.</summary>
    /// <param name="offerer">The host that offers.</param>
    /// <param name="offererFreeBytes">Memory that it can promise.</param>
    /// <param name="granter">The host that was asked.</param>
    /// <param name="granterFreeBytes">Memory that it can promise.</param>
    /// <param name="give">The offerer's VM.</param>
    /// <param name="giveBack">The granter's VM, or null.</param>
    /// <returns>The legs, or the refusal if there is no order.</returns>
    public static (IReadOnlyList<Leg> Legs, Refusal? Refusal) Find(
        string offerer, long offererFreeBytes, string granter, long granterFreeBytes, VmFacts give, VmFacts? giveBack)
    {
        ArgumentNullException.ThrowIfNull(give);
        if (giveBack is null)
        {
            return give.MemoryBytes <= granterFreeBytes
                ? ([new Leg(1, give, offerer, granter)], null)
                : ([], Refusal.NoRoom);
        }

        if (offererFreeBytes < 0 || granterFreeBytes < 0)
        {
            // Others have taken more than there is: such a host promises nothing, not even for one that leaves.
            return ([], Refusal.NoRoomToSwap);
        }

        var (there, back) = (give.MemoryBytes, giveBack.MemoryBytes);
        if (there <= granterFreeBytes && back - there <= offererFreeBytes)
        {
            return ([new Leg(1, give, offerer, granter), new Leg(2, giveBack, granter, offerer)], null);
        }

        return back <= offererFreeBytes && there - back <= granterFreeBytes
            ? ([new Leg(1, giveBack, granter, offerer), new Leg(2, give, offerer, granter)], null)
            : ([], Refusal.NoRoomToSwap);
    }
}
