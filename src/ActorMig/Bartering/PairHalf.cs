namespace ActorMig.Bartering;

/// <summary>
/// A host's half of what must be known to compute what an exchange between two hosts wins: its VMs and with whom they talk. One host tells the other its
/// own half when it is asked for its digest, and with an offer.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Vms">Its VMs, those that talk most if there are more than are told of, sorted by UUID.</param>
/// <param name="Distances">How far the hosts are with which they talk, as far as it is known, sorted by name.</param>
/// <param name="Wanted">The room that it gathers for an exchange; null if none.</param>
public sealed record PairHalf(string Host, IReadOnlyList<PairHalfVm> Vms, IReadOnlyList<HostDistance> Distances, RoomWanted? Wanted = null);

/// <summary>A VM of a <see cref="PairHalf"/>.</summary>
/// <param name="Uuid">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="IsMovable">False if it stays where it is, because it may not move now or because nobody knows with whom it talks.</param>
/// <param name="Ties">With whom it talks.</param>
/// <param name="CopyBytes">How much is copied if it moves, and what it cannot say meanwhile: more than its memory if it writes to it fast; null if that is not known.</param>
public sealed record PairHalfVm(string Uuid, string Name, long MemoryBytes, bool IsMovable, IReadOnlyList<VmTie> Ties, long? CopyBytes = null);

/// <summary>With whom a VM talks, and how much.</summary>
/// <param name="Uuid">The other VM.</param>
/// <param name="Host">Where it is, as far as is known.</param>
/// <param name="SentBitPerSecond">What goes to it.</param>
/// <param name="HeardBitPerSecond">What comes from it; null if another host counts that.</param>
public sealed record VmTie(string Uuid, string Host, double SentBitPerSecond, double? HeardBitPerSecond);

/// <summary>How far a host is.</summary>
/// <param name="Host">The host.</param>
/// <param name="Ms">How long a message takes there and back, in milliseconds.</param>
public sealed record HostDistance(string Host, double Ms);
