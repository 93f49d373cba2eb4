using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>One of the two hosts of a pair, as far as room is concerned.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Capacity">All that it has.</param>
/// <param name="Used">What is promised there, to the VMs of the pair and to all others.</param>
/// <param name="Reserve">What an exchange must leave free.</param>
/// <param name="Wanted">The room that it gathers for an exchange with a third host, if any.</param>
public sealed record PairHost(string Host, Resources Capacity, Resources Used, Resources Reserve = default, RoomWanted? Wanted = null)
{
    /// <summary>What an exchange may fill. Below zero: others have taken more than there is, and nothing may come.</summary>
    public Resources Free => Capacity - Used - Reserve;

    /// <summary>A host of which only its digest is known: how much it can promise.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="freeBytes">Memory that it can promise.</param>
    /// <param name="wanted">The room that it gathers, if any.</param>
    public static PairHost OfFree(string host, long freeBytes, RoomWanted? wanted = null) => new(host, Resources.OfMemory(freeBytes), default, default, wanted);
}
