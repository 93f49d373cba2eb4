using System.Text;
using ActorMig.Actors;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>Reads the journal beside its writer, on a few connections that are used again. Thread-safe.</summary>
/// <param name="options">Where it is.</param>
/// <param name="events">The names of events and snapshots.</param>
internal sealed class JournalReader(JournalOptions options, MessageRegistry events) : IDisposable
{
    private const int ConnectionsMax = 4;
    private readonly Lock _lock = new();
    private readonly Stack<Connection> _idle = new();
    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private long _unreadableSnapshots;
    private bool _isClosed;

    /// <summary>Snapshots that were passed over because they could not be read.</summary>
    public long UnreadableSnapshots => Interlocked.Read(ref _unreadableSnapshots);

    public async Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        return Use(c => Replay(c, persistenceId, apply, cancellation));
    }

    public List<JournalEntry> Read(JournalPosition after, int limit)
    {
        _free.Wait();
        return Use(c => JournalEntryMerge.Merge(
            after,
            Entries(c.EventsAfter, after.Event, limit, number => new JournalPosition(number, 0)),
            Entries(c.RecordsAfter, after.Record, limit, number => new JournalPosition(0, number)),
            limit));
    }

    public List<string> NewestIds(string prefix, int count)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        _free.Wait();
        return Use(c =>
        {
            var (rows, ids) = (c.NewestIds, new List<string>());
            rows.Bind(1, prefix);
            rows.Bind(2, prefix[..^1] + (char)(prefix[^1] + 1));
            rows.Bind(3, count);
            while (rows.Step())
            {
                ids.Add(rows.Text(0));
            }

            return ids;
        });
    }

    public List<JournalEntry> ReadEventsOf(string persistenceId)
    {
        _free.Wait();
        return Use(c =>
        {
            c.EntriesOf.Bind(1, persistenceId);
            return Entries(c.EntriesOf, number => new JournalPosition(number, 0));
        });
    }

    public List<JournalEntry> NewestEventsOf(string persistenceId, int count)
    {
        _free.Wait();
        return Use(c =>
        {
            c.NewestOf.Bind(1, persistenceId);
            c.NewestOf.Bind(2, count);
            var entries = Entries(c.NewestOf, number => new JournalPosition(number, 0));
            entries.Reverse();
            return entries;
        });
    }

    public List<JournalEntry> NewestRecords(string name, int count)
    {
        _free.Wait();
        return Use(c =>
        {
            c.NewestRecords.Bind(1, name);
            c.NewestRecords.Bind(2, count);
            var entries = Entries(c.NewestRecords, number => new JournalPosition(0, number));
            entries.Reverse();
            return entries;
        });
    }

    public JournalPosition End()
    {
        _free.Wait();
        return Use(c => new JournalPosition(Number(c.LastEvent), Number(c.LastRecord)));
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Gives a connection out, for which the caller has waited, and takes it back; one that failed is not used again.</summary>
    private T Use<T>(Func<Connection, T> read)
    {
        Connection? connection = null;
        var isSound = false;
        try
        {
            connection = Take();
            var result = read(connection);
            isSound = true;
            return result;
        }
        catch (SqliteException e)
        {
            throw Sql.Explain(options, e);
        }
        finally
        {
            Return(connection, isSound);
            _free.Release();
        }
    }

    private Connection Take()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_idle.TryPop(out var connection))
            {
                return connection;
            }
        }

        return new Connection(options.Path);
    }

    private void Return(Connection? connection, bool isSound)
    {
        lock (_lock)
        {
            if (connection is not null && isSound && !_isClosed)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection?.Dispose();
    }

    private long Replay(Connection connection, string persistenceId, Action<object> apply, CancellationToken cancellation)
    {
        // One view of the file: what is deleted meanwhile is still seen.
        connection.Begin.Run();
        try
        {
            var highest = ApplySnapshot(connection.Snapshots, persistenceId, apply);
            var rows = connection.EventsOf;
            rows.Bind(1, persistenceId);
            rows.Bind(2, highest);
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var number = rows.Long(0);
                if (number != highest + 1)
                {
                    throw Sql.Damaged(options, $"lacks event {highest + 1} of '{persistenceId}'");
                }

                highest = number;
                apply(ReadEvent(rows, persistenceId));
            }

            return highest;
        }
        finally
        {
            connection.EventsOf.Reset();
            connection.Snapshots.Reset();
            connection.Commit.Run();
        }
    }

    private object ReadEvent(SqlStatement rows, string persistenceId)
    {
        try
        {
            return events.Read(rows.Text(1), rows.Blob(2));
        }
        catch (FormatException e)
        {
            throw Sql.Damaged(options, $"is damaged (event {rows.Long(0)} of '{persistenceId}' cannot be read: {e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Applies the newest snapshot that can be read; returns the number of the last event in it, or 0.</summary>
    private long ApplySnapshot(SqlStatement rows, string persistenceId, Action<object> apply)
    {
        rows.Bind(1, persistenceId);
        while (rows.Step())
        {
            object snapshot;
            try
            {
                snapshot = events.Read(rows.Text(1), rows.Blob(2));
            }
            catch (FormatException e)
            {
                Interlocked.Increment(ref _unreadableSnapshots);
                options.Note($"The snapshot of '{persistenceId}' at event {rows.Long(0)} cannot be read and is passed over: {e.Message}");
                continue;
            }

            var number = rows.Long(0);
            rows.Reset();
            apply(snapshot);
            return number;
        }

        return 0;
    }

    private static List<JournalEntry> Entries(SqlStatement rows, long after, int limit, Func<long, JournalPosition> position)
    {
        rows.Bind(1, after);
        rows.Bind(2, limit);
        return Entries(rows, position);
    }

    private static List<JournalEntry> Entries(SqlStatement rows, Func<long, JournalPosition> position)
    {
        var entries = new List<JournalEntry>();
        while (rows.Step())
        {
            entries.Add(new JournalEntry(position(rows.Long(0)), rows.Long(1), rows.Text(2), rows.Text(3), Encoding.UTF8.GetString(rows.Blob(4))));
        }

        return entries;
    }

    private static long Number(SqlStatement row)
    {
        row.Step();
        var number = row.Long(0);
        row.Reset();
        return number;
    }

    private sealed class Connection : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly List<SqlStatement> _statements = [];

        public Connection(string path)
        {
            _connection = Sql.Connect(path, SqliteOpenMode.ReadOnly);
            try
            {
                Begin = Prepare("BEGIN");
                Commit = Prepare("COMMIT");
                Snapshots = Prepare("SELECT sequence_number, manifest, snapshot FROM snapshot WHERE persistence_id = ? ORDER BY sequence_number DESC");
                EventsOf = Prepare(
                    "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = ? AND sequence_number > ? AND deleted = 0 ORDER BY sequence_number");
                EventsAfter = Prepare("SELECT ordering, created, persistence_id, manifest, message FROM journal WHERE ordering > ? ORDER BY ordering LIMIT ?");
                RecordsAfter = Prepare("SELECT number, created, 'record', name, content FROM records WHERE number > ? ORDER BY number LIMIT ?");
                NewestIds = Prepare(
                    "SELECT persistence_id FROM journal WHERE persistence_id >= ? AND persistence_id < ? AND sequence_number = 1 AND deleted = 0 ORDER BY ordering DESC LIMIT ?");
                EntriesOf = Prepare("SELECT ordering, created, persistence_id, manifest, message FROM journal WHERE persistence_id = ? AND deleted = 0 ORDER BY sequence_number");
                NewestOf = Prepare(
                    "SELECT ordering, created, persistence_id, manifest, message FROM journal WHERE persistence_id = ? AND deleted = 0 ORDER BY sequence_number DESC LIMIT ?");
                NewestRecords = Prepare(
                    "SELECT number, created, 'record', name, content FROM records INDEXED BY records_by_name WHERE name = ? ORDER BY number DESC LIMIT ?");
                LastEvent = Prepare("SELECT coalesce(max(ordering), 0) FROM journal");
                LastRecord = Prepare("SELECT coalesce(max(number), 0) FROM records");
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public SqlStatement Begin { get; }

        public SqlStatement Commit { get; }

        public SqlStatement Snapshots { get; }

        public SqlStatement EventsOf { get; }

        public SqlStatement EventsAfter { get; }

        public SqlStatement RecordsAfter { get; }

        public SqlStatement NewestIds { get; }

        public SqlStatement EntriesOf { get; }

        public SqlStatement NewestOf { get; }

        public SqlStatement NewestRecords { get; }

        public SqlStatement LastEvent { get; }

        public SqlStatement LastRecord { get; }

        public void Dispose()
        {
            foreach (var statement in _statements)
            {
                statement.Dispose();
            }

            _connection.Dispose();
        }

        private SqlStatement Prepare(string sql)
        {
            var statement = new SqlStatement(_connection, sql);
            _statements.Add(statement);
            return statement;
        }
    }
}
