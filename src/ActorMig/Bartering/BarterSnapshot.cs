using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>The BarterActor's whole persistent state: the ledger.</summary>
/// <param name="LastIncarnation">The incarnation of the last offer.</param>
/// <param name="LastNumber">Its number.</param>
/// <param name="Barters">Open barters, and ended ones that are remembered.</param>
/// <param name="Ended">The ended ones, oldest first.</param>
/// <param name="Charges">What is charged.</param>
/// <param name="Memory">What is remembered of VMs.</param>
/// <param name="Arrivals">Migrations whose VM has come to stay, oldest first.</param>
/// <param name="Moves">When VMs left or came for load, oldest first, by the wall clock.</param>
/// <param name="Gaps">For how long guests stood still that were sent.</param>
/// <param name="Prediction">What the newest barter is to come to; null: nothing was predicted, or it is measured.</param>
/// <param name="Predictions">How far each policy's last predictions were off; null says nothing.</param>
internal sealed record BarterSnapshot(
    long LastIncarnation,
    long LastNumber,
    IReadOnlyList<BarterState> Barters,
    IReadOnlyList<string> Ended,
    IReadOnlyList<ChargeBegan> Charges,
    IReadOnlyList<VmArrived> Memory,
    IReadOnlyList<string> Arrivals,
    IReadOnlyList<long>? Moves = null,
    IReadOnlyList<GapsState>? Gaps = null,
    OpenPrediction? Prediction = null,
    IReadOnlyList<PolicyPredictions>? Predictions = null);

/// <summary>For how long guests stood still that were sent in a mode.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Ms">How long, oldest first.</param>
internal sealed record GapsState(MigrationMode Mode, IReadOnlyList<long> Ms);

/// <summary>What the newest barter is to come to.</summary>
/// <param name="Predicted">That.</param>
/// <param name="IsSettled">True once it has settled.</param>
/// <param name="LegWallMs">When its last leg completed, by the wall clock; 0: none has.</param>
internal sealed record OpenPrediction(StatePredicted Predicted, bool IsSettled = false, long LegWallMs = 0);

/// <summary>How far a policy's last predictions were off.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Off">Each, the oldest first.</param>
/// <param name="WallMs">When the newest was measured; 0 says nothing.</param>
internal sealed record PolicyPredictions(string Policy, IReadOnlyList<double> Off, long WallMs = 0);

/// <summary>One barter.</summary>
/// <param name="Barter">Its name.</param>
/// <param name="Peer">With whom.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="IsOfferer">True if we offered.</param>
/// <param name="Incarnation">Our incarnation when it began.</param>
/// <param name="PeerIncarnation">The peer's.</param>
/// <param name="Give">What we offered.</param>
/// <param name="Phase">How far.</param>
/// <param name="Legs">The VMs in order.</param>
/// <param name="LegStates">The legs that have begun or ended.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">In words.</param>
/// <param name="LeaseMs">The lease that was agreed on.</param>
/// <param name="Exchange">All that we offered, if it is an exchange.</param>
internal sealed record BarterState(
    string Barter,
    string Peer,
    BarterKind Kind,
    bool IsOfferer,
    long Incarnation,
    long PeerIncarnation,
    VmFacts? Give,
    BarterPhase Phase,
    IReadOnlyList<Leg> Legs,
    IReadOnlyList<LegState> LegStates,
    BarterOutcome? Outcome,
    string Reason,
    long LeaseMs = 0,
    Exchange? Exchange = null);

/// <summary>A leg that has begun or ended.</summary>
/// <param name="Leg">Its number.</param>
/// <param name="Outcome">How it ended; null while it runs.</param>
internal sealed record LegState(int Leg, LegOutcome? Outcome);
