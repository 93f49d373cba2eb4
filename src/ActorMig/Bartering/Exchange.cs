namespace ActorMig.Bartering;

/// <summary>Some VMs of a host for some of another one, or for nothing.</summary>
/// <param name="Gives">The UUIDs of the offerer's VMs that go, at least one. What should only come, the other host offers.</param>
/// <param name="Takes">The UUIDs of the other host's VMs that come for them.</param>
/// <param name="GainBitPerSecond">What the offerer expects of it beyond its price, in bit/s weighed by distance; who is asked computes it for himself.</param>
/// <param name="RoomBitPerSecond">Of that: what the room is worth that it gathers (<see cref="RoomWanted"/>). By so much may traffic even rise.</param>
public sealed record Exchange(IReadOnlyList<string> Gives, IReadOnlyList<string> Takes, double GainBitPerSecond, double RoomBitPerSecond = 0)
{
    /// <summary>What is wrong with it by itself, in words; null if nothing is.</summary>
    public string? WhyNot() =>
        Gives.Count == 0 ? "it gives nothing"
        : Gives.Count + Takes.Count > LegOrder.LegsMax ? FormattableString.Invariant($"it moves {Gives.Count + Takes.Count} VMs, and {LegOrder.LegsMax} is the most")
        : Gives.Concat(Takes).Distinct(StringComparer.Ordinal).Count() < Gives.Count + Takes.Count ? "it moves a VM twice"
        : !double.IsFinite(GainBitPerSecond) || !double.IsFinite(RoomBitPerSecond) ? "its gain is no number"
        : null;
}
