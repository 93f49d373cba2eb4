namespace ActorMig.Agent.Tests;

/// <summary>A whole agent whose journal is lost, damaged, or on a disk that is nearly full.</summary>
public sealed class JournalLossTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public JournalLossTests() => _agent = new AgentUnderTest(_folder);

    private string Journal => _folder.File("data/journal.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lost_journal_keeps_the_agent_in_observe_until_its_loss_is_accepted_and_the_acceptance_survives_restarts()
    {
        var first = await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Mode.Auto, null), (first.Mode, first.JournalAlarm));
        File.Delete(Journal);
        foreach (var suffix in (string[])["-wal", "-shm"])
        {
            File.Delete(Journal + suffix);
        }

        for (var start = 1; start <= 2; start++)
        {
            var lost = await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
            Assert.Equal((Mode.Observe, first.Incarnation + start), (lost.Mode, lost.Incarnation));
            Assert.Contains("the journal was lost (journal.db is missing)", lost.JournalAlarm, StringComparison.Ordinal);
            Assert.Contains("`actormig journal accept-loss`", lost.JournalAlarm, StringComparison.Ordinal);
        }

        var (reply, second, after) = await _agent.RunAsync(async client => (
            await client.AcceptJournalLossAsync(TestContext.Current.CancellationToken),
            await client.AcceptJournalLossAsync(TestContext.Current.CancellationToken),
            await client.StatusAsync(TestContext.Current.CancellationToken)));
        Assert.Equal((true, false), (reply.IsAccepted, second.IsAccepted));
        Assert.Equal((Mode.Auto, null), (after.Mode, after.JournalAlarm));
        var again = await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Mode.Auto, null, first.Incarnation + 4), (again.Mode, again.JournalAlarm, again.Incarnation));
        var entries = await _agent.RunAsync(async client =>
        {
            var texts = new List<string>();
            await foreach (var entry in client.JournalAsync(50, follow: false, TestContext.Current.CancellationToken))
            {
                texts.Add(Commands.JournalText.Of(entry));
            }

            return texts;
        });
        Assert.Contains(entries, e => e.Contains("accepted that the journal was lost", StringComparison.Ordinal) && e.Contains("user ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_journal_is_moved_aside_and_said()
    {
        await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        File.WriteAllText(Journal, new string('x', 20_000));
        var lost = await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Mode.Observe, lost.Mode);
        Assert.Matches("journal.db is damaged .*; it was moved to journal.db.damaged-[0-9]{8}T[0-9]{6}Z", lost.JournalAlarm);
        Assert.Equal(new string('x', 20_000), File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.File("data"), "*damaged*"))));
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_is_said()
    {
        _agent.More = "actormig.journal.free-space-min = 900TiB";
        var status = await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Contains("actormig.journal.free-space-min is", status.JournalAlarm, StringComparison.Ordinal);
        Assert.StartsWith("no barter begins: ", status.JournalAlarm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_a_later_release_ends_the_start_with_a_sentence()
    {
        await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));

        // The layout's number, in the header of every SQLite file.
        using (var file = File.OpenWrite(Journal))
        {
            file.Position = 60;
            file.Write([0, 0, 0, 99]);
        }

        Assert.Equal(ExitCodes.Journal, await AgentProcess.RunAsync(_agent.Configuration(), TestContext.Current.CancellationToken));
    }
}
