namespace ActorMig.Bartering;

/// <summary>
/// Free memory that a host gathers, because an exchange would win much if there were an order in which its VMs fit. Where hosts are nearly full nothing
/// large can move until somebody has gathered room; what is missing of it is worth what the exchange would win, so that room goes to whoever is nearest to
/// having enough of it and would win most.
/// </summary>
/// <param name="Peer">The host with which the exchange would be made. Between these two the room itself is worth nothing.</param>
/// <param name="FreeBytes">The free memory that is enough.</param>
/// <param name="BitPerSecond">What it is worth to get what is still missing, in bit/s times distance.</param>
public sealed record RoomWanted(string Peer, long FreeBytes, double BitPerSecond)
{
    /// <summary>Who has enough but for this loses nothing at once by giving up some: no division by nothing.</summary>
    internal const long LeastBytes = 64L << 20;

    /// <summary>What a change of a host's free memory is worth: each byte that is missing its share, and as much for losing what is needed.</summary>
    /// <param name="atStart">The free memory in bytes before the exchange.</param>
    /// <param name="from">Before the step.</param>
    /// <param name="to">After it.</param>
    public double Worth(long atStart, long from, long to) =>
        BitPerSecond * ((double)Math.Min(to, FreeBytes) - Math.Min(from, FreeBytes)) / Math.Max(LeastBytes, (double)FreeBytes - atStart);
}
