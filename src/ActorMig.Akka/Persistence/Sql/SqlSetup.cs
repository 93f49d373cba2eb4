using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using LinqToDB;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>How the choice between our own plug-in and Akka.Persistence.Sql is read from Akka's settings.</summary>
internal static class SqlSetup
{
    private const string JournalKey = "akka.persistence.journal.plugin";
    private const string JournalName = "akka.persistence.journal.sql";
    private const string SnapshotsKey = "akka.persistence.snapshot-store.plugin";
    private const string SnapshotsName = "akka.persistence.snapshot-store.sql";

    /// <summary>What the engine needs of Akka.Persistence.Sql, if the operator's settings choose it; empty if they do not.</summary>
    /// <exception cref="ConfigurationException">They choose it and it cannot be.</exception>
    public static Config Config(Config chosen, SqlTables? tables)
    {
        var (journal, snapshots) = (chosen.GetString(JournalKey, ""), chosen.GetString(SnapshotsKey, ""));
        if (journal != JournalName)
        {
            return snapshots != SnapshotsName
                ? global::Akka.Configuration.Config.Empty
                : throw new ConfigurationException($"{SnapshotsKey} is {SnapshotsName}, and the journal is another: set {JournalKey} = \"{JournalName}\", which takes both to Akka.Persistence.Sql.");
        }

        if (snapshots is not ("" or SnapshotsName))
        {
            throw new ConfigurationException($"{JournalKey} is {JournalName}, and {SnapshotsKey} is {snapshots}: leave that out, the journal's choice counts for both.");
        }

        return tables is null
            ? throw new ConfigurationException($"{JournalKey} is {JournalName}, and this actor system was given no tables for it: give AkkaActorSystem the SqlTables of the journal's file, or leave that line out.")
            : AkkaActorSystem.OwnConfig("sql.conf");
    }

    /// <summary>Tells Akka.Persistence.Sql where the file is.</summary>
    public static DataOptionsSetup Setup(SqlTables tables) => new(Options(tables));

    /// <summary>The file must be there: one that is made here would have other tables.</summary>
    public static DataOptions Options(SqlTables tables)
    {
        var options = new DataOptions().UseConnectionString(ProviderName.SQLiteMS, $"Data Source=\"{tables.Path.Replace("\"", "\"\"", StringComparison.Ordinal)}\";Mode=ReadWrite");
        return tables.Adjust is { } adjust ? adjust(options) : options;
    }
}
