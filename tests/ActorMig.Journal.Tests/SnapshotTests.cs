using ActorMig.Actors.Tests;

namespace ActorMig.Journal.Tests;

public sealed class SnapshotTests : JournalFixture
{
    [Fact]
    public async Task The_newest_snapshot_comes_first_and_then_the_events_after_it()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, Added(1, 6));
        await journal.SaveSnapshotAsync("a", 2, new Kept(3));
        await journal.SaveSnapshotAsync("a", 4, new Kept(10));
        Assert.Equal([new Kept(10), new Added(5), new Added(6)], await ReplayAsync(journal, "a"));
        Assert.Equal(6, await journal.ReplayAsync("a", _ => { }, TestContext.Current.CancellationToken));
        Assert.Equal(2, journal.Counters.Snapshots);
    }

    [Fact]
    public async Task Only_the_two_newest_snapshots_are_kept()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, Added(1, 9));
        for (var n = 1; n <= 9; n++)
        {
            await journal.SaveSnapshotAsync("a", n, new Kept(n));
        }

        await journal.SaveSnapshotAsync("b", 1, new Kept(1));
        Assert.Equal((2L, 1L), (Count("snapshot", "persistence_id = 'a' AND sequence_number >= 8"), Count("snapshot", "persistence_id = 'b'")));
        Assert.Equal(3, Count("snapshot"));
    }

    [Theory]
    [InlineData("snapshot = CAST('{\"sum\":' AS BLOB)")]
    [InlineData("snapshot = x'00ff'")]
    [InlineData("manifest = 'kept.9'")]
    public async Task A_damaged_newest_snapshot_falls_back_to_the_one_before_and_then_to_all_events(string damage)
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, Added(1, 5));
        await journal.SaveSnapshotAsync("a", 2, new Kept(3));
        await journal.SaveSnapshotAsync("a", 4, new Kept(10));
        Sql($"UPDATE snapshot SET {damage} WHERE sequence_number = 4");
        Assert.Equal([new Kept(3), new Added(3), new Added(4), new Added(5)], await ReplayAsync(journal, "a"));
        Sql($"UPDATE snapshot SET {damage} WHERE sequence_number = 2");
        Assert.Equal([1, 2, 3, 4, 5], await NumbersAsync(journal, "a"));
        Assert.Equal(3, journal.Counters.UnreadableSnapshots);
        Assert.StartsWith("The snapshot of 'a' at event 4 cannot be read and is passed over:", Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_readable_snapshot_and_without_the_first_events_the_replay_says_what_is_missing()
    {
        await using var journal = Open();
        await journal.WriteAsync("a", 1, Added(1, 5));
        Sql("DELETE FROM journal WHERE sequence_number < 3");
        var e = await Assert.ThrowsAsync<JournalDamagedException>(() => ReplayAsync(journal, "a"));
        Assert.Contains("lacks event 1 of 'a'", e.Message, StringComparison.Ordinal);
    }
}
