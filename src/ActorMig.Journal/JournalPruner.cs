using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>
/// Keeps the limits of number, age and size, a little at a time so that no write waits long. Deletes records, and events that no replay needs:
/// those behind the older of an identity's two newest snapshots, and those of actors that have ended long ago. For the writer's thread.
/// </summary>
internal sealed class JournalPruner : IDisposable
{
    private const int RowsPerStep = 2_000;

    /// <summary>Fewer than of records: they stand in two indexes, and somebody waits for those that are written meanwhile.</summary>
    private const int EventsPerStep = 500;
    private const long FreePagesToGiveBack = 256;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _commit;
    private readonly SqlStatement _byNumber;
    private readonly SqlStatement _byAge;
    private readonly SqlStatement _oldest;
    private readonly SqlStatement _covered;
    private readonly SqlStatement _changes;
    private readonly OldEvents _old;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private volatile bool _mayForget;
    private bool _isOverSize;
    private long _records;
    private long _events;

    public JournalPruner(JournalOptions options, TimeProvider time, SqliteConnection connection)
    {
        _options = options;
        _time = time;
        _connection = connection;
        _begin = new SqlStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqlStatement(connection, "COMMIT");
        _byNumber = new SqlStatement(
            connection, "DELETE FROM records WHERE number IN (SELECT number FROM records WHERE number <= (SELECT max(number) FROM records) - ? ORDER BY number LIMIT ?)");
        _byAge = new SqlStatement(
            connection, "DELETE FROM records WHERE number IN (SELECT number FROM records ORDER BY number LIMIT ?) AND created < ?");
        _oldest = new SqlStatement(connection, "DELETE FROM records WHERE number IN (SELECT number FROM records ORDER BY number LIMIT ?)");
        _covered = new SqlStatement(connection, """
            DELETE FROM journal WHERE ordering IN (
              SELECT j.ordering FROM journal j JOIN (
                SELECT persistence_id, min(sequence_number) AS floor, count(*) AS snapshots FROM (
                  SELECT persistence_id, sequence_number,
                    row_number() OVER (PARTITION BY persistence_id ORDER BY sequence_number DESC) AS age FROM snapshot)
                WHERE age <= 2 GROUP BY persistence_id) s
              ON j.persistence_id = s.persistence_id AND s.snapshots = 2 AND j.sequence_number <= s.floor
              LIMIT ?)
            """);
        _changes = new SqlStatement(connection, "SELECT changes()");
        _old = new OldEvents(connection);
    }

    public long Records => Interlocked.Read(ref _records);

    public long Events => Interlocked.Read(ref _events);

    /// <summary>This identity is in use, or will be: it is not deleted as a whole.</summary>
    public void Keep(string persistenceId)
    {
        if (IsEnding(persistenceId))
        {
            lock (_lock)
            {
                _kept.Add(persistenceId);
            }
        }
    }

    /// <summary>This identity has ended: once it is old enough it may go.</summary>
    public void LetGo(string persistenceId)
    {
        lock (_lock)
        {
            _kept.Remove(persistenceId);
        }
    }

    /// <summary>Now it is known which identities are needed: others that have ended may go.</summary>
    public void BeginToForget(IEnumerable<string> stillNeeded)
    {
        foreach (var id in stillNeeded)
        {
            Keep(id);
        }

        _mayForget = true;
    }

    /// <summary>Deletes a little, if there is something to delete.</summary>
    /// <returns>True if there may be more.</returns>
    public bool Step()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _begin.Run();
        try
        {
            var records = Delete(_byNumber, _options.RecordsMax, RowsPerStep);
            records += Delete(_byAge, RowsPerStep, now - _options.RecordsAgeMaxMs);
            var (events, areMore) = _old.Step(now - _options.EventsAgeMaxMs, now, EventsPerStep, MayHaveEnded);
            var isMore = areMore || records >= RowsPerStep;
            if (UsedBytes() > _options.SizeMaxBytes)
            {
                var dropped = Delete(_oldest, RowsPerStep);
                records += dropped;
                var freed = dropped == 0 ? Delete(_covered, RowsPerStep) : dropped;
                events += dropped == 0 ? freed : 0;
                isMore |= freed > 0;
                NoteSize(isStuck: freed == 0);
            }
            else
            {
                _isOverSize = false;
            }

            _commit.Run();
            Interlocked.Add(ref _records, records);
            Interlocked.Add(ref _events, events);
            GiveBack();
            return isMore;
        }
        catch (SqliteException)
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                Sql.Execute(_connection, "ROLLBACK");
            }

            throw;
        }
    }

    public void Dispose()
    {
        _old.Dispose();
        foreach (var statement in (SqlStatement[])[_begin, _commit, _byNumber, _byAge, _oldest, _covered, _changes])
        {
            statement.Dispose();
        }
    }

    private bool IsEnding(string persistenceId)
    {
        foreach (var prefix in _options.EndingIds)
        {
            if (persistenceId.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if an identity is of those that end, and it is known that nobody needs it any more.</summary>
    private bool MayHaveEnded(string persistenceId)
    {
        if (!_mayForget || !IsEnding(persistenceId))
        {
            return false;
        }

        lock (_lock)
        {
            return !_kept.Contains(persistenceId);
        }
    }

    private long Delete(SqlStatement statement, params ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            statement.Bind(i + 1, values[i]);
        }

        statement.Run();
        return Changes();
    }

    private long Changes()
    {
        _changes.Step();
        var changes = _changes.Long(0);
        _changes.Reset();
        return changes;
    }

    private long UsedBytes() =>
        ((long)Sql.Scalar(_connection, "PRAGMA page_count")! - (long)Sql.Scalar(_connection, "PRAGMA freelist_count")!)
        * (long)Sql.Scalar(_connection, "PRAGMA page_size")!;

    /// <summary>A file that was made with incremental vacuum becomes smaller; an older one keeps its free pages for what comes.</summary>
    private void GiveBack()
    {
        if ((long)Sql.Scalar(_connection, "PRAGMA freelist_count")! > FreePagesToGiveBack)
        {
            Sql.Execute(_connection, FormattableString.Invariant($"PRAGMA incremental_vacuum({FreePagesToGiveBack})"));
        }
    }

    private void NoteSize(bool isStuck)
    {
        if (!_isOverSize && isStuck)
        {
            _isOverSize = true;
            _options.Note(
                $"The journal {_options.Path} holds more than {_options.SizeMaxBytes} bytes (actormig.journal.size-max) although all records are dropped: it grows on, because events are needed; raise the limit.");
        }
    }
}
