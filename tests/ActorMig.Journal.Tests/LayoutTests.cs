using ActorMig.Actors.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal.Tests;

/// <summary>A journal of the release before is read; one of the release after is refused.</summary>
public sealed class LayoutTests : JournalFixture
{
    [Fact]
    public async Task A_journal_of_layout_1_is_read_migrated_and_written_on()
    {
        Make("layout-1.sql");
        Time.Now = new DateTimeOffset(2025, 11, 25, 0, 0, 0, TimeSpan.Zero);
        await using (var journal = Open())
        {
            Assert.Equal([3, 4], await NumbersAsync(journal, "host"));
            Assert.Equal([20], await NumbersAsync(journal, "barter"));
            Assert.Equal(4, journal.Read(default, 10).Count);
            await journal.WriteAsync("host", 3, Added(5, 1));
            await journal.SaveSnapshotAsync("host", 3, new Kept(12));
            Assert.Equal(32, journal.Id.Length);
        }

        Assert.Equal(3L, Sql("PRAGMA user_version"));
        Assert.EndsWith("was of an earlier release (layout 1) and has layout 3 now.", Assert.Single(Notes), StringComparison.Ordinal);
        await using var again = Open();
        Assert.Equal([new Kept(12)], await ReplayAsync(again, "host"));
    }

    [Fact]
    public async Task A_journal_of_layout_1_has_no_marker_and_is_no_loss()
    {
        Make("layout-1.sql");
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal((4L, null), (opened.IncarnationFloor, opened.Loss));
        Assert.True(File.Exists(Path.Combine(Folder, "journal.id")));
    }

    [Fact]
    public async Task A_journal_that_was_migrated_half_is_migrated_again()
    {
        Make("layout-1.sql");
        Sql("PRAGMA user_version = 0");
        await using var journal = Open();
        Assert.Equal([3, 4], await NumbersAsync(journal, "host"));
    }

    [Fact]
    public async Task A_journal_of_a_later_release_is_refused_and_left_where_it_is()
    {
        await using (Open())
        {
        }

        Sql("PRAGMA user_version = 99");
        var e = await Assert.ThrowsAsync<JournalException>(OpenStoreAsync);
        Assert.Contains("is of a later release (layout 99, this one reads 3): install that release again", e.Message, StringComparison.Ordinal);
        Assert.Equal(99L, Sql("PRAGMA user_version"));
    }

    [Fact]
    public async Task An_event_of_a_later_release_is_refused_and_not_taken_for_damage()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("host", 1, Added(1, 3));
        }

        Sql("UPDATE journal SET manifest = 'added.2' WHERE sequence_number = 2");
        var e = await Assert.ThrowsAsync<JournalException>(OpenStoreAsync);
        Assert.Contains("holds 'added.2', which this release does not know: install the later release again", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, Count("journal"));
    }

    private void Make(string dump)
    {
        using var connection = new SqliteConnection($"Data Source={Options.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own file.
        command.CommandText = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Layouts", dump));
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
