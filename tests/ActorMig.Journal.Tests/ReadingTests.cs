using ActorMig.Actors.Tests;

namespace ActorMig.Journal.Tests;

public sealed class ReadingTests : JournalFixture
{
    [Fact]
    public async Task Nothing_is_passed_over_and_nothing_comes_twice_when_the_clock_jumps_back()
    {
        await using var journal = Open();
        var random = new Random(5);
        for (var n = 1; n <= 60; n++)
        {
            Time.Now = Time.Now.AddMinutes(random.Next(-90, 60));
            await journal.WriteAsync("a", n, Added(n, 1));
            journal.Add(new Added(1_000 + n));
        }

        await UntilAsync(() => journal.End().Record == 60);
        for (var page = 1; page <= 13; page += 3)
        {
            var seen = new List<JournalEntry>();
            var position = default(JournalPosition);
            while (journal.Read(position, page) is { Count: > 0 } entries)
            {
                seen.AddRange(entries);
                position = entries[^1].Position;
            }

            Assert.Equal(Enumerable.Range(1, 60).Select(n => $"{{\"number\":{n}}}"), seen.Where(e => e.Source == "a").Select(e => e.Json));
            Assert.Equal(Enumerable.Range(1_001, 60).Select(n => $"{{\"number\":{n}}}"), seen.Where(e => e.Source == "record").Select(e => e.Json));
            Assert.Equal(journal.End(), position);
        }
    }

    [Fact]
    public async Task The_newest_of_a_family_are_found_and_read_alone()
    {
        await using var journal = Open();
        string[] ids = ["moves", "move-b", "move-a", "host", "move-", "mova-c", "move.d"];
        foreach (var id in ids)
        {
            await journal.WriteAsync(id, 1, Added(1, 1));
        }

        await journal.WriteAsync("move-b", 2, Added(2, 1));
        Assert.Equal(["move-", "move-a", "move-b"], journal.NewestIds("move-", 10));
        Assert.Equal(["move-"], journal.NewestIds("move-", 1));
        Assert.Equal(["{\"number\":1}", "{\"number\":2}"], journal.ReadEventsOf("move-b").Select(e => e.Json));
        Assert.Empty(journal.ReadEventsOf("move-c"));
    }

    /// <summary>No more come than are asked for, the newest, in their order.</summary>
    [Fact]
    public async Task The_newest_records_of_a_kind()
    {
        await using var journal = Open();
        for (var n = 1; n <= 20; n++)
        {
            journal.Add(new Added(n));
        }

        await UntilAsync(() => journal.End().Record == 20);
        var name = journal.Read(default, 1)[0].Name;
        Assert.Equal(["{\"number\":18}", "{\"number\":19}", "{\"number\":20}"], journal.NewestRecords(name, 3).Select(e => e.Json));
        Assert.Equal(20, journal.NewestRecords(name, 100).Count);
        Assert.Empty(journal.NewestRecords("another", 100));
    }

    [Fact]
    public async Task Many_replays_at_once_share_a_few_connections()
    {
        await using var journal = Open();
        for (var n = 0; n < 50; n++)
        {
            await journal.WriteAsync($"a{n}", 1, Added(n, 2));
        }

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () => Assert.Equal([i % 50, (i % 50) + 1], await NumbersAsync(journal, $"a{i % 50}")))));
        var open = Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget == Options.Path);
        Assert.InRange(open, 2, 5);
    }

    [Fact]
    public async Task After_the_end_nothing_is_open_and_everything_says_so()
    {
        var journal = Open();
        await journal.WriteAsync("a", 1, Added(1, 1));
        await ReplayAsync(journal, "a");
        await journal.DisposeAsync();
        Assert.DoesNotContain(Directory.GetFiles("/proc/self/fd"), f => new FileInfo(f).LinkTarget?.StartsWith(Options.Path, StringComparison.Ordinal) == true);
        await Assert.ThrowsAsync<JournalException>(() => journal.WriteAsync("a", 2, Added(2, 1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReplayAsync(journal, "a"));
    }

    [Fact]
    public async Task What_waits_when_it_is_closed_is_written_first()
    {
        var journal = Open();
        var writes = Enumerable.Range(0, 200).Select(n => journal.WriteAsync($"a{n}", 1, Added(n, 1))).ToArray();
        await journal.DisposeAsync();
        await Task.WhenAll(writes);
        Assert.Equal(200, Count("journal"));
        Assert.InRange(journal.Counters.Commits, 1, 199);
    }
}
