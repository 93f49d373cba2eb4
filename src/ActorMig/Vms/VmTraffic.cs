namespace ActorMig.Vms;

/// <summary>With whom a VM talks. Rates are bit/s of whole frames, smoothed as loads are.</summary>
/// <param name="Partners">The VMs that it talks with most, the most first.</param>
/// <param name="OthersBitPerSecond">To and from VMs that are not among them, and to those for whom the edge had no room.</param>
/// <param name="RoutedBitPerSecond">To addresses that are no VM's as far as the cluster knows: a gateway's, the host's own.</param>
/// <param name="GroupBitPerSecond">Broadcast and multicast.</param>
/// <param name="IsUnseen">True if libvirt counts what it sends and the edge sees nothing of it.</param>
public sealed record VmTraffic(
    IReadOnlyList<Partner> Partners, double OthersBitPerSecond, double RoutedBitPerSecond, double GroupBitPerSecond, bool IsUnseen = false);

/// <summary>A VM with which another one talks.</summary>
/// <param name="Uuid">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">The host on which it is.</param>
/// <param name="SentBitPerSecond">What goes to it.</param>
/// <param name="HeardBitPerSecond">What comes from it; null if it is on another host, which counts that.</param>
/// <param name="LastSentBitPerSecond">What the newest reading alone says that goes to it; null if that is not told.</param>
/// <param name="LastHeardBitPerSecond">What the newest reading alone says that comes from it; null if that is not told.</param>
public sealed record Partner(
    string Uuid, string Name, string Host, double SentBitPerSecond, double? HeardBitPerSecond, double? LastSentBitPerSecond = null, double? LastHeardBitPerSecond = null)
{
    /// <summary>Both directions, as far as they are counted here.</summary>
    public double BitPerSecond => SentBitPerSecond + (HeardBitPerSecond ?? 0);
}
