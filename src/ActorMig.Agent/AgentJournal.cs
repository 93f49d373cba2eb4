using ActorMig.Agent.Configuration;
using ActorMig.Hosts;
using ActorMig.Journal;

namespace ActorMig.Agent;

/// <summary>The agent's journal, and what its start must know that the journal cannot tell.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Start">For the HostActor.</param>
internal sealed record AgentJournal(SqliteJournal Journal, HostStart Start)
{
    private const string HostId = "host";
    private const string BarterId = "barter";
    private const string MigrationPrefix = "migration-";
    private const string ArrivalPrefix = "arrival-";

    /// <summary>Opens the journal, whatever happened to it.</summary>
    /// <exception cref="JournalException">It is from a later release, or cannot be written.</exception>
    public static async Task<AgentJournal> OpenAsync(AgentOptions options, TimeProvider time, Action<string> note)
    {
        var opened = await JournalStore.OpenAsync(
            new JournalOptions
            {
                Path = Path.Combine(options.DataDir, "journal.db"),
                RecordsMax = options.RecordsMax,
                RecordsAgeMaxMs = options.RecordsAgeMaxMs,
                EventsAgeMaxMs = options.EventsAgeMaxMs,
                SizeMaxBytes = options.JournalBytesMax,
                QueueMax = options.WriteQueueMax,
                BallastBytes = options.BallastBytes,
                CheckMaxMs = options.JournalCheckMaxMs,
                EndingIds = [MigrationPrefix, ArrivalPrefix],
                Note = note,
            },
            Wire.Events(),
            Wire.Records(),
            new JournalOwner(HostId, IncarnationIn, [BarterId]),
            time).ConfigureAwait(false);
        var journal = opened.Journal;
        try
        {
            var open = new OpenHalves();
            await journal.ReplayAsync(HostId, open.Apply, CancellationToken.None).ConfigureAwait(false);
            journal.BeginToForget(open.Ids);
            return new AgentJournal(
                journal, new HostStart(opened.IncarnationFloor, opened.Loss is { } loss ? new JournalLost(loss.Id, loss.Reason) : null));
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static long? IncarnationIn(object message) => message switch
    {
        AgentStarted e => e.Incarnation,
        HostSnapshot e => e.Incarnation,
        _ => null,
    };

    /// <summary>The halves of migrations that are followed yet, as the HostActor's events tell.</summary>
    private sealed class OpenHalves
    {
        public SortedSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public void Apply(object message)
        {
            switch (message)
            {
                case MigrationOpened e:
                    Ids.Add(MigrationPrefix + e.Plan.Migration);
                    break;
                case ArrivalOpened e:
                    Ids.Add(ArrivalPrefix + e.Plan.Migration);
                    break;
                case HalfEnded e:
                    Ids.Remove((e.IsArrival ? ArrivalPrefix : MigrationPrefix) + e.Migration);
                    break;
                case HostSnapshot e:
                    Ids.UnionWith(e.Migrations.Select(p => MigrationPrefix + p.Migration));
                    Ids.UnionWith(e.Arrivals.Select(p => ArrivalPrefix + p.Migration));
                    break;
            }
        }
    }
}
