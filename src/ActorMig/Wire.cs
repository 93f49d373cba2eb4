using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.PreFlight;

namespace ActorMig;

/// <summary>The registered names of everything that crosses the network or lies in the journal.</summary>
public static class Wire
{
    /// <summary>What agents say to each other.</summary>
    public static MessageRegistry Messages() => new MessageRegistry()
        .Add("get-digest.1", PeerJson.Default.GetDigest)
        .Add("digest.1", PeerJson.Default.Digest)
        .Add("offer.1", PeerJson.Default.Offer)
        .Add("grant.1", PeerJson.Default.Grant)
        .Add("decline.1", PeerJson.Default.Decline)
        .Add("confirm.1", PeerJson.Default.Confirm)
        .Add("confirmed.1", PeerJson.Default.Confirmed)
        .Add("start-leg.1", PeerJson.Default.StartLeg)
        .Add("leg-stands.1", PeerJson.Default.LegStands)
        .Add("withdraw.1", PeerJson.Default.Withdraw)
        .Add("barter-stands.1", PeerJson.Default.BarterStands)
        .Add("prepare-arrival.1", PeerJson.Default.PrepareArrival)
        .Add("arrival-ready.1", PeerJson.Default.ArrivalReady)
        .Add("arrival-refused.1", PeerJson.Default.ArrivalRefused)
        .Add("get-arrival.1", PeerJson.Default.GetArrival)
        .Add("arrival-stands.1", PeerJson.Default.ArrivalStands)
        .Add("close-arrival.1", PeerJson.Default.CloseArrival)
        .Add("arrival-closed.1", PeerJson.Default.ArrivalClosed)
        .Add("get-readiness.1", PeerJson.Default.GetReadiness)
        .Add("readiness.1", PeerJson.Default.Readiness)
        .Add("get-case.1", PeerJson.Default.GetCase)
        .Add("case-stands.1", PeerJson.Default.CaseStands)
        .Add("brake-stands.1", PeerJson.Default.BrakeStands)
        .Add("brake-known.1", PeerJson.Default.BrakeKnown)
        .Add("get-brake.1", PeerJson.Default.GetBrake)
        .Add("claim-vms.1", PeerJson.Default.ClaimVms)
        .Add("find-vm.1", PeerJson.Default.FindVm)
        .Add("vm-found.1", PeerJson.Default.VmFound)
        .Add("ask-vm.1", PeerJson.Default.AskVm)
        .Add("vm-here.1", PeerJson.Default.VmHere)
        .Add("ask-drain.1", PeerJson.Default.AskDrain)
        .Add("ask-drain-end.1", PeerJson.Default.AskDrainEnd)
        .Add("get-drain.1", PeerJson.Default.GetDrain)
        .Add("drain-said.1", PeerJson.Default.DrainSaid);

    /// <summary>Events, which are replayed, and the snapshots that take their place.</summary>
    public static MessageRegistry Events() => new MessageRegistry()
        .Add("agent-started.1", WireJson.Default.AgentStarted)
        .Add("migration-opened.1", WireJson.Default.MigrationOpened)
        .Add("arrival-opened.1", WireJson.Default.ArrivalOpened)
        .Add("half-ended.1", WireJson.Default.HalfEnded)
        .Add("barter-offered.1", WireJson.Default.BarterOffered)
        .Add("barter-granted.1", WireJson.Default.BarterGranted)
        .Add("barter-confirmed.1", WireJson.Default.BarterConfirmed)
        .Add("barter-confirmation-heard.1", WireJson.Default.BarterConfirmationHeard)
        .Add("leg-began.1", WireJson.Default.LegBegan)
        .Add("leg-ended.1", WireJson.Default.LegEnded)
        .Add("barter-ended.1", WireJson.Default.BarterEnded)
        .Add("charge-began.1", WireJson.Default.ChargeBegan)
        .Add("charge-ended.1", WireJson.Default.ChargeEnded)
        .Add("vm-arrived.1", WireJson.Default.VmArrived)
        .Add("vm-left.1", WireJson.Default.VmLeft)
        .Add("state-predicted.1", WireJson.Default.StatePredicted)
        .Add("state-measured.1", WireJson.Default.StateMeasured)
        .Add("migration-prepared.1", WireJson.Default.MigrationPrepared)
        .Add("autostart-held.1", WireJson.Default.AutostartHeld)
        .Add("pre-copy-began.1", WireJson.Default.PreCopyBegan)
        .Add("switch-intended.1", WireJson.Default.SwitchIntended)
        .Add("post-copy-began.1", WireJson.Default.PostCopyBegan)
        .Add("migration-broke.1", WireJson.Default.MigrationBroke)
        .Add("abort-intended.1", WireJson.Default.AbortIntended)
        .Add("resume-intended.1", WireJson.Default.ResumeIntended)
        .Add("double-run-seen.1", WireJson.Default.DoubleRunSeen)
        .Add("remedy-intended.1", WireJson.Default.RemedyIntended)
        .Add("migration-settled.1", WireJson.Default.MigrationSettled)
        .Add("arrival-expected.1", WireJson.Default.ArrivalExpected)
        .Add("arrival-seen.1", WireJson.Default.ArrivalSeen)
        .Add("arrival-ran.1", WireJson.Default.ArrivalRan)
        .Add("arrival-autostart-put.1", WireJson.Default.ArrivalAutostartPut)
        .Add("arrival-settled.1", WireJson.Default.ArrivalSettled)
        .Add("journal-lost.1", WireJson.Default.JournalLost)
        .Add("journal-loss-accepted.1", WireJson.Default.JournalLossAccepted)
        .Add("case-opened.1", WireJson.Default.CaseOpened)
        .Add("case-decided.1", WireJson.Default.CaseDecided)
        .Add("case-closed.1", WireJson.Default.CaseClosed)
        .Add("brake-set.1", WireJson.Default.BrakeSet)
        .Add("brake-over.1", WireJson.Default.BrakeOver)
        .Add("drain-began.1", WireJson.Default.DrainBegan)
        .Add("drain-ended.1", WireJson.Default.DrainEnded)
        .Add("storm-rest-ended.1", WireJson.Default.StormRestEnded)
        .Add("cluster-change-wanted.1", WireJson.Default.ClusterChangeWanted)
        .Add("host-snapshot.1", WireJson.Default.HostSnapshot)
        .Add("barter-snapshot.1", WireJson.Default.BarterSnapshot);

    /// <summary>Records, which are never replayed.</summary>
    public static MessageRegistry Records() => new MessageRegistry()
        .Add("round-measured.1", WireJson.Default.RoundMeasured)
        .Add("round-decided.1", WireJson.Default.RoundDecided)
        .Add("offer-declined.1", WireJson.Default.OfferDeclined)
        .Add("state-predicted.1", WireJson.Default.StatePredicted)
        .Add("state-measured.1", WireJson.Default.StateMeasured)
        .Add("move-refused.1", WireJson.Default.MoveRefused)
        .Add("foreign-migration-ended.1", WireJson.Default.ForeignMigrationEnded);
}

/// <summary>Enums as the documentation writes them: <c>both-overloaded</c>.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class KebabCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(KebabCase<Mode>), typeof(KebabCase<Rules.RuleKind>), typeof(KebabCase<BarterKind>), typeof(KebabCase<BarterOutcome>), typeof(KebabCase<LegOutcome>),
        typeof(KebabCase<Refusal>), typeof(KebabCase<DomainState>), typeof(KebabCase<StateReason>), typeof(KebabCase<DomainJob>),
        typeof(KebabCase<MigrationPhase>), typeof(KebabCase<DomainVerb>), typeof(KebabCase<Vms.VmStatus>),
        typeof(KebabCase<BarterPhase>), typeof(KebabCase<MigrationMode>), typeof(KebabCase<CaseChoice>),
    ])]
[JsonSerializable(typeof(AgentStarted))]
[JsonSerializable(typeof(MigrationOpened))]
[JsonSerializable(typeof(ArrivalOpened))]
[JsonSerializable(typeof(HalfEnded))]
[JsonSerializable(typeof(BarterOffered))]
[JsonSerializable(typeof(BarterGranted))]
[JsonSerializable(typeof(BarterConfirmed))]
[JsonSerializable(typeof(BarterConfirmationHeard))]
[JsonSerializable(typeof(LegBegan))]
[JsonSerializable(typeof(LegEnded))]
[JsonSerializable(typeof(BarterEnded))]
[JsonSerializable(typeof(ChargeBegan))]
[JsonSerializable(typeof(ChargeEnded))]
[JsonSerializable(typeof(VmArrived))]
[JsonSerializable(typeof(VmLeft))]
[JsonSerializable(typeof(MigrationPrepared))]
[JsonSerializable(typeof(AutostartHeld))]
[JsonSerializable(typeof(PreCopyBegan))]
[JsonSerializable(typeof(SwitchIntended))]
[JsonSerializable(typeof(PostCopyBegan))]
[JsonSerializable(typeof(MigrationBroke))]
[JsonSerializable(typeof(AbortIntended))]
[JsonSerializable(typeof(ResumeIntended))]
[JsonSerializable(typeof(DoubleRunSeen))]
[JsonSerializable(typeof(RemedyIntended))]
[JsonSerializable(typeof(MigrationSettled))]
[JsonSerializable(typeof(ArrivalExpected))]
[JsonSerializable(typeof(ArrivalSeen))]
[JsonSerializable(typeof(ArrivalRan))]
[JsonSerializable(typeof(ArrivalAutostartPut))]
[JsonSerializable(typeof(ArrivalSettled))]
[JsonSerializable(typeof(JournalLost))]
[JsonSerializable(typeof(JournalLossAccepted))]
[JsonSerializable(typeof(CaseOpened))]
[JsonSerializable(typeof(CaseDecided))]
[JsonSerializable(typeof(CaseClosed))]
[JsonSerializable(typeof(BrakeSet))]
[JsonSerializable(typeof(BrakeOver))]
[JsonSerializable(typeof(DrainBegan))]
[JsonSerializable(typeof(DrainEnded))]
[JsonSerializable(typeof(StormRestEnded))]
[JsonSerializable(typeof(ClusterChangeWanted))]
[JsonSerializable(typeof(HostSnapshot))]
[JsonSerializable(typeof(BarterSnapshot))]
[JsonSerializable(typeof(RoundMeasured))]
[JsonSerializable(typeof(RoundDecided))]
[JsonSerializable(typeof(OfferDeclined))]
[JsonSerializable(typeof(StatePredicted))]
[JsonSerializable(typeof(StateMeasured))]
[JsonSerializable(typeof(MoveRefused))]
[JsonSerializable(typeof(ForeignMigrationEnded))]
internal sealed partial class WireJson : JsonSerializerContext;

/// <summary>
/// Messages of peers: read strictly, so that what is missing or null where it must not be is refused at the door and reaches no actor. Events are read
/// leniently: they are our own.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(KebabCase<Mode>), typeof(KebabCase<Rules.RuleKind>), typeof(KebabCase<BarterKind>), typeof(KebabCase<BarterOutcome>), typeof(KebabCase<LegOutcome>),
        typeof(KebabCase<Refusal>), typeof(KebabCase<DomainState>), typeof(KebabCase<StateReason>), typeof(KebabCase<DomainJob>),
        typeof(KebabCase<MigrationMode>), typeof(KebabCase<FindingLevel>),
    ])]
[JsonSerializable(typeof(GetDigest))]
[JsonSerializable(typeof(Digest))]
[JsonSerializable(typeof(Offer))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(Decline))]
[JsonSerializable(typeof(Confirm))]
[JsonSerializable(typeof(Confirmed))]
[JsonSerializable(typeof(StartLeg))]
[JsonSerializable(typeof(LegStands))]
[JsonSerializable(typeof(Withdraw))]
[JsonSerializable(typeof(BarterStands))]
[JsonSerializable(typeof(PrepareArrival))]
[JsonSerializable(typeof(ArrivalReady))]
[JsonSerializable(typeof(ArrivalRefused))]
[JsonSerializable(typeof(GetArrival))]
[JsonSerializable(typeof(ArrivalStands))]
[JsonSerializable(typeof(CloseArrival))]
[JsonSerializable(typeof(ArrivalClosed))]
[JsonSerializable(typeof(GetReadiness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(GetCase))]
[JsonSerializable(typeof(CaseStands))]
[JsonSerializable(typeof(BrakeStands))]
[JsonSerializable(typeof(BrakeKnown))]
[JsonSerializable(typeof(GetBrake))]
[JsonSerializable(typeof(ClaimVms))]
[JsonSerializable(typeof(FindVm))]
[JsonSerializable(typeof(VmFound))]
[JsonSerializable(typeof(AskVm))]
[JsonSerializable(typeof(VmHere))]
[JsonSerializable(typeof(AskDrain))]
[JsonSerializable(typeof(AskDrainEnd))]
[JsonSerializable(typeof(GetDrain))]
[JsonSerializable(typeof(DrainSaid))]
internal sealed partial class PeerJson : JsonSerializerContext;
