using ActorMig.Bartering;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// What bounds and prices an exchange. The defaults are those that the benchmark <c>placement</c> was won with: see there what other figures give.
/// </summary>
public sealed record ExchangeOptions
{
    /// <summary>The price of a move: this share of the mean traffic of the pair's VMs, in bit/s, for a VM of mean memory; proportional to its memory.</summary>
    public double PriceShare { get; init; } = 0.03;

    /// <summary>
    /// How soon the traffic that a move saves must have made up for the memory that it sends, in ms: it adds a VM's bits over this time to its price. 0: it
    /// need not.
    /// </summary>
    public long PaybackMs { get; init; }

    /// <summary>An exchange must win more than this beyond its price, in bit/s.</summary>
    public double GainMinBitPerSecond { get; init; }

    /// <summary>The most VMs of an exchange, both ways together: 1 to <see cref="LegOrder.LegsMax"/>.</summary>
    public int MovesMax { get; init; } = 12;

    /// <summary>From how many VMs a chain is begun in a pass, those first whose move wins most.</summary>
    public int StartsMax { get; init; } = 256;

    /// <summary>From how many swaps a chain is begun in a pass, too, those first that win most.</summary>
    public int SwapStartsMax { get; init; } = 200;

    /// <summary>How often chains are begun anew from the best that was found so far.</summary>
    public int PassesMax { get; init; } = 4;

    /// <summary>The most VMs of a pair that are looked at as ones that may move, those first whose move wins most; the others stay.</summary>
    public int CandidatesMax { get; init; } = 1_024;

    /// <summary>
    /// So much of what an exchange would win that has no order may be spent on gathering the room with which it had one: 0 to 1. 0: none is gathered. See
    /// <see cref="RoomWanted"/>.
    /// </summary>
    public double RoomShare { get; init; } = 0.7;

    /// <summary>What a byte of room is taken to cost when exchanges are compared for which room must be gathered, in prices of moving a byte.</summary>
    public double RoomPrice { get; init; } = 3;

    /// <summary>False: the exchange need not have an order in which memory holds at each step. For comparisons; nobody could carry it out.</summary>
    public bool NeedsOrder { get; init; } = true;
}
