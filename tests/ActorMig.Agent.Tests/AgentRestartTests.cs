using System.Globalization;
using ActorMig.Agent.Control;
using ActorMig.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Agent.Tests;

/// <summary>The real program: what may pass by itself ends it with the code after which its unit starts it again, what a person must change with another.</summary>
public sealed class AgentRestartTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public AgentRestartTests() => _agent = new AgentUnderTest(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_that_takes_no_write_ends_the_agent_and_its_unit_starts_it_again()
    {
        _agent.More = "actormig.journal.write-timeout = 2s";
        using var process = Actormig.Start("agent", "--config", _agent.Configuration());
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            while (!File.Exists(_agent.Socket))
            {
                Assert.False(process.HasExited, "The agent ended.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            using var client = new ControlClient(_agent.Socket);
            await client.StatusAsync(TestContext.Current.CancellationToken);
            await using var connection = new SqliteConnection($"Data Source={_folder.File("data/journal.db")};Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var standsStill = connection.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<ControlException>(() => client.DrainAsync(new DrainRequest("h1", null, "so that something is written"), TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        Assert.Equal(ExitCodes.TryAgain, process.ExitCode);
        Assert.Contains("actormig[911] The HostActor stopped, most likely because its journal could not be written", await said, StringComparison.Ordinal);

        // Nothing stands in its way now.
        Assert.Null((await _agent.RunAsync(c => c.StatusAsync(TestContext.Current.CancellationToken))).JournalAlarm);
    }

    [Fact]
    public void The_unit_starts_an_agent_again_for_hours_and_not_for_ever_and_never_where_a_person_must_look()
    {
        var unit = File.ReadLines(Path.Combine(Repository.Folder, "deploy", "systemd", "actormig.service"))
            .Where(l => !l.StartsWith('#')).Select(l => l.Split('=', 2)).Where(l => l.Length == 2 && l[0] is "Restart" or "RestartSec" or "StartLimitIntervalSec" or "StartLimitBurst" or "RestartPreventExitStatus")
            .ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(("on-failure", "1d"), (unit["Restart"], unit["StartLimitIntervalSec"]));
        Assert.InRange(Number("RestartSec") * Number("StartLimitBurst"), 2 * 3_600, 12 * 3_600);
        Assert.Equal([ExitCodes.BadInput, ExitCodes.Journal, ExitCodes.Taken], unit["RestartPreventExitStatus"].Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture)));

        int Number(string key) => int.Parse(unit[key].TrimEnd('s'), CultureInfo.InvariantCulture);
    }
}
