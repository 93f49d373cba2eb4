using ActorMig.Actors;
using LinqToDB;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>The SQLite file of our journal, for Akka.Persistence.Sql. The file and its tables are there before the engine is made.</summary>
/// <param name="Path">The file.</param>
/// <param name="Events">The registered names of events and snapshots, which stand in the column <c>manifest</c>.</param>
/// <param name="SerializerId">What our journal writes into the columns <c>identifier</c> and <c>serializer_id</c>.</param>
/// <param name="InUse">Is told each identity that is replayed, so that what is needed is not forgotten.</param>
public sealed record SqlTables(string Path, MessageRegistry Events, int SerializerId, Action<string> InUse)
{
    /// <summary>Is told of each batch as soon as it is durable, before anything follows from it; for tests of crashes.</summary>
    public Action<IReadOnlyList<object>>? Written { get; init; }

    /// <summary>Tests put something between Akka.Persistence.Sql and the file.</summary>
    internal Func<DataOptions, DataOptions>? Adjust { get; init; }
}
