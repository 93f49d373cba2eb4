using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Hosts;

/// <summary>An agent has started: raises the host's incarnation.</summary>
/// <param name="StartId">Tells one start from another.</param>
/// <param name="Incarnation">The incarnation.</param>
public sealed record AgentStarted(string StartId, long Incarnation);

/// <summary>A migration was begun and is to be followed to its end.</summary>
/// <param name="Plan">The migration.</param>
public sealed record MigrationOpened(MigrationPlan Plan);

/// <summary>An arrival is expected and is to be followed to its end.</summary>
/// <param name="Plan">The migration.</param>
public sealed record ArrivalOpened(MigrationPlan Plan);

/// <summary>A half needs no more following.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="IsArrival">Which half.</param>
public sealed record HalfEnded(string Migration, bool IsArrival);

/// <summary>
/// The configuration has changed: from now on these options count. What has begun goes on with what it began with: the halves of a migration with all
/// of it unless they are spawned again, a barter with its lease. The host's name does not change while its agent runs.
/// </summary>
/// <param name="Options">All of them.</param>
/// <param name="Policies">The policies, with these options in their recipes.</param>
public sealed record OptionsChanged(ActorMigOptions Options, IReadOnlyList<PolicySpec> Policies);

/// <summary>Asks for the state of the host.</summary>
/// <param name="ReplyTo">Gets <see cref="HostStatus"/>.</param>
public sealed record GetHostStatus(ActorRef ReplyTo);

/// <summary>The state of the host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Incarnation">Which start of its agent.</param>
/// <param name="Mode">What the agent may do.</param>
/// <param name="Round">The last round.</param>
/// <param name="RoundMs">The time between two rounds.</param>
/// <param name="OverloadBitPerSecond">The threshold.</param>
/// <param name="LoadBitPerSecond">The load in the last round.</param>
/// <param name="HypervisorError">Why libvirt cannot be reached; null if it can.</param>
/// <param name="Members">The other hosts.</param>
/// <param name="Migrations">Migrations under way, or ended a moment ago.</param>
/// <param name="ForeignMessages">Messages of peers that were dropped: of an earlier incarnation, about what is another host's, or to nobody.</param>
/// <param name="Barter">The state of bartering.</param>
/// <param name="JournalAlarm">What is wrong with the journal and what to do, in words; null if nothing is.</param>
/// <param name="Cases">Migrations that wait for a person, and those that have been resolved of late.</param>
/// <param name="Foreign">Migrations under way that somebody else has begun.</param>
/// <param name="Brake">How the cluster's brake stands, as far as this host knows.</param>
/// <param name="Drain">Set while this host is being emptied.</param>
/// <param name="MembersAway">Those of the members that are not alive, and how they are.</param>
/// <param name="TrafficUnseen">Why it cannot be seen who talks to whom, in words; null if it can.</param>
/// <param name="HypervisorSilent">Why libvirt tells nothing although it is connected, in words; null if it does.</param>
public sealed record HostStatus(
    string Host,
    long Incarnation,
    Mode Mode,
    long Round,
    long RoundMs,
    double OverloadBitPerSecond,
    double LoadBitPerSecond,
    string? HypervisorError,
    IReadOnlyList<string> Members,
    IReadOnlyList<MigrationProgressed> Migrations,
    long ForeignMessages,
    BarterStatus Barter,
    string? JournalAlarm = null,
    IReadOnlyList<OperatorCase>? Cases = null,
    IReadOnlyList<ForeignMigration>? Foreign = null,
    BrakeStatus? Brake = null,
    DrainStatus? Drain = null,
    IReadOnlyList<Member>? MembersAway = null,
    string? TrafficUnseen = null,
    string? HypervisorSilent = null);
