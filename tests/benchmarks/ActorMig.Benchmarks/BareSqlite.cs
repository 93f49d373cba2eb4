using Microsoft.Data.Sqlite;

namespace ActorMig.Benchmarks;

/// <summary>The journal's table written with Microsoft.Data.Sqlite as one would by hand: one connection, one prepared command, one transaction an append.</summary>
internal sealed class BareSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;

    public BareSqlite(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        using var command = _connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE journal (
              ordering INTEGER PRIMARY KEY AUTOINCREMENT, deleted INTEGER NOT NULL, persistence_id VARCHAR(255) NOT NULL,
              sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, message BLOB NOT NULL, identifier INTEGER,
              manifest VARCHAR(500), writer_uuid VARCHAR(128), UNIQUE (persistence_id, sequence_number));
            """;
        command.ExecuteNonQuery();
        _insert = _connection.CreateCommand();
        _insert.CommandText = """
            INSERT INTO journal (deleted, persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid)
            VALUES (0, $id, $number, $created, $message, 7701, $manifest, $writer)
            """;
        foreach (var name in (string[])["$id", "$number", "$created", "$message", "$manifest", "$writer"])
        {
            _insert.Parameters.Add(new SqliteParameter(name, null));
        }

        _insert.Parameters["$writer"].Value = Guid.NewGuid().ToString();
    }

    public void Append(string id, long number, string manifest, byte[] message)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        _insert.Parameters[0].Value = id;
        _insert.Parameters[1].Value = number;
        _insert.Parameters[2].Value = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        _insert.Parameters[3].Value = message;
        _insert.Parameters[4].Value = manifest;
        _insert.ExecuteNonQuery();
        transaction.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }
}
