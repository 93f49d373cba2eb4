using System.Data.Common;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Akka.Persistence.Sql;
using ActorMig.Journal;
using LinqToDB;
using LinqToDB.Common;
using LinqToDB.Interceptors;
using ActorRef = ActorMig.Actors.ActorRef;
using Props = ActorMig.Actors.Props;

namespace ActorMig.Akka.Tests;

/// <summary>The engine on Akka.NET with Akka.Persistence.Sql on a file of our journal. Its disk misbehaves where linq2db hands a statement to SQLite.</summary>
internal sealed class SqlEngine : EngineUnderTest
{
    internal const string Chosen = AkkaConformance.Quiet + """

        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-").FullName;
    private readonly SqliteJournal _file;
    private readonly MessageRegistry _names = EnginesTakeTurns.Names();
    private readonly Disk _disk = new();
    private readonly AkkaActorSystem _system;
    private readonly Kit _kit;

    public SqlEngine(long writeTimeoutMs)
    {
        WriteTimeoutMs = writeTimeoutMs;
        _file = SqliteJournal.Open(new JournalOptions { Path = Path.Combine(_folder, "journal.db"), BallastBytes = 0 }, _names, _names);
        _system = new AkkaActorSystem(
            new ActorSystemOptions { WriteTimeoutMs = writeTimeoutMs, SnapshotEvery = SnapshotEvery }, this, hocon: Chosen,
            tables: EnginesTakeTurns.Tables(_file) with { Adjust = o => o.UseInterceptor(_disk) });
        _kit = new Kit(_system.System);
    }

    public override long WriteTimeoutMs { get; }

    public override ActorRef Spawn(Props props, string name) => _system.Spawn(props, name);

    public override void Tell(ActorRef target, object message) => _system.Tell(target, message);

    public override void Until(Func<bool> condition)
    {
        var hasCome = _kit.ComesToHold(condition, Limit);
        Assert.True(hasCome, "It did not come to pass; the log: " + string.Join(" | ", Log));
    }

    public override void Pass(long ms)
    {
    }

    public override void RefuseNextWrite(string persistenceId) => _disk.RefuseNext(persistenceId);

    public override void HangNextWrite(string persistenceId) => _disk.HangNext(persistenceId);

    public override void ReleaseWrites(string persistenceId, bool lands)
    {
        Until(() => !_disk.WaitsToHang(persistenceId));
        _disk.Release(persistenceId, lands);
    }

    public override void RefuseSnapshots(string persistenceId) => _disk.RefuseSnapshots(persistenceId);

    public override IReadOnlyList<long> Snapshots(string persistenceId) =>
        new SnapshotRows(EnginesTakeTurns.Tables(_file)).NumbersAsync(persistenceId, long.MaxValue, CancellationToken.None).GetAwaiter().GetResult().Order().ToList();

    public override IReadOnlyList<object> Durable(string persistenceId) =>
        [.. _file.ReadEventsOf(persistenceId).Select(e => _names.Read(e.Name, System.Text.Encoding.UTF8.GetBytes(e.Json)))];

    public override async ValueTask DisposeAsync()
    {
        _disk.ReleaseAll();
        await _system.DisposeAsync();
        await _file.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Disk : CommandInterceptor
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _refuse = [];
        private readonly HashSet<string> _refuseSnapshots = [];
        private readonly HashSet<string> _hang = [];
        private readonly List<(string Id, TaskCompletionSource Ends)> _hanging = [];

        public override async Task<Option<int>> ExecuteNonQueryAsync(CommandEventData eventData, DbCommand command, Option<int> result, CancellationToken cancellationToken)
        {
            Task ends;
            lock (_lock)
            {
                if (command.CommandText.Contains("[snapshot]", StringComparison.Ordinal))
                {
                    return Find(_refuseSnapshots, command) is null ? result : throw new IOException("refused");
                }

                if (!command.CommandText.Contains("INSERT INTO [journal]", StringComparison.Ordinal))
                {
                    return result;
                }

                if (Find(_refuse, command) is { } refused)
                {
                    _refuse.Remove(refused);
                    throw new IOException("refused");
                }

                if (Find(_hang, command) is not { } hangs)
                {
                    return result;
                }

                _hang.Remove(hangs);
                var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _hanging.Add((hangs, source));
                ends = source.Task;
            }

            await ends;
            return result;
        }

        public void RefuseNext(string id) => Locked(() => _refuse.Add(id));

        public void HangNext(string id) => Locked(() => _hang.Add(id));

        public void RefuseSnapshots(string id) => Locked(() => _refuseSnapshots.Add(id));

        public bool WaitsToHang(string id) => Locked(() => _hang.Contains(id));

        public void Release(string id, bool lands)
        {
            foreach (var (_, ends) in Locked(() => { var some = _hanging.Where(h => h.Id == id).ToList(); _hanging.RemoveAll(h => h.Id == id); return some; }))
            {
                if (lands)
                {
                    ends.SetResult();
                }
                else
                {
                    ends.SetException(new IOException("lost"));
                }
            }
        }

        public void ReleaseAll()
        {
            foreach (var id in Locked(() => _hanging.Select(h => h.Id).ToList()))
            {
                Release(id, lands: false);
            }
        }

        /// <summary>One row comes with parameters, more of them as text.</summary>
        private static string? Find(HashSet<string> ids, DbCommand command) => ids.FirstOrDefault(
            id => command.CommandText.Contains($"'{id}'", StringComparison.Ordinal) || command.Parameters.Cast<DbParameter>().Any(p => id.Equals(p.Value)));

        private T Locked<T>(Func<T> act)
        {
            lock (_lock)
            {
                return act();
            }
        }
    }
}
