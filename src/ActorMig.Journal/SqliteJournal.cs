using ActorMig.Actors;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>
/// The journal in one SQLite file. One thread writes; writes that wait share one commit. A write has ended only when it is on the disk
/// (<c>synchronous = FULL</c>). Thread-safe.
/// </summary>
public sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    /// <summary>Ours, beside each event and snapshot; Akka's serializers have others, and the manifest says what it is.</summary>
    public const int SerializerId = 7_701;

    private readonly JournalOptions _options;
    private readonly MessageRegistry _events;
    private readonly MessageRegistry _records;
    private readonly SqliteConnection _connection;
    private readonly JournalReader _reader;
    private readonly JournalWriter _writer;

    private SqliteJournal(
        JournalOptions options, MessageRegistry events, MessageRegistry records, TimeProvider time, SqliteConnection connection, Ballast ballast)
    {
        _options = options;
        _events = events;
        _records = records;
        _connection = connection;
        Ballast = ballast;
        Id = JournalSchema.IdOf(connection);
        _reader = new JournalReader(options, events);
        _writer = new JournalWriter(options, time, connection, ballast);
    }

    /// <summary>The random name of this file, which it keeps for ever.</summary>
    public string Id { get; }

    /// <summary>Where it lies, and its limits.</summary>
    public JournalOptions Options => _options;

    /// <summary>True while the disk is so full that the ballast had to be given up.</summary>
    public bool IsBallastGivenUp => Ballast.IsGivenUp;

    /// <summary>What was counted since it was opened.</summary>
    public JournalCounters Counters => _writer.Counters(_reader.UnreadableSnapshots);

    internal Ballast Ballast { get; }

    /// <summary>Opens the journal, or makes a new one; one of an earlier release is taken to the layout of this one.</summary>
    /// <param name="options">Where, and its limits.</param>
    /// <param name="events">The names of events and snapshots.</param>
    /// <param name="records">The records' names.</param>
    /// <param name="time">The clock for <c>created</c>.</param>
    /// <exception cref="JournalDamagedException">Its file does not hold what was written there.</exception>
    /// <exception cref="JournalException">It is from a later release, or cannot be written.</exception>
    public static SqliteJournal Open(JournalOptions options, MessageRegistry events, MessageRegistry records, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        SQLitePCL.Batteries_V2.Init();
        var ballast = Ballast.Of(options);
        SqliteConnection? connection = null;
        try
        {
            try
            {
                connection = OpenFile(options, events);
            }
            catch (SqliteException e) when (Sql.IsFull(e) && ballast.TryGiveUp())
            {
                connection = OpenFile(options, events);
            }

            if (!ballast.IsGivenUp && !ballast.TryHold())
            {
                options.Note($"There is no room for the ballast of {options.BallastBytes} bytes (actormig.journal.ballast) in {options.Folder}: make room there.");
            }

            return new SqliteJournal(options, events, records, time ?? TimeProvider.System, connection, ballast);
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw Sql.Explain(options, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(persistenceId);
        ArgumentNullException.ThrowIfNull(apply);
        _writer.Pruner.Keep(persistenceId);
        return _reader.ReplayAsync(persistenceId, apply, cancellation);
    }

    /// <inheritdoc/>
    public Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var rows = new (string Name, byte[] Json)[events.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (_events.NameOf(events[i]), _events.Write(events[i]));
        }

        var written = _writer.Write(new JournalWrite(
            persistenceId, firstSequenceNr, rows, IsSnapshot: false, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        var ended = events.Select(_options.EndedBy).OfType<string>().ToArray();
        return ended.Length == 0 ? written : LetGoAsync(written, ended);
    }

    /// <inheritdoc/>
    public Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot) => _writer.Write(new JournalWrite(
        persistenceId, sequenceNr, [(_events.NameOf(snapshot), _events.Write(snapshot))], IsSnapshot: true,
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));

    /// <summary>Adds a record with the next commit. A record that cannot be kept is dropped and counted: nothing depends on it.</summary>
    /// <param name="record">The record.</param>
    public void Add(object record) =>
        _ = _writer.Write(new JournalWrite(null, 0, [(_records.NameOf(record), _records.Write(record))], IsSnapshot: false, null));

    /// <summary>
    /// From now on identities that have ended long ago are deleted as a whole, if they begin with one of <see cref="JournalOptions.EndingIds"/>.
    /// What was replayed since this journal was opened is in use, and stays.
    /// </summary>
    /// <param name="stillNeeded">Identities that will be replayed yet, however old they are.</param>
    public void BeginToForget(IEnumerable<string> stillNeeded) => _writer.Pruner.BeginToForget(stillNeeded);

    /// <summary>An identity is in use that somebody else replays from this file: it is not deleted as a whole.</summary>
    /// <param name="persistenceId">The identity.</param>
    public void Keep(string persistenceId) => _writer.Pruner.Keep(persistenceId);

    /// <summary>Reads on from a place, events and records together: by time, but each of the two in its own order.</summary>
    /// <param name="after">The place; default for the beginning.</param>
    /// <param name="limit">The most entries.</param>
    public IReadOnlyList<JournalEntry> Read(JournalPosition after, int limit) => _reader.Read(after, limit);

    /// <summary>The persistence ids with a prefix whose first events are the newest; newest first.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<string> NewestIds(string prefix, int count) => _reader.NewestIds(prefix, count);

    /// <summary>All events of a persistence id, in their order.</summary>
    /// <param name="persistenceId">The id.</param>
    public IReadOnlyList<JournalEntry> ReadEventsOf(string persistenceId) => _reader.ReadEventsOf(persistenceId);

    /// <summary>The newest events of an identity, oldest of them first.</summary>
    /// <param name="persistenceId">The identity.</param>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<JournalEntry> NewestEventsOf(string persistenceId, int count) => _reader.NewestEventsOf(persistenceId, count);

    /// <summary>The newest records of a name, oldest of them first, however many of other names have come since.</summary>
    /// <param name="name">The registered name.</param>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<JournalEntry> NewestRecords(string name, int count) => _reader.NewestRecords(name, count);

    /// <summary>Where the journal ends now, or this many entries before.</summary>
    /// <param name="entriesBefore">How many events, and how many records, before the end.</param>
    public JournalPosition End(int entriesBefore = 0)
    {
        var end = _reader.End();
        return new JournalPosition(Math.Max(0, end.Event - entriesBefore), Math.Max(0, end.Record - entriesBefore));
    }

    /// <summary>Makes the ballast again after it was given up. Blocks for the time that writing it takes.</summary>
    /// <returns>False if there is still no room for it.</returns>
    public bool TryHoldBallast() => Ballast.TryHold();

    /// <summary>Gives the ballast up, as on a full disk.</summary>
    /// <returns>True if that made room.</returns>
    public bool TryGiveUpBallast() => Ballast.TryGiveUp();

    /// <summary>Writes what waits, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.Run(_writer.Dispose).ConfigureAwait(false);
        _reader.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task LetGoAsync(Task written, string[] ended)
    {
        await written.ConfigureAwait(false);
        foreach (var id in ended)
        {
            _writer.Pruner.LetGo(id);
        }
    }

    private static SqliteConnection OpenFile(JournalOptions options, MessageRegistry events)
    {
        var connection = Sql.Connect(options.Path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Sql.Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;");
            if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle!, "main") != 0)
            {
                // SQLite opens what it may not write for reading, and says nothing.
                throw new SqliteException("the file cannot be opened for writing", Sql.ReadOnly);
            }

            JournalSchema.Check(connection, options.Path);
            JournalHealth.Check(connection, options, events);
            JournalSchema.Migrate(connection, options);
            JournalSchema.TryWrite(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
