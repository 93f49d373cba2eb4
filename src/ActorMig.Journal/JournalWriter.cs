using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorMig.Journal;

/// <summary>
/// The one thread that writes. What waits when it begins a transaction shares it, and so one flush of the disk. A bad write does not take the others
/// with it; on a full disk the ballast is given up before anything is refused.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int PruneEveryRows = 1_000;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(10);
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly Ballast _ballast;
    private readonly Thread _thread;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _commit;
    private readonly SqlStatement _insertEvent;
    private readonly SqlStatement _insertRecord;
    private readonly SqlStatement _insertSnapshot;
    private readonly SqlStatement _deleteSnapshots;
    private readonly object _gate = new();
    private List<JournalWrite> _waiting = [];
    private List<JournalWrite> _batch = [];
    private bool _isClosed;
    private int _rowsSincePrune = PruneEveryRows;
    private long _prunedAt;
    private long _writes;
    private long _commits;
    private long _snapshots;
    private long _droppedRecords;

    public JournalWriter(JournalOptions options, TimeProvider time, SqliteConnection connection, Ballast ballast)
    {
        _options = options;
        _time = time;
        _connection = connection;
        _ballast = ballast;
        Pruner = new JournalPruner(options, time, connection);
        _begin = new SqlStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqlStatement(connection, "COMMIT");
        _insertEvent = new SqlStatement(connection, $"""
            INSERT INTO journal (deleted, persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid)
            VALUES (0, ?, ?, ?, ?, {SqliteJournal.SerializerId}, ?, ?)
            """);
        _insertEvent.Bind(6, Guid.NewGuid().ToString());
        _insertRecord = new SqlStatement(connection, "INSERT INTO records (created, name, content) VALUES (?, ?, ?)");
        _insertSnapshot = new SqlStatement(connection, $"""
            INSERT OR REPLACE INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id)
            VALUES (?, ?, ?, ?, ?, {SqliteJournal.SerializerId})
            """);
        _deleteSnapshots = new SqlStatement(connection, """
            DELETE FROM snapshot WHERE persistence_id = ?1 AND sequence_number < (
              SELECT sequence_number FROM snapshot WHERE persistence_id = ?1 ORDER BY sequence_number DESC LIMIT 1 OFFSET 1)
            """);
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    public JournalPruner Pruner { get; }

    public JournalCounters Counters(long unreadableSnapshots) => new(
        Interlocked.Read(ref _writes), Interlocked.Read(ref _commits), Interlocked.Read(ref _snapshots),
        Interlocked.Read(ref _droppedRecords), unreadableSnapshots, Pruner.Records, Pruner.Events);

    public Task Write(JournalWrite write)
    {
        lock (_gate)
        {
            if (!_isClosed && _waiting.Count < _options.QueueMax)
            {
                _waiting.Add(write);
                if (_waiting.Count == 1)
                {
                    Monitor.Pulse(_gate);
                }

                return write.Done?.Task ?? Task.CompletedTask;
            }
        }

        if (write.IsRecord)
        {
            Interlocked.Increment(ref _droppedRecords);
            return Task.CompletedTask;
        }

        return Task.FromException(new JournalException($"The journal {_options.Path} is closed, or {_options.QueueMax} writes wait for it."));
    }

    /// <summary>Writes what waits, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        Pruner.Dispose();
        foreach (var statement in (SqlStatement[])[_begin, _commit, _insertEvent, _insertRecord, _insertSnapshot, _deleteSnapshots])
        {
            statement.Dispose();
        }
    }

    private void Run()
    {
        while (TakeBatch())
        {
            if (_batch.Count > 0)
            {
                WriteBatch();
                _batch.Clear();
            }

            if (_rowsSincePrune >= PruneEveryRows || _time.GetElapsedTime(_prunedAt) >= PruneInterval)
            {
                Prune();
            }
        }
    }

    /// <summary>Waits for something to do; false when all is done.</summary>
    private bool TakeBatch()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_isClosed && _rowsSincePrune < PruneEveryRows)
            {
                Monitor.Wait(_gate, PruneInterval);
            }

            (_batch, _waiting) = (_waiting, _batch);
            return _batch.Count > 0 || !_isClosed;
        }
    }

    private void WriteBatch()
    {
        if (_ballast.IsGivenUp)
        {
            MakeWay();
        }

        if (TryCommit(_batch, out var error))
        {
            Complete(_batch);
            return;
        }

        // One bad write must not take the others with it.
        foreach (var write in _batch)
        {
            List<JournalWrite> one = [write];
            if (_batch.Count > 1 && TryCommit(one, out error))
            {
                Complete(one);
            }
            else
            {
                Refuse(write, Sql.Explain(_options, error!));
            }
        }
    }

    /// <summary>On a full disk only events are written.</summary>
    private void MakeWay()
    {
        foreach (var write in _batch)
        {
            if (!write.IsEvents)
            {
                Refuse(write, new JournalException($"The disk of the journal {_options.Path} is full: only events are written; make room in {_options.Folder}."));
            }
        }

        _batch.RemoveAll(w => !w.IsEvents);
    }

    private void Refuse(JournalWrite write, JournalException why)
    {
        if (write.IsRecord)
        {
            Interlocked.Increment(ref _droppedRecords);
        }

        write.Done?.TrySetException(why);
    }

    private void Complete(List<JournalWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.IsEvents)
            {
                Interlocked.Increment(ref _writes);
            }
            else if (write.IsSnapshot)
            {
                Interlocked.Increment(ref _snapshots);
            }

            write.Done?.TrySetResult();
        }
    }

    private bool TryCommit(List<JournalWrite> writes, out SqliteException? error)
    {
        error = null;
        if (writes.Count == 0)
        {
            return true;
        }

        try
        {
            Commit(writes);
            return true;
        }
        catch (SqliteException e)
        {
            Rollback();
            error = e;
        }

        if (!Sql.IsFull(error) || !_ballast.TryGiveUp())
        {
            return false;
        }

        _options.Note($"The disk of the journal {_options.Path} is full: the ballast was given up, so that what has begun can be journaled to its end; make room in {_options.Folder}.");
        return TryCommit(writes, out error);
    }

    private void Commit(List<JournalWrite> writes)
    {
        var created = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _begin.Run();
        foreach (var write in writes)
        {
            Insert(write, created);
        }

        _commit.Run();
        Interlocked.Increment(ref _commits);
    }

    private void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            Sql.Execute(_connection, "ROLLBACK");
        }
    }

    private void Insert(JournalWrite write, long created)
    {
        _rowsSincePrune += write.Rows.Length;
        if (write.PersistenceId is not { } id)
        {
            _insertRecord.Bind(1, created);
            _insertRecord.Bind(2, write.Rows[0].Name);
            _insertRecord.Bind(3, write.Rows[0].Json);
            _insertRecord.Run();
            return;
        }

        var insert = write.IsSnapshot ? _insertSnapshot : _insertEvent;
        for (var i = 0; i < write.Rows.Length; i++)
        {
            insert.Bind(1, id);
            insert.Bind(2, write.FirstNumber + i);
            insert.Bind(3, created);
            insert.Bind(4, write.Rows[i].Json);
            insert.Bind(5, write.Rows[i].Name);
            insert.Run();
        }

        if (write.IsSnapshot)
        {
            _deleteSnapshots.Bind(1, id);
            _deleteSnapshots.Run();
        }
    }

    private void Prune()
    {
        var isMore = false;
        try
        {
            isMore = Pruner.Step();
        }
        catch (SqliteException e)
        {
            _options.Note($"Nothing could be deleted from the journal, which is tried again later: {Sql.Explain(_options, e).Message}");
        }

        _rowsSincePrune = isMore ? PruneEveryRows : 0;
        _prunedAt = _time.GetTimestamp();
    }
}
