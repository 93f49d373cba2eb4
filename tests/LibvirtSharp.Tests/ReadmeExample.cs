namespace LibvirtSharp.Tests;

/// <summary>The README's examples, word for word between the marks: what stands there compiles, and runs as far as the test driver goes.</summary>
public sealed class ReadmeExample
{
    private readonly List<string> _said = [];

    [Fact]
    public async Task The_first_example_of_the_README_runs()
    {
        var uri = "test:///default";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        // README 1
        using var connection = LibvirtConnection.Open(uri);
        using var domain = connection.FindByName("test") ?? throw new InvalidOperationException("There is no such domain.");
        using var events = connection.Subscribe(DomainEvents.Lifecycle, domain);
        foreach (var one in connection.GetAllStatistics(StatisticsGroups.State | StatisticsGroups.Interface))
        {
            Say($"{one.Name} is {one.Status?.State} and has sent {one.TxBytes} bytes");
        }

        domain.Suspend();
        domain.Resume();
        await foreach (var happened in events.WithCancellation(limit.Token))
        {
            Say(((DomainLifecycleEvent)happened).InWords());
            if (happened is DomainLifecycleEvent { Type: LifecycleEventType.Resumed })
            {
                break;
            }
        }

        // README 1
        Assert.Equal(["test is Running and has sent 0 bytes", "suspended/paused", "resumed/unpaused"], _said);
    }

    [Fact]
    public void The_second_example_of_the_README_runs_up_to_the_migration()
    {
        var e = Assert.Throws<LibvirtException>(() => Migrate("test:///default", "test", "elsewhere"));
        Assert.Equal("virDomainMigrateToURI3", e.Function);
    }

    [Fact]
    public void The_README_has_the_examples_word_for_word()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Folder, "src", "LibvirtSharp", "README.md"));
        var source = File.ReadAllText(Path.Combine(Repository.Folder, "tests", "LibvirtSharp.Tests", "ReadmeExample.cs"));
        foreach (var mark in (string[])["// README " + 1, "// README " + 2])
        {
            var lines = source.Split(mark)[1].Trim('\n').TrimEnd().Split('\n');
            var indent = lines[0].TakeWhile(c => c == ' ').Count();
            var example = string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..] : "")).TrimEnd();
            Assert.Contains($"```csharp\n{example}\n```", readme, StringComparison.Ordinal);
        }
    }

    // README 2
    private void Migrate(string uri, string name, string destination)
    {
        // It blocks until the migration has ended: on a thread and a connection of its own.
        using var connection = LibvirtConnection.Open(uri);
        using var domain = connection.FindByName(name) ?? throw new InvalidOperationException($"There is no domain {name}.");
        try
        {
            domain.MigrateToUri(
                $"qemu+tls://{destination}/system",
                new MigrateParameters { MigrateUri = $"tcp://{destination}", BandwidthMiBPerSecond = 500 },
                MigrateFlags.Live | MigrateFlags.Peer2Peer | MigrateFlags.Postcopy | MigrateFlags.PersistDest | MigrateFlags.UndefineSource);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.OperationAborted)
        {
            Say($"{name} runs where it was: {e.Message}");
        }
    }

    // README 2
    private void Say(string line) => _said.Add(line);
}
