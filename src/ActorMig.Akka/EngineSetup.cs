using Akka.Actor.Setup;
using Akka.Event;
using ActorMig.Akka.Clustering;
using ActorMig.Akka.Persistence;
using ActorMig.Akka.Persistence.Sql;

namespace ActorMig.Akka;

/// <summary>How what Akka makes by a class's name finds the engine.</summary>
internal sealed class EngineSetup(PersistenceBridge persistence, Action<LogEvent>? log, AkkaClusterOptions? cluster, SqlTables? tables) : Setup
{
    public PersistenceBridge Persistence { get; } = persistence;

    /// <summary>Who is handed what Akka's logger is told; null: nobody.</summary>
    public Action<LogEvent>? Log { get; } = log;

    /// <summary>What makes it a node of a cluster; null: it is none.</summary>
    public AkkaClusterOptions? Cluster { get; } = cluster;

    /// <summary>What Akka.Persistence.Sql reads and writes; null if it is not used.</summary>
    public SqlTables? Tables { get; } = tables;
}
