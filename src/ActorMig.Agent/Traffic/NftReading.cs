namespace ActorMig.Agent.Traffic;

/// <summary>A counter of nftables.</summary>
/// <param name="Packets">How many packets; one that the guest's kernel has not cut into frames yet is one.</param>
/// <param name="Bytes">How many bytes, without the headers of Ethernet.</param>
internal readonly record struct NftCounter(long Packets, long Bytes)
{
    private const int EthernetHeaderBytes = 14;

    /// <summary>The bytes as a NIC counts them, and libvirt with it.</summary>
    public long FrameBytes => Bytes + (Packets * EthernetHeaderBytes);
}

/// <summary>What a table has counted, as it stands there.</summary>
/// <param name="IsWhole">False if somebody has taken parts of the table away.</param>
/// <param name="Pairs">By who sent and to whom.</param>
/// <param name="Groups">Broadcast and multicast, by who sent.</param>
/// <param name="Others">What had no room among the pairs, by who sent.</param>
internal sealed record NftReading(
    bool IsWhole,
    IReadOnlyDictionary<(string From, string To), NftCounter> Pairs,
    IReadOnlyDictionary<string, NftCounter> Groups,
    IReadOnlyDictionary<string, NftCounter> Others);
