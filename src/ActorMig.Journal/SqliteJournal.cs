using System.Threading.Channels;
using ActorMig.Actors;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>
/// The journal in one SQLite file. One thread writes; writes that wait share one commit. A write has ended only when it is on the disk
/// (<c>synchronous = FULL</c>). Thread-safe.
/// </summary>
public sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private const int PruneEvery = 1_000;

    /// <summary>Ours; Akka's serializers have others, and the manifest says what it is.</summary>
    private const int SerializerId = 7_701;

    // Tables and columns as in Akka.Persistence.Sql ("journal", "tags", "snapshot" of table-mapping default), so that its engine opens the same file.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS journal (
          ordering INTEGER PRIMARY KEY AUTOINCREMENT, deleted INTEGER NOT NULL, persistence_id VARCHAR(255) NOT NULL,
          sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, message BLOB NOT NULL, identifier INTEGER,
          manifest VARCHAR(500), writer_uuid VARCHAR(128), UNIQUE (persistence_id, sequence_number));
        CREATE TABLE IF NOT EXISTS tags (
          ordering_id INTEGER NOT NULL, tag VARCHAR(64) NOT NULL, persistence_id VARCHAR(255) NOT NULL, sequence_nr INTEGER NOT NULL,
          PRIMARY KEY (ordering_id, tag));
        CREATE TABLE IF NOT EXISTS snapshot (
          persistence_id VARCHAR(255) NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, snapshot BLOB NOT NULL,
          manifest VARCHAR(500), serializer_id INTEGER, PRIMARY KEY (persistence_id, sequence_number));
        CREATE TABLE IF NOT EXISTS records (
          number INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL);
        """;

    private readonly JournalOptions _options;
    private readonly MessageRegistry _events;
    private readonly MessageRegistry _records;
    private readonly TimeProvider _time;
    private readonly string _writerUuid;
    private readonly SqliteConnection _connection;
    private readonly Channel<Write> _queue;
    private readonly Task _writer;
    private long _recordsSincePrune;

    private SqliteJournal(JournalOptions options, MessageRegistry events, MessageRegistry records, TimeProvider time, SqliteConnection connection)
    {
        _options = options;
        _events = events;
        _records = records;
        _time = time;
        _connection = connection;
        _writerUuid = Guid.NewGuid().ToString();
        _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(options.QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writer = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Opens the journal, or makes a new one.</summary>
    /// <param name="options">Where, and its limits.</param>
    /// <param name="events">The events' names.</param>
    /// <param name="records">The records' names.</param>
    /// <param name="time">The clock for <c>created</c>.</param>
    /// <exception cref="JournalException">It is damaged, from a later release, or cannot be written.</exception>
    public static SqliteJournal Open(JournalOptions options, MessageRegistry events, MessageRegistry records, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        SQLitePCL.Batteries_V2.Init();
        var connection = Connect(options.Path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
            var version = (long)Scalar(connection, "PRAGMA user_version")!;
            if (version > SchemaVersion)
            {
                throw new JournalException(
                    $"The journal {options.Path} is of a later release (layout {version}, this one reads {SchemaVersion}): install that release again, or move the file away.");
            }

            Execute(connection, Schema);
            Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
            return new SqliteJournal(options, events, records, time ?? TimeProvider.System, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new JournalException($"The journal {options.Path} cannot be used: {e.Message}. Check the file, its folder and the free space.", e);
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(apply);
        using var connection = Connect(_options.Path, SqliteOpenMode.ReadOnly);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = $id AND deleted = 0 ORDER BY sequence_number";
        command.Parameters.AddWithValue("$id", persistenceId);
        long highest = 0;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var number = reader.GetInt64(0);
            if (number != highest + 1)
            {
                throw new JournalException($"The journal {_options.Path} lacks event {highest + 1} of '{persistenceId}'.");
            }

            highest = number;
            apply(_events.Read(reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return Task.FromResult(highest);
    }

    /// <inheritdoc/>
    public Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var rows = events.Select((e, i) => new Row(persistenceId, firstSequenceNr + i, _events.NameOf(e), _events.Write(e))).ToArray();
        return Enqueue(new Write(rows, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
    }

    /// <summary>Adds a record with the next commit. A record that cannot be kept is dropped: nothing depends on it.</summary>
    /// <param name="record">The record.</param>
    public void Add(object record) =>
        _queue.Writer.TryWrite(new Write([new Row(null, 0, _records.NameOf(record), _records.Write(record))], null));

    /// <summary>Reads on from a place, events and records together, oldest first.</summary>
    /// <param name="after">The place; default for the beginning.</param>
    /// <param name="limit">The most entries.</param>
    public IReadOnlyList<JournalEntry> Read(JournalPosition after, int limit)
    {
        using var connection = Connect(_options.Path, SqliteOpenMode.ReadOnly);
        connection.Open();
        return Read(connection, after, limit);
    }

    /// <summary>Where the journal ends now, or this many entries before.</summary>
    /// <param name="entriesBefore">How many events, and how many records, before the end.</param>
    public JournalPosition End(int entriesBefore = 0)
    {
        using var connection = Connect(_options.Path, SqliteOpenMode.ReadOnly);
        connection.Open();
        var lastEvent = (long)(Scalar(connection, "SELECT coalesce(max(ordering), 0) FROM journal") ?? 0L);
        var lastRecord = (long)(Scalar(connection, "SELECT coalesce(max(number), 0) FROM records") ?? 0L);
        return new JournalPosition(Math.Max(0, lastEvent - entriesBefore), Math.Max(0, lastRecord - entriesBefore));
    }

    /// <summary>Writes what waits, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static List<JournalEntry> Read(SqliteConnection connection, JournalPosition after, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT kind, position, created, source, name, content FROM (
              SELECT 0 AS kind, ordering AS position, created, persistence_id AS source, manifest AS name, message AS content
                FROM journal WHERE ordering > $event
              UNION ALL
              SELECT 1, number, created, 'record', name, content FROM records WHERE number > $record)
            ORDER BY created, kind, position LIMIT $limit
            """;
        command.Parameters.AddWithValue("$event", after.Event);
        command.Parameters.AddWithValue("$record", after.Record);
        command.Parameters.AddWithValue("$limit", limit);
        var entries = new List<JournalEntry>();
        using var reader = command.ExecuteReader();
        var position = after;
        while (reader.Read())
        {
            position = reader.GetInt64(0) == 0
                ? position with { Event = Math.Max(position.Event, reader.GetInt64(1)) }
                : position with { Record = Math.Max(position.Record, reader.GetInt64(1)) };
            entries.Add(new JournalEntry(
                position, reader.GetInt64(2), reader.GetString(3), reader.GetString(4), System.Text.Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(5))));
        }

        return entries;
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = mode == SqliteOpenMode.ReadOnly }.ToString());

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private Task Enqueue(Write write) => _queue.Writer.TryWrite(write)
        ? write.Done!.Task
        : Task.FromException(new JournalException($"The journal {_options.Path} is closed, or {_options.QueueMax} writes wait for it."));

    private async Task RunAsync()
    {
        var batch = new List<Write>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < 1_000 && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            if (!TryCommit(batch, out var error))
            {
                // One bad write must not take the others with it.
                foreach (var write in batch)
                {
                    if (batch.Count > 1 && TryCommit([write], out error))
                    {
                        write.Done?.TrySetResult();
                    }
                    else
                    {
                        write.Done?.TrySetException(new JournalException($"The journal {_options.Path} took no write: {error!.Message}", error));
                    }
                }

                continue;
            }

            foreach (var write in batch)
            {
                write.Done?.TrySetResult();
            }
        }
    }

    private bool TryCommit(List<Write> batch, out Exception? error)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            var created = _time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var row in batch.SelectMany(w => w.Rows))
            {
                Insert(transaction, row, created);
            }

            transaction.Commit();
            error = null;
            return true;
        }
        catch (SqliteException e)
        {
            error = e;
            return false;
        }
    }

    private void Insert(SqliteTransaction transaction, Row row, long created)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        if (row.PersistenceId is null)
        {
            command.CommandText = "INSERT INTO records (created, name, content) VALUES ($created, $name, $content)";
            command.Parameters.AddWithValue("$name", row.Name);
            command.Parameters.AddWithValue("$content", row.Json);
            if (++_recordsSincePrune >= PruneEvery)
            {
                _recordsSincePrune = 0;
                Prune(transaction);
            }
        }
        else
        {
            command.CommandText = """
                INSERT INTO journal (deleted, persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid)
                VALUES (0, $id, $number, $created, $message, $identifier, $manifest, $writer)
                """;
            command.Parameters.AddWithValue("$id", row.PersistenceId);
            command.Parameters.AddWithValue("$number", row.SequenceNr);
            command.Parameters.AddWithValue("$message", row.Json);
            command.Parameters.AddWithValue("$identifier", SerializerId);
            command.Parameters.AddWithValue("$manifest", row.Name);
            command.Parameters.AddWithValue("$writer", _writerUuid);
        }

        command.Parameters.AddWithValue("$created", created);
        command.ExecuteNonQuery();
    }

    private void Prune(SqliteTransaction transaction)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "DELETE FROM records WHERE number <= (SELECT max(number) FROM records) - $max";
        command.Parameters.AddWithValue("$max", _options.RecordsMax);
        command.ExecuteNonQuery();
    }

    private sealed record Row(string? PersistenceId, long SequenceNr, string Name, byte[] Json);

    private sealed record Write(IReadOnlyList<Row> Rows, TaskCompletionSource? Done);
}
