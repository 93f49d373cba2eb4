using System.Diagnostics;
using System.Globalization;
using ActorMig.Actors.Tests;

namespace ActorMig.Journal.Tests;

/// <summary>The same without root: a process whose files may not become larger (RLIMIT_FSIZE). The process is this program again.</summary>
public sealed class FileSizeLimitTests : JournalFixture
{
    private const string FolderVariable = "ACTORMIG_LIMITED_FOLDER";
    private const int LimitKiB = 512;

    [Fact]
    public async Task A_write_beyond_what_a_file_may_hold_fails_whole_with_a_sentence_and_the_file_is_sound()
    {
        var method = $"{typeof(FileSizeLimitTests).FullName}.{nameof(Child_writes_until_its_file_may_not_grow)}";
        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -f {LimitKiB}; trap '' XFSZ; exec \"$0\" -noColor -explicit only -method {method}", Environment.ProcessPath!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The runtime's own memory files count, too, unless it does without them.
            Environment = { [FolderVariable] = Folder, ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, output);
        var durable = int.Parse(File.ReadAllText(Path.Combine(Folder, "durable")), CultureInfo.InvariantCulture);
        Assert.InRange(durable, 1, 100_000);
        var opened = await OpenStoreAsync();
        await using var journal = opened.Journal;
        Assert.Null(opened.Loss);
        Assert.Equal(durable, (await NumbersAsync(journal, "a")).Count);
        await journal.WriteAsync("a", durable + 1, Added(durable + 1, 50));
    }

    [Fact(Explicit = true)]
    public async Task Child_writes_until_its_file_may_not_grow()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "This is for a process with a limit, which the other test starts.");
        Options = Options with { Path = Path.Combine(folder, "journal.db") };
        await using var journal = Open();
        var durable = 0;
        var e = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            while (durable < 100_000)
            {
                await journal.WriteAsync("a", durable + 1, Added(durable + 1, 50));
                durable += 50;
            }
        });
        Assert.Matches("^The journal .*journal.db cannot be (written|used): ", e.Message);
        Assert.Equal(durable, (await NumbersAsync(journal, "a")).Count);
        File.WriteAllText(Path.Combine(folder, "durable"), durable.ToString(CultureInfo.InvariantCulture));
    }
}
