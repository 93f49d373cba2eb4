using ActorMig.Actors.Tests;

namespace ActorMig.Journal.Tests;

/// <summary>Real files that were damaged: what is sound is used, what is not is moved aside and never deleted, and nothing is forgotten that must not be.</summary>
public sealed class DamageTests : JournalFixture
{
    private const int PageBytes = 4_096;
    private string Marker => Path.Combine(Folder, "journal.id");

    [Fact]
    public async Task A_fresh_host_has_lost_nothing()
    {
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);

        // Above all that a host of this name, whose disk was replaced, may have counted from 1.
        Assert.Equal(Time.Now.ToUnixTimeSeconds(), opened.IncarnationFloor);
        Assert.Empty(Aside());
    }

    [Fact]
    public async Task A_sound_journal_is_opened_again_and_incarnations_only_rise()
    {
        var floor = await StartAsync();
        Assert.Equal(floor + 1, await StartAsync());

        // A start that came to nothing has used its incarnation up.
        await (await OpenStoreAsync()).Journal.DisposeAsync();
        var opened = await OpenStoreAsync();
        await opened.Journal.DisposeAsync();
        Assert.Equal((floor + 3, null), (opened.IncarnationFloor, opened.Loss));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task Flipped_bytes_in_a_page_are_noticed_and_the_file_is_moved_aside(int page)
    {
        var floor = await StartAsync(3_000);
        Flip(page * PageBytes, 64);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        AssertLost(opened, floor, "journal.db is damaged (");
        Assert.Empty(await ReplayAsync(journal, "barter"));
        Assert.Equal(PageBytes, new FileInfo(Assert.Single(Aside())).Length % PageBytes + PageBytes);
    }

    [Fact]
    public async Task A_flipped_byte_within_an_event_is_noticed()
    {
        var floor = await StartAsync(50);
        var bytes = File.ReadAllBytes(Options.Path);
        var at = bytes.AsSpan().LastIndexOf("{\"number\":40}"u8);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(Options.Path, bytes);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        AssertLost(opened, floor, "journal.db is damaged (event 40 of 'barter' cannot be read:");
    }

    [Fact]
    public async Task An_old_event_that_is_needed_and_cannot_be_read_is_noticed()
    {
        var floor = await StartAsync(3_000);
        Sql("UPDATE journal SET message = x'7b' WHERE persistence_id = 'barter' AND sequence_number = 3");
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        AssertLost(opened, floor, "journal.db is damaged (event 3 of 'barter' cannot be read:");
    }

    [Fact]
    public async Task A_file_without_its_end_is_noticed()
    {
        var floor = await StartAsync(3_000);
        using (var file = File.OpenWrite(Options.Path))
        {
            file.SetLength(file.Length - (3 * PageBytes) - 100);
        }

        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        AssertLost(opened, floor, "journal.db is damaged (");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    public async Task A_file_that_is_no_journal_any_more_is_noticed(string content)
    {
        var floor = await StartAsync();
        File.WriteAllText(Options.Path, content.PadLeft(content.Length * 5_000, 'x'));
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        AssertLost(opened, floor, content.Length == 0 ? "journal.db is empty" : "journal.db is damaged (");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4_000)]
    public async Task A_torn_last_record_is_a_write_that_never_was(int bytes)
    {
        await StartAsync();
        using var crash = Crash(await OpenStoreAsync());
        await crash.Journal.WriteAsync("barter", 11, Added(11, 1));
        var whole = new FileInfo(Options.Path + "-wal").Length;
        await crash.Journal.WriteAsync("barter", 12, Added(12, 2));
        crash.TakeFiles();
        using (var wal = File.OpenWrite(Options.Path + "-wal"))
        {
            wal.SetLength(Math.Max(whole, wal.Length - bytes));
        }

        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.Equal(Enumerable.Range(1, 11).Select(n => (long)n), await NumbersAsync(journal, "barter"));
        await journal.WriteAsync("barter", 12, Added(12, 2));
        Assert.Equal(13, (await NumbersAsync(journal, "barter")).Count);
    }

    [Fact]
    public async Task Garbage_in_the_log_is_a_write_that_never_was()
    {
        await StartAsync();
        using var crash = Crash(await OpenStoreAsync());
        await crash.Journal.WriteAsync("barter", 11, Added(11, 1));
        var whole = new FileInfo(Options.Path + "-wal").Length;
        await crash.Journal.WriteAsync("barter", 12, Added(12, 2));
        crash.TakeFiles();
        Flip(whole + 200, 30, Options.Path + "-wal");
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.Equal(11, (await NumbersAsync(journal, "barter")).Count);
    }

    [Fact]
    public async Task A_lost_file_is_noticed_by_its_marker()
    {
        var floor = await StartAsync();
        File.Delete(Options.Path);
        var opened = await OpenStoreAsync();
        var loss = opened.Loss;
        AssertLost(opened, floor, "journal.db is missing");
        await opened.Journal.DisposeAsync();

        // The loss is told until the journal knows that it was accepted, also if the first start after it came to nothing.
        var again = await OpenStoreAsync();
        await again.Journal.DisposeAsync();
        Assert.Equal((loss, opened.IncarnationFloor + 1), (again.Loss, again.IncarnationFloor));
    }

    [Fact]
    public async Task A_start_after_a_loss_that_came_to_nothing_before_the_new_journal_forgets_nothing()
    {
        var floor = await StartAsync();
        File.Delete(Options.Path);
        var first = await OpenStoreAsync();
        await first.Journal.DisposeAsync();

        // As if the new journal had not been made yet.
        File.WriteAllText(Marker, File.ReadAllText(Marker).Replace(first.Journal.Id, "", StringComparison.Ordinal));
        File.Delete(Options.Path);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal("journal.db is missing", opened.Loss!.Reason);
        Assert.True(opened.IncarnationFloor > floor);
    }

    [Fact]
    public async Task A_journal_and_a_marker_that_are_both_lost_are_a_fresh_host_above_every_incarnation_before()
    {
        var floor = await StartAsync();
        File.Delete(Options.Path);
        File.Delete(Marker);
        Time.Now = Time.Now.AddHours(1);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.True(opened.IncarnationFloor > floor);
    }

    [Fact]
    public async Task A_lost_file_with_a_marker_that_cannot_be_read_is_a_loss_above_the_time()
    {
        await StartAsync();
        File.Delete(Options.Path);
        File.WriteAllText(Marker, "{");
        Time.Now = Time.Now.AddHours(1);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal("journal.db is missing", opened.Loss!.Reason);
        Assert.Equal(Time.Now.ToUnixTimeSeconds(), opened.IncarnationFloor);
        Assert.Contains("journal.id, which says which journal belongs here, cannot be read", Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_journal_without_a_marker_begins_above_the_time()
    {
        await StartAsync(3_000);
        File.Delete(Marker);
        Flip(8, 90);
        Time.Now = Time.Now.AddHours(1);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal(Time.Now.ToUnixTimeSeconds(), opened.IncarnationFloor);
        Assert.NotNull(opened.Loss);
    }

    [Fact]
    public async Task Only_the_marker_is_lost_and_nothing_else()
    {
        var floor = await StartAsync();
        File.Delete(Marker);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal((floor + 1, null), (opened.IncarnationFloor, opened.Loss));
    }

    [Fact]
    public async Task An_older_copy_that_was_put_back_is_noticed()
    {
        await StartAsync();
        File.Copy(Options.Path, Path.Combine(Folder, "copy"));
        await StartAsync();
        var floor = await StartAsync();
        File.Copy(Path.Combine(Folder, "copy"), Options.Path, overwrite: true);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.StartsWith("journal.db is older than the one that was used here last", opened.Loss!.Reason, StringComparison.Ordinal);
        Assert.True(opened.IncarnationFloor > floor);
    }

    [Fact]
    public async Task A_log_that_was_deleted_with_a_whole_start_in_it_is_noticed()
    {
        await StartAsync();
        var opened = await OpenStoreAsync();
        using var crash = Crash(opened);
        await crash.Journal.WriteAsync("host", 2, [new Added(opened.IncarnationFloor + 1)]);
        opened.ConfirmStart(opened.IncarnationFloor + 1);
        crash.TakeFiles();
        File.Delete(Options.Path + "-wal");
        var again = await OpenStoreAsync();
        await using var journal = again.Journal;
        Assert.StartsWith("journal.db is older than the one that was used here last", again.Loss!.Reason, StringComparison.Ordinal);
        Assert.Equal(opened.IncarnationFloor + 1, again.IncarnationFloor);
    }

    [Fact]
    public async Task The_journal_of_another_host_is_noticed()
    {
        await StartAsync();
        var own = Options;
        Options = Options with { Path = Path.Combine(Folder, "other.db") };
        await StartAsync();
        File.Copy(Options.Path, own.Path, overwrite: true);
        Options = own;
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal("journal.db is another one than was used here last", opened.Loss!.Reason);
    }

    [Fact]
    public async Task A_second_damage_does_not_overwrite_the_first_file_that_was_moved_aside()
    {
        for (var i = 0; i < 3; i++)
        {
            await StartAsync(3_000);
            Flip(2 * PageBytes, 200);
        }

        await (await OpenStoreAsync()).Journal.DisposeAsync();
        Assert.Equal(3, Aside().Length);
    }

    [Fact]
    public async Task A_big_journal_is_checked_for_a_limited_time()
    {
        await StartAsync(3_000);
        Options = Options with { CheckMaxMs = 0 };
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.Contains(Notes, n => n.Contains("only a part of it was checked in 0 ms (actormig.journal.check-time-max)", StringComparison.Ordinal));
    }

    /// <summary>One start of an agent, which journals its incarnation and something else; returns the floor that it was given.</summary>
    private async Task<long> StartAsync(int events = 10)
    {
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        var starts = (await ReplayAsync(journal, "host")).Count;
        await journal.WriteAsync("host", starts + 1, [new Added(opened.IncarnationFloor + 1)]);
        var last = await journal.ReplayAsync("barter", _ => { }, TestContext.Current.CancellationToken);
        if (last == 0)
        {
            await journal.WriteAsync("barter", 1, Added(1, events));
        }

        return opened.IncarnationFloor;
    }

    private static void AssertLost(OpenedJournal opened, long floorBefore, string reason)
    {
        Assert.StartsWith(reason, opened.Loss?.Reason, StringComparison.Ordinal);
        Assert.Equal(floorBefore + 1, opened.IncarnationFloor);
        if (!reason.EndsWith("missing", StringComparison.Ordinal) && !reason.EndsWith("empty", StringComparison.Ordinal))
        {
            Assert.Contains("; it was moved to journal.db.damaged-20260301T120000Z", opened.Loss!.Reason, StringComparison.Ordinal);
        }
    }

    private string[] Aside() => [.. Directory.GetFiles(Folder, "journal.db.damaged-*").Where(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal))];

    private void Flip(long offset, int count, string? path = null)
    {
        using var file = new FileStream(path ?? Options.Path, FileMode.Open, FileAccess.ReadWrite);
        for (var i = 0; i < count; i++)
        {
            file.Position = offset + i;
            var b = file.ReadByte();
            file.Position = offset + i;
            file.WriteByte((byte)(b ^ 0xff));
        }
    }

    private CrashedJournal Crash(OpenedJournal opened) => new(opened.Journal, Folder);

    /// <summary>A journal whose files are taken as they lie while it is open, as a power cut leaves them.</summary>
    private sealed class CrashedJournal(SqliteJournal journal, string folder) : IDisposable
    {
        public SqliteJournal Journal { get; } = journal;

        public void TakeFiles()
        {
            var copy = Directory.CreateTempSubdirectory("actormig-crash-").FullName;
            foreach (var name in (string[])["journal.db", "journal.db-wal"])
            {
                File.Copy(Path.Combine(folder, name), Path.Combine(copy, name));
            }

            Journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            foreach (var file in Directory.GetFiles(copy))
            {
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }

            Directory.Delete(copy);
        }

        public void Dispose() => Journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
