namespace ActorMig.Policies.Affinity;

/// <summary>An exchange that has no order in which its VMs fit, and the room on one of the two hosts with which it had one.</summary>
/// <param name="FreeBytes">The free memory that this host would have to have.</param>
/// <param name="GainBitPerSecond">How much more it would win than the best that has an order, in bit/s times distance.</param>
/// <param name="NetBitPerSecond">What is left of that beyond what it may cost to gather the room (<see cref="ExchangeOptions.RoomPrice"/>).</param>
public sealed record RoomNeed(long FreeBytes, double GainBitPerSecond, double NetBitPerSecond);
