namespace ActorMig.Policies.Affinity;

/// <summary>A VM on one of the two hosts of a pair.</summary>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="Load">What it takes of its host.</param>
/// <param name="Ties">
/// Its traffic with VMs of the pair, on its own host and on the other. Those that are not of the pair are passed over. If both ends tell of a tie, the
/// larger figure counts: who has missed some of it tells less.
/// </param>
/// <param name="Far">Its traffic with everything else.</param>
/// <param name="IsMovable">False if it stays where it is, whatever is won.</param>
/// <param name="PriceFactor">How much dearer than others it is to move: 1 by default; more, say, for one that has moved of late.</param>
/// <param name="Count">How many VMs it is: those that go together only are one.</param>
public sealed record PairVm(
    string Uuid, Resources Load, IReadOnlyList<PairTie> Ties, IReadOnlyList<FarTraffic> Far, bool IsMovable = true, double PriceFactor = 1, int Count = 1);

/// <summary>Traffic between two VMs of a pair.</summary>
/// <param name="Uuid">The other one.</param>
/// <param name="BitPerSecond">Both ways together: their affinity.</param>
public sealed record PairTie(string Uuid, double BitPerSecond);

/// <summary>Traffic with third hosts. It decides something only where these are nearer to one host of the pair than to the other.</summary>
/// <param name="BitPerSecond">Both ways together.</param>
/// <param name="DistanceFromA">How far it is from the pair's A; 1 in a cluster where all hosts are alike.</param>
/// <param name="DistanceFromB">How far it is from the pair's B.</param>
public sealed record FarTraffic(double BitPerSecond, double DistanceFromA = 1, double DistanceFromB = 1);
