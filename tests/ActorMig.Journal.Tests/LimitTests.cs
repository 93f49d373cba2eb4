using ActorMig.Actors.Tests;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorMig.Journal.Tests;

/// <summary>Limits of number, age and size; what a replay needs is never deleted.</summary>
public sealed class LimitTests : JournalFixture
{
    private const long DayMs = 86_400_000;

    [Fact]
    public async Task Records_older_than_the_limit_go_and_younger_ones_stay()
    {
        Options = Options with { RecordsAgeMaxMs = 90 * DayMs };
        await using (var journal = Open())
        {
            journal.Add(new Added(1));
            await journal.WriteAsync("a", 1, Added(1, 1));
            Time.Now = Time.Now.AddDays(60);
            journal.Add(new Added(2));
            await journal.WriteAsync("a", 2, Added(2, 1));
        }

        Time.Now = Time.Now.AddDays(40);
        await using var again = Open();
        await UntilAsync(() => again.Counters.PrunedRecords == 1);
        Assert.Equal("{\"number\":2}", Assert.Single(again.Read(default, 10), e => e.Source == "record").Json);
        Assert.Equal([1, 2], await NumbersAsync(again, "a"));
    }

    [Fact]
    public async Task More_records_than_the_limit_go_oldest_first()
    {
        Options = Options with { RecordsMax = 1_500 };
        await using var journal = Open();
        for (var i = 0; i < 6_000; i++)
        {
            journal.Add(new Added(i));
        }

        await UntilAsync(() => journal.Counters.PrunedRecords >= 4_000);
        Assert.InRange(Count("records"), 1_500, 2_500);
        Assert.Equal(5_999L, Sql("SELECT json_extract(CAST(content AS TEXT), '$.number') FROM records ORDER BY number DESC LIMIT 1"));
    }

    [Fact]
    public async Task Old_events_go_only_behind_the_older_of_the_two_newest_snapshots()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("two", 1, Added(1, 30));
            await journal.SaveSnapshotAsync("two", 10, new Kept(55));
            await journal.SaveSnapshotAsync("two", 20, new Kept(210));
            await journal.WriteAsync("one", 1, Added(1, 30));
            await journal.SaveSnapshotAsync("one", 20, new Kept(210));
            await journal.WriteAsync("none", 1, Added(1, 30));
        }

        Time.Now = Time.Now.AddDays(401);
        await using var again = Open();
        await UntilAsync(() => again.Counters.PrunedEvents == 10);
        Assert.Equal((20L, 30L, 30L), (Count("journal", "persistence_id = 'two'"), Count("journal", "persistence_id = 'one'"), Count("journal", "persistence_id = 'none'")));
        Assert.Equal(11, (await ReplayAsync(again, "two")).Count);

        // The newest snapshot is damaged: the one before it and its tail are there.
        Sql("UPDATE snapshot SET snapshot = x'00' WHERE persistence_id = 'two' AND sequence_number = 20");
        var tail = await ReplayAsync(again, "two");
        Assert.Equal((new Kept(55), 21), (tail[0], tail.Count));
    }

    [Fact]
    public async Task Young_events_stay_behind_snapshots()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("two", 1, Added(1, 30));
            await journal.SaveSnapshotAsync("two", 10, new Kept(55));
            await journal.SaveSnapshotAsync("two", 20, new Kept(210));
        }

        Time.Now = Time.Now.AddDays(399);
        await using (var again = Open())
        {
            await again.WriteAsync("two", 31, Added(31, 1_200));
            Assert.Equal(0, again.Counters.PrunedEvents);
        }

        Assert.Equal(1_230, Count("journal"));
    }

    [Fact]
    public async Task What_has_ended_long_ago_is_deleted_as_a_whole_unless_it_is_still_needed()
    {
        Options = Options with { EndingIds = ["migration-", "arrival-"] };
        await using (var journal = Open())
        {
            foreach (var id in new[] { "migration-a", "migration-open", "migration-replayed", "arrival-b", "host", "migratio" })
            {
                await journal.WriteAsync(id, 1, Added(1, 3));
            }

            await journal.SaveSnapshotAsync("arrival-b", 3, new Kept(6));
            Time.Now = Time.Now.AddDays(200);
            await journal.WriteAsync("migration-young", 1, Added(1, 3));
            await journal.WriteAsync("migration-a", 4, []);
        }

        Time.Now = Time.Now.AddDays(300);
        await using var again = Open();
        Assert.Equal([1, 2, 3], await NumbersAsync(again, "migration-replayed"));
        again.BeginToForget(["migration-open"]);
        await again.WriteAsync("host", 4, Added(4, 1_200));
        await UntilAsync(() => again.Counters.PrunedEvents >= 6);
        await again.WriteAsync("host", 1_204, Added(1_204, 1_200));
        Assert.Equal(
            "host,migratio,migration-open,migration-replayed,migration-young",
            Sql("SELECT group_concat(persistence_id) FROM (SELECT DISTINCT persistence_id FROM journal ORDER BY 1)"));
        Assert.Equal(0, Count("snapshot"));
    }

    [Fact]
    public async Task However_many_events_there_are_only_the_oldest_are_looked_at_and_some_at_a_time()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("two", 1, Added(1, 20_000));
            await journal.SaveSnapshotAsync("two", 10_000, new Kept(1));
            await journal.SaveSnapshotAsync("two", 19_000, new Kept(2));
        }

        var instructions = 0;
        using var connection = ActorMig.Journal.Sql.Connect(Options.Path, SqliteOpenMode.ReadWrite);
        using var pruner = new JournalPruner(Options, Time, connection);
        raw.sqlite3_progress_handler(
            connection.Handle!, 100,
            _ =>
            {
                instructions += 100;
                return 0;
            },
            null);
        Assert.False(pruner.Step());
        Assert.InRange(instructions, 0, 2_000);

        Time.Now = Time.Now.AddDays(401);
        Assert.True(pruner.Step());
        Assert.Equal(500, pruner.Events);
        while (pruner.Step())
        {
        }

        Assert.Equal(10_000, pruner.Events);
        Assert.Equal(10_000, Count("journal"));
    }

    [Fact]
    public async Task Events_that_a_wrong_clock_has_dated_to_come_do_not_stand_before_old_ones()
    {
        var now = Time.Now;
        await using (var journal = Open())
        {
            Time.Now = now.AddYears(20);
            await journal.WriteAsync("two", 1, Added(1, 10));
            Time.Now = now;
            await journal.WriteAsync("two", 11, Added(11, 20));
            await journal.SaveSnapshotAsync("two", 20, new Kept(1));
            await journal.SaveSnapshotAsync("two", 25, new Kept(2));
        }

        Time.Now = now.AddDays(401);
        await using var again = Open();
        await UntilAsync(() => again.Counters.PrunedEvents == 10);
        Assert.Equal((10L, 10L), (Count("journal", "sequence_number <= 10"), Count("journal", "sequence_number > 20")));
    }

    [Fact]
    public async Task What_is_in_use_is_let_go_when_an_event_says_that_it_has_ended()
    {
        Options = Options with { EndingIds = ["migration-"], EndedBy = e => e is Added { Number: 777 } ? "migration-a" : null };
        await using var journal = Open();
        journal.BeginToForget([]);
        foreach (var id in new[] { "migration-a", "migration-b" })
        {
            Assert.Empty(await ReplayAsync(journal, id));
            await journal.WriteAsync(id, 1, Added(1, 3));
        }

        Time.Now = Time.Now.AddDays(401);
        await journal.WriteAsync("host", 1, Added(1, 1_200));
        await journal.WriteAsync("host", 1_201, [new Added(777)]);
        Assert.Equal(0, journal.Counters.PrunedEvents);
        await journal.WriteAsync("host", 1_202, Added(1_202, 1_200));
        await UntilAsync(() => journal.Counters.PrunedEvents == 3);
        Assert.Equal((0L, 3L), (Count("journal", "persistence_id = 'migration-a'"), Count("journal", "persistence_id = 'migration-b'")));
    }

    [Fact]
    public async Task Beyond_its_size_records_are_dropped_first_then_events_that_no_replay_needs_and_no_others()
    {
        Options = Options with { SizeMaxBytes = 300_000 };
        await using var journal = Open();
        await journal.WriteAsync("kept", 1, Added(1, 500));
        await journal.WriteAsync("covered", 1, Added(1, 500));
        await journal.SaveSnapshotAsync("covered", 400, new Kept(1));
        await journal.SaveSnapshotAsync("covered", 450, new Kept(2));
        for (var i = 0; i < 9_000; i++)
        {
            journal.Add(new Added(i));
        }

        await UntilAsync(() => journal.Counters.PrunedRecords > 0);
        Assert.Equal(0, journal.Counters.PrunedEvents);
        for (var n = 501; n < 9_501; n += 500)
        {
            await journal.WriteAsync("kept", n, Added(n, 500));
        }

        await UntilAsync(() => journal.Counters.PrunedEvents == 400 && Notes.Count > 0);
        Assert.Equal(9_500, (await NumbersAsync(journal, "kept")).Count);
        Assert.Equal(51, (await ReplayAsync(journal, "covered")).Count);
        Assert.Contains("actormig.journal.size-max) although all records are dropped", Notes[0], StringComparison.Ordinal);
    }
}
