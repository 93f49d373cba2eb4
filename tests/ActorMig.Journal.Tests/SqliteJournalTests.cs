using ActorMig.Actors.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal.Tests;

public sealed class SqliteJournalTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("actormig").FullName, "journal.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public async Task What_was_written_is_replayed_by_another_process_in_order()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("a", 1, [new Added(1), new Added(2)]);
            await journal.WriteAsync("b", 1, [new Added(9)]);
            await journal.WriteAsync("a", 3, [new Added(3)]);
        }

        await using var again = Open();
        Assert.Equal([1, 2, 3], await ReplayAsync(again, "a"));
        Assert.Equal([9], await ReplayAsync(again, "b"));
        Assert.Empty(await ReplayAsync(again, "c"));
    }

    [Fact]
    public async Task A_batch_is_whole_or_not_at_all()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, [new Added(1)]);

        // The second of the batch has a number that is taken.
        await journal.WriteAsync("a", 3, [new Added(3)]);
        await Assert.ThrowsAsync<JournalException>(() => journal.WriteAsync("a", 2, [new Added(2), new Added(33)]));
        await Assert.ThrowsAsync<JournalDamagedException>(() => ReplayAsync(journal, "a"));
        await journal.WriteAsync("a", 2, [new Added(2)]);
        Assert.Equal([1, 2, 3], await ReplayAsync(journal, "a"));
    }

    [Fact]
    public async Task One_bad_write_does_not_take_the_others_with_it()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, [new Added(1)]);
        var writes = Enumerable.Range(1, 50).Select(n => journal.WriteAsync("b" + n, 1, [new Added(n)])).ToList();
        var bad = journal.WriteAsync("a", 1, [new Added(2)]);
        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<JournalException>(() => bad);
    }

    [Fact]
    public async Task Events_and_records_are_read_on_from_a_position()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, [new Added(1)]);
        journal.Add(new Added(100));
        await journal.WriteAsync("a", 2, [new Added(2)]);
        var first = journal.Read(default, 2);
        Assert.Equal(2, first.Count);
        var rest = journal.Read(first[^1].Position, 10);
        Assert.Equal(["{\"number\":1}", "{\"number\":2}", "{\"number\":100}"], first.Concat(rest).Select(e => e.Json).Order(StringComparer.Ordinal).OrderBy(j => j.Length));
        Assert.Equal(journal.End(), rest[^1].Position);
        Assert.True(JournalPosition.TryParse(journal.End().ToString(), out var parsed) && parsed == journal.End());
    }

    [Fact]
    public async Task The_tables_have_the_columns_of_Akka_Persistence_Sql()
    {
        await using (Open())
        {
        }

        using var connection = new SqliteConnection($"Data Source={_path}");
        connection.Open();
        Assert.Equal(
            ["ordering", "deleted", "persistence_id", "sequence_number", "created", "message", "identifier", "manifest", "writer_uuid"], Columns(connection, "journal"));
        Assert.Equal(["persistence_id", "sequence_number", "created", "snapshot", "manifest", "serializer_id"], Columns(connection, "snapshot"));
        Assert.Equal(["ordering_id", "tag", "persistence_id", "sequence_nr"], Columns(connection, "tags"));
    }

    [Fact]
    public async Task A_journal_of_a_later_release_is_refused_with_a_sentence()
    {
        await using (Open())
        {
        }

        using (var connection = new SqliteConnection($"Data Source={_path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var e = Assert.Throws<JournalException>(() => Open());
        Assert.Contains("is of a later release (layout 99", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_with_a_sentence()
    {
        File.WriteAllText(_path, new string('x', 5_000));
        Assert.Contains("cannot be used", Assert.Throws<JournalDamagedException>(() => Open()).Message, StringComparison.Ordinal);
    }

    private static List<string> Columns(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own constant.
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<List<long>> ReplayAsync(SqliteJournal journal, string id)
    {
        var numbers = new List<long>();
        await journal.ReplayAsync(id, e => numbers.Add(((Added)e).Number), CancellationToken.None);
        return numbers;
    }

    private SqliteJournal Open() => SqliteJournal.Open(new JournalOptions { Path = _path }, TestEvents.Registry(), TestEvents.Registry());
}
