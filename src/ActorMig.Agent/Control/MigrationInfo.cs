using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Journal;
using ActorMig.Migrations;

namespace ActorMig.Agent.Control;

/// <summary>A phase of a migration, and when it began.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="WallMs">When: milliseconds since 1970.</param>
/// <param name="Text">What there is to say of it.</param>
internal sealed record PhaseInfo(MigrationPhase Phase, long WallMs, string? Text);

/// <summary>A migration that has left from this host or has come to it, as its journal tells it.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="Phases">Its phases in order; paper A's seven steps are in them.</param>
/// <param name="Outcome">How it ended; null while it goes on.</param>
/// <param name="Reason">Why it ended so, in words.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Progress">Where libvirt is with it; null if it has ended.</param>
/// <param name="Case">Set if it waits for a person, or was resolved by one of late.</param>
/// <param name="IsArrival">True if it comes to this host: then the figures, and why it left, are known to the host from which it comes.</param>
internal sealed record MigrationInfo(
    MigrationPlan Plan, IReadOnlyList<PhaseInfo> Phases, LegOutcome? Outcome, string? Reason, MigrationFigures? Figures, MigrationProgressed? Progress = null,
    OperatorCase? Case = null, bool IsArrival = false)
{
    private const string Ids = "migration-";
    private const string ArrivalIds = "arrival-";

    /// <summary>The newest migrations that left, or that came; oldest of them first.</summary>
    public static IReadOnlyList<MigrationInfo> Newest(SqliteJournal journal, MessageRegistry events, int count, bool areArrivals) =>
        [.. journal.NewestIds(areArrivals ? ArrivalIds : Ids, count).Reverse().Select(id => Read(journal, events, id)).OfType<MigrationInfo>()];

    /// <summary>A migration by its name, or null.</summary>
    public static MigrationInfo? Find(SqliteJournal journal, MessageRegistry events, string migration) =>
        Read(journal, events, Ids + migration) ?? Read(journal, events, ArrivalIds + migration);

    private static MigrationInfo? Read(SqliteJournal journal, MessageRegistry events, string id)
    {
        MigrationInfo? info = null;
        var phases = new List<PhaseInfo>();
        foreach (var entry in journal.ReadEventsOf(id))
        {
            if (events.ReadIfKnown(entry) is not { } @event)
            {
                // A later release wrote it.
                continue;
            }

            info = @event switch
            {
                MigrationPrepared e => new MigrationInfo(e.Plan, phases, null, null, null),
                ArrivalExpected e => info ?? new MigrationInfo(e.Plan, phases, null, null, null, IsArrival: true),
                MigrationSettled e when info is not null => info with { Outcome = e.Outcome, Reason = e.Reason, Figures = e.Figures },
                ArrivalSettled e when info is not null => info with { Outcome = e.HasCompleted ? LegOutcome.Completed : LegOutcome.Failed, Reason = e.Reason },
                _ => info,
            };

            if (PhaseOf(@event) is var (phase, text))
            {
                phases.Add(new PhaseInfo(phase, entry.WallMs, text));
            }
        }

        return info;
    }

    private static (MigrationPhase Phase, string? Text)? PhaseOf(object @event) => @event switch
    {
        MigrationPrepared => (MigrationPhase.Preparing, "both hosts get ready (step 1)"),
        AutostartHeld => (MigrationPhase.Preparing, "it does not start with this host until it has ended"),
        PreCopyBegan => (MigrationPhase.PreCopy, "memory is copied while the guest runs here"),
        SwitchIntended e => (MigrationPhase.Switching, (e.Reason is null ? "" : e.Reason + ": ") + "it stops here, its state goes over, it runs there (steps 2 to 4)"),
        PostCopyBegan => (MigrationPhase.PostCopy, "the rest of its memory follows, pages that it asks for first (steps 5 to 7)"),
        MigrationBroke e => (MigrationPhase.Recovering, e.Reason),
        ResumeIntended e => (MigrationPhase.Recovering, FormattableString.Invariant($"post-copy is told to go on (try {e.Try})")),
        AbortIntended e => (MigrationPhase.Recovering, $"is aborted: {e.Reason}"),
        DoubleRunSeen => (MigrationPhase.Recovering, "it was seen running on both hosts"),
        RemedyIntended e => (MigrationPhase.Recovering, "puts right: " + Words.Of(e.Verb)),
        ArrivalExpected => (MigrationPhase.Preparing, "this host is ready for it"),
        ArrivalSeen => (MigrationPhase.PreCopy, "libvirt here makes it, and its memory comes"),
        ArrivalRan => (MigrationPhase.Switching, "it has begun to run here; what is left of its memory follows"),
        ArrivalAutostartPut e => (MigrationPhase.Recovering, "puts right: " + Words.Of(e.Verb)),
        MigrationSettled or ArrivalSettled => (MigrationPhase.Ended, null),
        _ => null,
    };
}
