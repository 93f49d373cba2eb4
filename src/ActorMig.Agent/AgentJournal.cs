using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Hosts;
using ActorMig.Journal;

namespace ActorMig.Agent;

/// <summary>The agent's journal, and what its start must know that the journal cannot tell.</summary>
/// <param name="Opened">The journal.</param>
/// <param name="Start">For the HostActor.</param>
internal sealed record AgentJournal(OpenedJournal Opened, HostStart Start)
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(30);
    private const string MigrationPrefix = "migration-";
    private const string ArrivalPrefix = "arrival-";

    /// <summary>Opens the journal, whatever happened to it.</summary>
    /// <exception cref="JournalException">It is from a later release, or cannot be written.</exception>
    public static async Task<AgentJournal> OpenAsync(AgentOptions options, TimeProvider time, Action<string> note)
    {
        var host = new HostEvents();
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
                EndedBy = e => e is HalfEnded half ? IdOf(half) : null,
                Note = note,
            },
            Wire.Events(),
            Wire.Records(),
            host,
            time).ConfigureAwait(false);
        opened.Journal.BeginToForget(host.Needed);
        return new AgentJournal(
            opened, new HostStart(opened.IncarnationFloor, opened.Loss is { } loss ? new JournalLost(loss.Id, loss.Reason) : null));
    }

    /// <summary>The journal.</summary>
    public SqliteJournal Journal => Opened.Journal;

    /// <summary>Waits until the incarnation of this start is durable, and marks that.</summary>
    public async Task ConfirmStartAsync(IActorSystem system, ActorRef host, Action<string> note, CancellationToken stop)
    {
        try
        {
            var status = (HostStatus)await system.AskAsync(host, r => new GetHostStatus(r), ConfirmTimeout, stop).ConfigureAwait(false);
            Opened.ConfirmStart(status.Incarnation);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The agent ends.
        }
        catch (Exception e) when (e is TimeoutException or IOException or UnauthorizedAccessException)
        {
            note($"This start could not be marked beside the journal, so that an older copy of it might not be noticed: {e.Message}");
        }
    }

    private static string IdOf(HalfEnded half) => (half.IsArrival ? ArrivalPrefix : MigrationPrefix) + half.Migration;

    /// <summary>What the HostActor's events tell: the incarnation, and which halves of migrations are followed yet.</summary>
    private sealed class HostEvents : IJournalOwner
    {
        private readonly SortedSet<string> _needed = new(StringComparer.Ordinal) { "barter" };

        public string PersistenceId => "host";

        public long Incarnation { get; private set; }

        public IReadOnlyCollection<string> Needed => _needed;

        public void Apply(object message)
        {
            switch (message)
            {
                case AgentStarted e:
                    Incarnation = Math.Max(Incarnation, e.Incarnation);
                    break;
                case MigrationOpened e:
                    _needed.Add(MigrationPrefix + e.Plan.Migration);
                    break;
                case ArrivalOpened e:
                    _needed.Add(ArrivalPrefix + e.Plan.Migration);
                    break;
                case HalfEnded e:
                    _needed.Remove(IdOf(e));
                    break;
                case HostSnapshot e:
                    Incarnation = Math.Max(Incarnation, e.Incarnation);
                    _needed.UnionWith(e.Migrations.Select(p => MigrationPrefix + p.Migration));
                    _needed.UnionWith(e.Arrivals.Select(p => ArrivalPrefix + p.Migration));
                    break;
            }
        }
    }
}
