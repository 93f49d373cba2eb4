using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Agent.Why;
using ActorMig.PreFlight;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Cluster;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Journal;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Agent.Control;

/// <summary>A person wants a VM moved.</summary>
internal sealed record MoveRequest(string Vm, string To, MigrationMode? Mode = null, bool IsForced = false);

/// <summary>What comes of it.</summary>
internal sealed record MoveReply(bool IsAccepted, string? Barter, string Text);

/// <summary>What comes of a wish to abort a migration.</summary>
internal sealed record AbortReply(bool IsAccepted, string Text);

/// <summary>A person resolves a migration that needs an operator.</summary>
/// <param name="RunsOn">Where it runs; null: not said.</param>
/// <param name="IsLost">True: it is lost.</param>
/// <param name="Seen">The plan that is to be carried out; null: only shown.</param>
internal sealed record ResolveRequest(string? RunsOn, bool IsLost, string? Seen);

/// <summary>What comes of it.</summary>
internal sealed record ResolveReply(bool IsAccepted, string? Text, CaseView? View = null, CaseClosed? Closed = null);

/// <summary>Migrations that have left from this host.</summary>
internal sealed record MigrationsReply(IReadOnlyList<MigrationInfo> Migrations);

/// <summary>A barter, as this host's journal tells it.</summary>
/// <param name="Barter">Its name.</param>
/// <param name="Entries">What was written of it, oldest first.</param>
internal sealed record BarterStory(string Barter, IReadOnlyList<JournalEntry> Entries);

/// <summary>With whom a VM talks.</summary>
/// <param name="Name">The VM's name.</param>
/// <param name="Uuid">Its UUID.</param>
/// <param name="Traffic">Null: not known.</param>
internal sealed record PartnersInfo(string Name, string Uuid, VmTraffic? Traffic);

/// <summary>What the doctor has found.</summary>
internal sealed record DoctorReply(IReadOnlyList<Finding> Findings);

/// <summary>What comes of accepting that a journal is lost.</summary>
internal sealed record AcceptLossReply(bool IsAccepted, string Text);

/// <summary>A person pulls the brake or lets it go.</summary>
/// <param name="IsFrozen">True to pull it.</param>
/// <param name="ForMs">For how long; null: until somebody lets it go.</param>
/// <param name="Why">In that person's words.</param>
internal sealed record BrakeRequest(bool IsFrozen, long? ForMs, string Why);

/// <summary>A person wants a host empty.</summary>
/// <param name="Host">Which.</param>
/// <param name="DeadlineMs">How long it may take; null: as long as it takes.</param>
/// <param name="Why">In that person's words.</param>
internal sealed record DrainRequest(string Host, long? DeadlineMs, string Why);

/// <summary>What comes of it.</summary>
/// <param name="IsAccepted">True if it is so now.</param>
/// <param name="Text">In words.</param>
/// <param name="Untold">Hosts that have not said yet that they know how the brake stands.</param>
internal sealed record HoldReply(bool IsAccepted, string Text, IReadOnlyList<string>? Untold = null);

/// <summary>How a host's drain stands.</summary>
/// <param name="Host">The host.</param>
/// <param name="Drain">What was asked for and what is left; null: it is not being drained.</param>
/// <param name="IsBusy">True while barters of that host's are open.</param>
internal sealed record DrainReply(string Host, DrainStatus? Drain, bool IsBusy);

/// <summary>All living actors of the agent, and the messages that nobody got.</summary>
internal sealed record ActorsReply(long DeadLetters, IReadOnlyList<ActorInfo> Actors);

/// <summary>A sentence that says what is wrong.</summary>
/// <param name="Error">The sentence.</param>
/// <param name="IsOfJournal">True if the journal cannot be used.</param>
internal sealed record ErrorReply(string Error, bool IsOfJournal = false);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters =
    [
        typeof(KebabCase<Mode>), typeof(KebabCase<Rules.RuleKind>), typeof(KebabCase<BarterKind>), typeof(KebabCase<BarterOutcome>), typeof(KebabCase<LegOutcome>),
        typeof(KebabCase<Refusal>), typeof(KebabCase<MigrationPhase>), typeof(KebabCase<VmStatus>),
        typeof(KebabCase<MigrationMode>), typeof(KebabCase<FindingLevel>), typeof(KebabCase<CaseChoice>),
        typeof(KebabCase<MemberState>), typeof(KebabCase<RefusalReason>), typeof(KebabCase<VmRole>),
    ])]
[JsonSerializable(typeof(HostStatus))]
[JsonSerializable(typeof(BarterInfo))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MoveReply))]
[JsonSerializable(typeof(AbortReply))]
[JsonSerializable(typeof(ResolveRequest))]
[JsonSerializable(typeof(ResolveReply))]
[JsonSerializable(typeof(MigrationsReply))]
[JsonSerializable(typeof(MigrationInfo))]
[JsonSerializable(typeof(MigrationAverage))]
[JsonSerializable(typeof(DoctorReply))]
[JsonSerializable(typeof(AcceptLossReply))]
[JsonSerializable(typeof(BrakeRequest))]
[JsonSerializable(typeof(DrainRequest))]
[JsonSerializable(typeof(HoldReply))]
[JsonSerializable(typeof(DrainStatus))]
[JsonSerializable(typeof(DrainReply))]
[JsonSerializable(typeof(VmLocated))]
[JsonSerializable(typeof(PartnersInfo))]
[JsonSerializable(typeof(WhyReply))]
[JsonSerializable(typeof(BarterStory))]
[JsonSerializable(typeof(ActorsReply))]
[JsonSerializable(typeof(ClusterReply))]
[JsonSerializable(typeof(CountersReply))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(ForgetRequest))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(JobFigures))]
internal sealed partial class ControlJson : JsonSerializerContext;
