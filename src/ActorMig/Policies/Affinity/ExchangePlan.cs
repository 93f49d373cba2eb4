namespace ActorMig.Policies.Affinity;

/// <summary>An exchange between the two hosts of a pair, and what it wins, in bit/s times distance.</summary>
/// <param name="FromA">The VMs that go from A to B, sorted by UUID.</param>
/// <param name="FromB">The VMs that go from B to A, sorted by UUID.</param>
/// <param name="Order">All of them in an order in which memory holds on both hosts at each step.</param>
/// <param name="Gain">What it wins.</param>
public sealed record ExchangePlan(IReadOnlyList<string> FromA, IReadOnlyList<string> FromB, IReadOnlyList<string> Order, ExchangeGain Gain);

/// <summary>What an exchange wins, in parts. All are bit/s times distance.</summary>
/// <param name="BroughtTogether">Traffic between the two hosts that stays within one of them afterwards.</param>
/// <param name="TornApart">Traffic within one of the hosts that crosses between them afterwards.</param>
/// <param name="Far">How much nearer it comes to third hosts; negative if farther.</param>
/// <param name="Price">What moving these VMs costs.</param>
/// <param name="Room">What the room is worth that is gathered by it (<see cref="ActorMig.Bartering.RoomWanted"/>); negative if some is lost.</param>
public sealed record ExchangeGain(double BroughtTogether, double TornApart, double Far, double Price, double Room = 0)
{
    /// <summary>By how much the traffic, weighed by distance, falls.</summary>
    public double Traffic => BroughtTogether - TornApart + Far;

    /// <summary>What is left of it beyond the price.</summary>
    public double Net => Traffic + Room - Price;
}
