using LinqToDB;
using LinqToDB.Data;

namespace ActorMig.Akka.Persistence.Sql;

/// <summary>What the snapshot store of Akka.Persistence.Sql has no question for.</summary>
internal sealed class SnapshotRows(SqlTables tables)
{
    private readonly DataOptions _options = SqlSetup.Options(tables);

    /// <summary>The numbers of an identity's snapshots, the newest first.</summary>
    public async Task<IReadOnlyList<long>> NumbersAsync(string persistenceId, long atMost, CancellationToken cancellation)
    {
        await using var connection = new DataConnection(_options);
        return await connection.QueryToListAsync<long>(
            "SELECT sequence_number FROM snapshot WHERE persistence_id = @id AND sequence_number <= @most ORDER BY sequence_number DESC",
            cancellation, new DataParameter("id", persistenceId), new DataParameter("most", atMost)).ConfigureAwait(false);
    }
}
