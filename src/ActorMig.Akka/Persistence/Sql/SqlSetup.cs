using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>How the choice between our own plug-in and Akka.Persistence.Sql is read from Akka's settings.</summary>
internal static class SqlSetup
{
    private const string JournalKey = "akka.persistence.journal.plugin";
    private const string JournalName = "akka.persistence.journal.sql";
    private const string OwnJournalName = "akka.persistence.journal.actormig";
    private const string SnapshotsKey = "akka.persistence.snapshot-store.plugin";
    private const string SnapshotsName = "akka.persistence.snapshot-store.sql";
    private const string OwnSnapshotsName = "akka.persistence.snapshot-store.actormig";

    /// <summary>Whether the operator's settings choose Akka.Persistence.Sql.</summary>
    /// <exception cref="ConfigurationException">They choose it and it cannot be.</exception>
    public static bool IsChosen(Config chosen, SqlTables? tables)
    {
        var (journal, snapshots) = (chosen.GetString(JournalKey, ""), chosen.GetString(SnapshotsKey, ""));
        return (journal, snapshots, tables) switch
        {
            (JournalName, "" or SnapshotsName, not null) => true,
            (JournalName, "" or SnapshotsName, null) => throw new ConfigurationException(
                $"{JournalKey} is {JournalName}, and this actor system was given no tables for it: give AkkaActorSystem the SqlTables of the journal's file, or leave that line out."),
            (JournalName, _, _) => throw new ConfigurationException(
                $"{JournalKey} is {JournalName}, and {SnapshotsKey} is {snapshots}: leave that out, the journal's choice counts for both."),
            (_, SnapshotsName, _) => throw new ConfigurationException(
                $"{SnapshotsKey} is {SnapshotsName}, and the journal is another: set {JournalKey} = \"{JournalName}\", which takes both to Akka.Persistence.Sql."),
            ("" or OwnJournalName, "" or OwnSnapshotsName, _) => false,
            _ => throw new ConfigurationException(
                $"{JournalKey} is '{journal}' and {SnapshotsKey} is '{snapshots}': leave both out for the engine's own, or set the first to \"{JournalName}\" and leave the second out. No other plug-in waits for a write that is late."),
        };
    }

    /// <summary>Tells Akka.Persistence.Sql where the file is.</summary>
    public static DataOptionsSetup Setup(SqlTables tables) => new(Options(tables));

    /// <summary>The file must be there: one that is made here would have other tables.</summary>
    public static DataOptions Options(SqlTables tables)
    {
        var options = new DataOptions().UseConnectionString(ProviderName.SQLiteMS, ConnectionString(tables));
        return tables.Adjust is { } adjust ? adjust(options) : options;
    }

    /// <summary>Closes the connections that wait to be used again; the last one to go makes the file whole.</summary>
    public static void Close(SqlTables tables)
    {
        using var connection = new SqliteConnection(ConnectionString(tables));
        SqliteConnection.ClearPool(connection);
    }

    private static string ConnectionString(SqlTables tables) => new SqliteConnectionStringBuilder { DataSource = tables.Path, Mode = SqliteOpenMode.ReadWrite }.ToString();
}
