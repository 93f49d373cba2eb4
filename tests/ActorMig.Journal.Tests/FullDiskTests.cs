using System.Diagnostics;
using ActorMig.Actors.Tests;

namespace ActorMig.Journal.Tests;

/// <summary>A small real file system that becomes full or read-only; made and unmade by each test.</summary>
public sealed class FullDiskTests : JournalFixture
{
    private readonly string _disk;

    public FullDiskTests()
    {
        _disk = Path.Combine(Folder, "disk");
        Directory.CreateDirectory(_disk);
        Assert.SkipUnless(Environment.UserName == "root", "Only root can mount a small file system.");
        Run("mount", "-t", "tmpfs", "-o", "size=4m", "actormig-test", _disk);
        Options = Options with { Path = Path.Combine(_disk, "journal.db"), BallastBytes = 1 << 20 };
    }

    public override void Dispose()
    {
        if (File.ReadAllText("/proc/mounts").Contains(_disk, StringComparison.Ordinal))
        {
            Run("umount", _disk);
        }

        base.Dispose();
    }

    [Fact]
    public async Task On_a_full_disk_the_ballast_is_given_up_and_events_are_written_on()
    {
        await using var journal = Open();
        Assert.Equal(1 << 20, new FileInfo(Path.Combine(_disk, "ballast")).Length);
        await journal.WriteAsync("a", 1, Added(1, 1));
        Fill();
        var number = 2;
        while (!journal.IsBallastGivenUp)
        {
            await journal.WriteAsync("a", number, Added(number, 20));
            number += 20;
        }

        Assert.False(File.Exists(Path.Combine(_disk, "ballast")));
        Assert.Contains("the ballast was given up, so that what has begun can be journaled to its end; make room in", Notes[^1], StringComparison.Ordinal);

        // Only events are written now.
        var dropped = journal.Counters.DroppedRecords;
        journal.Add(new Added(1));
        await Assert.ThrowsAsync<JournalException>(() => journal.SaveSnapshotAsync("a", 1, new Kept(1)));
        Assert.Equal(dropped + 1, journal.Counters.DroppedRecords);
        for (var i = 0; i < 20; i++, number += 20)
        {
            await journal.WriteAsync("a", number, Added(number, 20));
        }

        Assert.Equal(number - 1, (await NumbersAsync(journal, "a")).Count);
        Assert.False(journal.TryHoldBallast());
        File.Delete(Path.Combine(_disk, "filler"));
        Assert.True(journal.TryHoldBallast());
        await journal.SaveSnapshotAsync("a", 1, new Kept(1));
    }

    [Fact]
    public async Task On_a_disk_that_is_full_altogether_a_write_fails_whole_with_a_sentence_and_later_ones_go_on()
    {
        Options = Options with { BallastBytes = 0 };
        long durable = 0;
        await using (var journal = Open())
        {
            Fill();
            var e = await Assert.ThrowsAsync<JournalException>(async () =>
            {
                while (true)
                {
                    await journal.WriteAsync("a", durable + 1, Added((int)durable + 1, 50));
                    durable += 50;
                }
            });
            Assert.Matches("^The journal .*journal.db cannot be (written: the disk is full; make room|used: its disk fails)", e.Message);
            Assert.True(e.MayPass);
            Assert.Equal(durable, (await NumbersAsync(journal, "a")).Count);
            File.Delete(Path.Combine(_disk, "filler"));
            await journal.WriteAsync("a", durable + 1, Added((int)durable + 1, 50));
        }

        var opened = await OpenStoreAsync();
        await using var again = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.Equal(durable + 50, (await NumbersAsync(again, "a")).Count);
    }

    [Fact]
    public async Task A_journal_cannot_be_begun_on_a_full_disk_and_says_so()
    {
        Fill();
        var e = await Assert.ThrowsAsync<JournalException>(OpenStoreAsync);
        Assert.Contains("journal.db", e.Message, StringComparison.Ordinal);
        Assert.Matches("room|free space", e.Message);
    }

    [Fact]
    public async Task An_agent_starts_on_a_full_disk_with_the_room_of_its_ballast()
    {
        await (await OpenStoreAsync()).Journal.DisposeAsync();
        Fill();
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        await journal.WriteAsync("a", 1, Added(1, 50));
        Assert.True(journal.IsBallastGivenUp);
    }

    [Fact]
    public async Task A_start_on_a_full_disk_gives_the_ballast_up_for_the_marker_too()
    {
        await (await OpenStoreAsync()).Journal.DisposeAsync();
        File.Delete(Options.Path);
        Fill();
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Equal("journal.db is missing", opened.Loss!.Reason);
        Assert.True(journal.IsBallastGivenUp);
        await journal.WriteAsync("a", 1, Added(1, 50));
    }

    [Fact]
    public async Task A_read_only_disk_is_refused_with_a_sentence()
    {
        await (await OpenStoreAsync()).Journal.DisposeAsync();
        Run("mount", "-o", "remount,ro", _disk);
        var e = await Assert.ThrowsAsync<JournalException>(OpenStoreAsync);
        Assert.IsNotType<JournalDamagedException>(e);
        Assert.Matches("^The journal .*journal.db cannot be (written|opened or made).*(read-only|may write)", e.Message);
        Assert.Empty(Directory.GetFiles(_disk, "*damaged*"));
    }

    [Fact]
    public async Task A_read_only_file_in_a_folder_that_can_be_written_is_refused_with_a_sentence()
    {
        await (await OpenStoreAsync()).Journal.DisposeAsync();
        Run("mount", "--bind", Options.Path, Options.Path);
        try
        {
            Run("mount", "-o", "remount,bind,ro", Options.Path);
            var e = await Assert.ThrowsAsync<JournalException>(OpenStoreAsync);
            Assert.Contains("journal.db cannot be written: the file, its folder or its file system is read-only", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Run("umount", Options.Path);
        }

        var opened = await OpenStoreAsync();
        await opened.Journal.DisposeAsync();
        Assert.Null(opened.Loss);
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_fails_writes_with_a_sentence_and_what_was_written_is_there()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync("a", 1, Added(1, 3));
        }

        Run("mount", "-o", "remount,ro", _disk);
        Assert.ThrowsAny<JournalException>(() => Open());
        Run("mount", "-o", "remount,rw", _disk);
        await using var again = Open();
        Assert.Equal([1, 2, 3], await NumbersAsync(again, "a"));
    }

    private void Fill()
    {
        using var file = File.Create(Path.Combine(_disk, "filler"), 1);
        try
        {
            while (true)
            {
                file.Write(new byte[4_096]);
            }
        }
        catch (IOException)
        {
            // Full: that is the purpose.
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }
}
