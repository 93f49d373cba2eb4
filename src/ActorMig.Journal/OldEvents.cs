using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>
/// Deletes events that are too old and that no replay needs. They are looked for from the oldest on, in the order in which they were written, some at a time:
/// what is not too old is not even looked at, however much there is of it, so that a write never waits long. For the writer's thread.
/// </summary>
internal sealed class OldEvents : IDisposable
{
    private readonly SqlStatement _look;
    private readonly SqlStatement _floor;
    private readonly SqlStatement _newest;
    private readonly SqlStatement _delete;
    private readonly SqlStatement _deleteAll;
    private readonly SqlStatement _deleteSnapshots;
    private readonly SqlStatement _changes;

    /// <summary>So far the oldest were looked at; from the beginning again when all have been.</summary>
    private long _lookedTo;

    public OldEvents(SqliteConnection connection)
    {
        _look = new SqlStatement(connection, "SELECT ordering, persistence_id, sequence_number, created FROM journal WHERE ordering > ? ORDER BY ordering LIMIT ?");
        _floor = new SqlStatement(connection, "SELECT sequence_number FROM snapshot WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT 1 OFFSET 1");
        _newest = new SqlStatement(connection, "SELECT max(created) FROM journal WHERE persistence_id = ?");
        _delete = new SqlStatement(connection, "DELETE FROM journal WHERE ordering = ?");
        _deleteAll = new SqlStatement(connection, "DELETE FROM journal WHERE persistence_id = ?");
        _deleteSnapshots = new SqlStatement(connection, "DELETE FROM snapshot WHERE persistence_id = ?");
        _changes = new SqlStatement(connection, "SELECT changes()");
    }

    /// <summary>Looks at some of the oldest events, and deletes what no replay needs.</summary>
    /// <param name="before">Older ones are too old: milliseconds since 1970.</param>
    /// <param name="now">What is later was written by a wrong clock, and tells nothing of what comes after it.</param>
    /// <param name="most">At most so many are looked at.</param>
    /// <param name="hasEnded">Whether an identity may have ended, so that it is deleted as a whole if all that it has is too old.</param>
    /// <returns>How many were deleted, and whether there may be more.</returns>
    public (long Deleted, bool IsMore) Step(long before, long now, int most, Func<string, bool> hasEnded)
    {
        var (old, last, isMore) = Look(before, now, most);
        var floors = new Dictionary<string, long>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        long deleted = 0;
        foreach (var (ordering, id, number) in old)
        {
            if (deleted >= most)
            {
                // An identity goes as a whole, so that more than was looked at may have gone.
                return (deleted, true);
            }

            _lookedTo = ordering;
            if (number <= FloorOf(id, floors))
            {
                _delete.Bind(1, ordering);
                _delete.Run();
                deleted++;
            }
            else if (hasEnded(id) && seen.Add(id) && Newest(id) < before)
            {
                deleted += DeleteWhole(id);
            }
        }

        _lookedTo = isMore ? last : 0;
        return (deleted, isMore);
    }

    public void Dispose()
    {
        foreach (var statement in (SqlStatement[])[_look, _floor, _newest, _delete, _deleteAll, _deleteSnapshots, _changes])
        {
            statement.Dispose();
        }
    }

    /// <summary>What is too old of those that are looked at; the last of them; and false if what follows is younger, or nothing follows.</summary>
    private (List<(long Ordering, string Id, long Number)> Old, long Last, bool IsMore) Look(long before, long now, int most)
    {
        var (old, last, looked) = (new List<(long, string, long)>(), 0L, 0);
        _look.Bind(1, _lookedTo);
        _look.Bind(2, most);
        while (_look.Step())
        {
            var created = _look.Long(3);
            if (created >= before && created <= now)
            {
                // What was written later is younger still.
                _look.Reset();
                return (old, last, false);
            }

            (last, looked) = (_look.Long(0), looked + 1);
            if (created < before)
            {
                old.Add((last, _look.Text(1), _look.Long(2)));
            }
        }

        return (old, last, looked == most);
    }

    /// <summary>Up to which of its events an identity has both of its snapshots; 0 if it has no two.</summary>
    private long FloorOf(string id, Dictionary<string, long> known)
    {
        if (!known.TryGetValue(id, out var floor))
        {
            _floor.Bind(1, id);
            if (_floor.Step())
            {
                floor = _floor.Long(0);
                _floor.Reset();
            }

            known[id] = floor;
        }

        return floor;
    }

    private long Newest(string id)
    {
        _newest.Bind(1, id);
        _newest.Step();
        var newest = _newest.Long(0);
        _newest.Reset();
        return newest;
    }

    private long DeleteWhole(string id)
    {
        _deleteAll.Bind(1, id);
        _deleteAll.Run();
        _changes.Step();
        var deleted = _changes.Long(0);
        _changes.Reset();
        _deleteSnapshots.Bind(1, id);
        _deleteSnapshots.Run();
        return deleted;
    }
}
