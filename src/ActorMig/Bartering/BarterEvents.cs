using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>We made an offer.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Number">Its number within the incarnation.</param>
/// <param name="Incarnation">Our incarnation.</param>
/// <param name="Peer">To whom.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Give">The VM that we give.</param>
/// <param name="Policy">Whose proposal it is, or who commanded it.</param>
/// <param name="Reason">In words.</param>
/// <param name="Exchange">All that would go and come, if it is an exchange.</param>
public sealed record BarterOffered(
    string Barter, long Number, long Incarnation, string Peer, BarterKind Kind, VmFacts Give, string Policy, string Reason, Exchange? Exchange = null)
{
    /// <summary>What is offered, in words: a VM, or <c>vm1 and 2 more for 1</c>.</summary>
    public string What() => Exchange is not { } exchange
        ? Give.Name
        : FormattableString.Invariant($"{Give.Name}{(exchange.Gives.Count > 1 ? $" and {exchange.Gives.Count - 1} more" : "")}{(exchange.Takes.Count > 0 ? $" for {exchange.Takes.Count}" : "")}");
}

/// <summary>We granted an offer: what comes to us is reserved.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Incarnation">Our incarnation.</param>
/// <param name="Peer">The offerer.</param>
/// <param name="PeerIncarnation">Its incarnation.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Legs">The VMs in order.</param>
/// <param name="Reason">In words.</param>
/// <param name="LeaseMs">The lease on both sides; 0: the configured one.</param>
public sealed record BarterGranted(
    string Barter, long Incarnation, string Peer, long PeerIncarnation, BarterKind Kind, IReadOnlyList<Leg> Legs, string Reason, long LeaseMs = 0);

/// <summary>We confirmed a grant: what comes to us is reserved.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="PeerIncarnation">The granter's incarnation.</param>
/// <param name="Legs">The VMs in order.</param>
/// <param name="Reason">The granter's, in words.</param>
/// <param name="LeaseMs">The lease on both sides; 0: the configured one.</param>
public sealed record BarterConfirmed(string Barter, long PeerIncarnation, IReadOnlyList<Leg> Legs, string Reason, long LeaseMs = 0);

/// <summary>The offerer's confirmation arrived.</summary>
/// <param name="Barter">The barter.</param>
public sealed record BarterConfirmationHeard(string Barter);

/// <summary>A leg is about to begin: written before its source starts it, or asks the peer to.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Leg">The leg.</param>
public sealed record LegBegan(string Barter, int Leg);

/// <summary>A leg has ended.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Leg">The leg.</param>
/// <param name="Outcome">How.</param>
/// <param name="Reason">In words.</param>
/// <param name="WallMs">When, by this host's wall clock; 0 says nothing.</param>
/// <param name="GapMs">For how long a guest stood still that was sent from here; null if it was not, or if that is not known.</param>
public sealed record LegEnded(string Barter, int Leg, LegOutcome Outcome, string Reason, long WallMs = 0, long? GapMs = null);

/// <summary>A barter has ended.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Outcome">How.</param>
/// <param name="Refusal">From the closed list, where one applies.</param>
/// <param name="Reason">In words.</param>
public sealed record BarterEnded(string Barter, BarterOutcome Outcome, Refusal? Refusal, string Reason);

/// <summary>libvirt shows a domain as coming here: a reservation became a charge, or something came without one.</summary>
/// <param name="Migration">The migration, or <c>foreign-UUID</c>.</param>
/// <param name="Uuid">The domain.</param>
/// <param name="MemoryBytes">Its memory.</param>
public sealed record ChargeBegan(string Migration, string Uuid, long MemoryBytes);

/// <summary>libvirt no longer shows the domain as coming.</summary>
/// <param name="Migration">The migration.</param>
public sealed record ChargeEnded(string Migration);

/// <summary>A VM has come to stay.</summary>
/// <param name="Migration">By which migration.</param>
/// <param name="Uuid">The VM.</param>
/// <param name="Name">Its name.</param>
/// <param name="Origin">The host from which it came, if it came because of load.</param>
/// <param name="Moves">How often it was moved.</param>
/// <param name="CoolUntilWallMs">Until when it rests.</param>
/// <param name="IsByPerson">True if a person wanted it there; null: not.</param>
public sealed record VmArrived(string Migration, string Uuid, string Name, string? Origin, int Moves, long CoolUntilWallMs, bool? IsByPerson = null);

/// <summary>A VM has left by a barter.</summary>
/// <param name="Uuid">The VM.</param>
/// <param name="Name">Its name.</param>
public sealed record VmLeft(string Uuid, string Name);

/// <summary>What a barter that both hosts have agreed on is to come to, by the load that its policy looks at. Releases before kept it as a record.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Policy">Whose proposal it is.</param>
/// <param name="Load">The policy whose load that is: <c>threshold</c> for traffic, <c>cpu</c> or <c>memory</c>.</param>
/// <param name="Peer">The other host.</param>
/// <param name="SelfLevel">How full this host will be: bit/s, or a share of what it has.</param>
/// <param name="PeerLevel">How full the other host will be.</param>
public sealed record StatePredicted(string Barter, string Policy, string Load, string Peer, double SelfLevel, double PeerLevel);

/// <summary>What a barter has come to, some rounds after its end, beside what was predicted. Releases before kept it as a record.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Policy">Whose proposal it was.</param>
/// <param name="Load">The policy whose load that is.</param>
/// <param name="Peer">The other host.</param>
/// <param name="PredictedSelf">How full this host was to be.</param>
/// <param name="PredictedPeer">How full the other host was to be.</param>
/// <param name="SelfLevel">How full this host is.</param>
/// <param name="PeerLevel">How full the other host says it is; null if it has not said.</param>
/// <param name="Off">How far that is off: the larger error of the two, as a share of the busier one's level.</param>
/// <param name="WallMs">When, by this host's wall clock; 0 says nothing.</param>
public sealed record StateMeasured(
    string Barter, string Policy, string Load, string Peer, double PredictedSelf, double PredictedPeer, double SelfLevel, double? PeerLevel, double Off, long WallMs = 0);
