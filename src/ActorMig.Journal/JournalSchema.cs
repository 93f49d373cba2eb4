using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>The layout of the file, and the ordered steps from each earlier one to it.</summary>
internal static class JournalSchema
{
    // Tables and columns as in Akka.Persistence.Sql ("journal", "tags", "snapshot" of table-mapping default), so that its engine opens the same file.
    private const string Layout1 = """
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

    // The file has a name of its own, by which the marker beside it knows it.
    private const string Layout2 = """
        CREATE TABLE journal_info (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO journal_info VALUES ('id', lower(hex(randomblob(16))));
        """;

    // The newest records of a name are found, however many of others have come since.
    private const string Layout3 = """
        CREATE INDEX records_by_name ON records (name);
        """;

    /// <summary>Step n makes layout n + 1 of layout n. A release only adds to the end.</summary>
    private static readonly string[] Steps = [Layout1, Layout2, Layout3];

    /// <summary>The layout of this release.</summary>
    public static int Version => Steps.Length;

    /// <summary>The layout of the file; 0 if it is new.</summary>
    public static long VersionOf(SqliteConnection connection) => (long)Sql.Scalar(connection, "PRAGMA user_version")!;

    /// <summary>The name of the file.</summary>
    public static string IdOf(SqliteConnection connection) => (string)Sql.Scalar(connection, "SELECT value FROM journal_info WHERE name = 'id'")!;

    /// <summary>A first write that changes nothing: a disk that takes none is better known before anything is decided.</summary>
    public static void TryWrite(SqliteConnection connection) => Sql.Execute(connection, "UPDATE journal_info SET value = value WHERE name = 'id'");

    /// <summary>Refuses a file of a later release.</summary>
    public static void Check(SqliteConnection connection, string path)
    {
        var version = VersionOf(connection);
        if (version > Version)
        {
            throw new JournalException(
                $"The journal {path} is of a later release (layout {version}, this one reads {Version}): install that release again, or move the file away.");
        }
    }

    /// <summary>Takes the file to the layout of this release, each step whole or not at all.</summary>
    public static void Migrate(SqliteConnection connection, JournalOptions options)
    {
        var from = VersionOf(connection);
        for (var version = from; version < Version; version++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
#pragma warning disable CA2100 // Constants of this file.
            command.CommandText = Steps[version] + string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1};");
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            transaction.Commit();
        }

        if (from > 0 && from < Version)
        {
            options.Note($"The journal {options.Path} was of an earlier release (layout {from}) and has layout {Version} now.");
        }
    }
}
