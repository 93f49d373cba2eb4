using ActorMig.Actors;
using ActorMig.Cases;
using ActorMig.Migrations;

namespace ActorMig.Hosts;

/// <summary>What is known at the start of an agent and cannot be read from the journal.</summary>
/// <param name="IncarnationFloor">The new incarnation is above it, whatever the journal says.</param>
/// <param name="Loss">Set if an earlier journal, or a part of it, is lost.</param>
public sealed record HostStart(long IncarnationFloor = 0, JournalLost? Loss = null);

/// <summary>An earlier journal is lost: until a person accepts that, the host only observes.</summary>
/// <param name="Loss">Tells one loss from another.</param>
/// <param name="Reason">What happened, in words.</param>
public sealed record JournalLost(string Loss, string Reason)
{
    /// <summary>For people: what it means and what to do.</summary>
    public string Sentence() =>
        $"the journal was lost ({Reason}): this host only observes and touches no paused domain until a person accepts the loss with `actormig journal accept-loss`";
}

/// <summary>A person has accepted that an earlier journal is lost.</summary>
/// <param name="Loss">Which loss.</param>
/// <param name="Person">Who.</param>
public sealed record JournalLossAccepted(string Loss, string Person);

/// <summary>A person accepts that an earlier journal is lost.</summary>
/// <param name="ReplyTo">Gets <see cref="JournalLossAnswered"/>.</param>
/// <param name="Person">Who.</param>
public sealed record AcceptJournalLoss(ActorRef ReplyTo, string Person);

/// <summary>What comes of it.</summary>
/// <param name="IsAccepted">True if there was a loss, and its acceptance is in the journal.</param>
/// <param name="Text">In words.</param>
public sealed record JournalLossAnswered(bool IsAccepted, string Text);

/// <summary>The HostActor's whole persistent state.</summary>
/// <param name="StartId">The last start of the agent.</param>
/// <param name="Incarnation">The host's incarnation.</param>
/// <param name="Migrations">Migrations that are to be followed to their end.</param>
/// <param name="Arrivals">Arrivals that are to be followed to their end.</param>
/// <param name="Loss">A loss of the journal that nobody has accepted yet.</param>
/// <param name="AcceptedLoss">The last loss that was accepted.</param>
/// <param name="Cases">Migrations that wait for a person, and those that were resolved of late.</param>
/// <param name="Drain">Set while the host is being drained.</param>
/// <param name="DrainMarks">The last word of each other host's that has begun or ended a drain here.</param>
public sealed record HostSnapshot(
    string? StartId,
    long Incarnation,
    IReadOnlyList<MigrationPlan> Migrations,
    IReadOnlyList<MigrationPlan> Arrivals,
    JournalLost? Loss,
    string? AcceptedLoss,
    IReadOnlyList<OperatorCase>? Cases = null,
    DrainBegan? Drain = null,
    IReadOnlyList<DrainMark>? DrainMarks = null);
