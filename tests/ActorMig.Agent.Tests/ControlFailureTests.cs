using System.Collections.Concurrent;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Cluster;
using ActorMig.Journal;
using ActorMig.Migrations;
using ActorMig.Vms;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Tests;

/// <summary>A command whose answer fails inside the agent is told so in a sentence, and what is no more than a fault stands in the log.</summary>
public sealed class ControlFailureTests : IDisposable
{
    private const int PageBytes = 4_096;
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public ControlFailureTests() => _agent = new AgentUnderTest(_folder);

    private string Journal => _folder.File("data/journal.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_page_of_the_records_is_a_sentence_with_the_exit_code_of_the_journal()
    {
        await WithDamageAsync(400, 200, async client =>
        {
            foreach (var ask in (Func<Task>[])
            [
                () => TailAsync(client, 400),
                () => client.WhyAsync("vm1", TestContext.Current.CancellationToken),
            ])
            {
                var e = await Assert.ThrowsAsync<ControlException>(ask);
                Assert.Matches("^The journal .*journal.db is damaged \\(.*\\), so it cannot be used; start the agent anew: it moves the file aside and says what to do.$", e.Message);
                Assert.Equal(ExitCodes.Journal, e.ExitCode);
            }
        });
    }

    [Fact]
    public async Task A_damaged_page_that_is_met_when_a_part_is_told_already_breaks_the_answer_off()
    {
        await WithDamageAsync(1_500, 1_300, async client =>
        {
            var e = await Assert.ThrowsAsync<ControlException>(() => TailAsync(client, 1_500));
            Assert.Matches("^The agent at .* broke off .*; does it still run\\? Its log says more.$", e.Message);
        });
    }

    [Fact]
    public async Task An_event_of_a_migration_that_a_later_release_wrote_is_passed_over()
    {
        var vm = new VmFacts("5ef0f6cf-5c3c-4a3e-8f7d-000000000001", "vm1", 4L << 30, 4, 43.1e6, IsPersistent: true, IsAutostart: false, "h2", 0, 0);
        var plan = new MigrationPlan("h1-1-1.1", "h1-1-1", 1, vm, "h1", "h2", BarterKind.Migrate);
        await _agent.RunAsync(async client =>
        {
            await client.StatusAsync(TestContext.Current.CancellationToken);
            using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
            connection.Open();
            var events = Wire.Events();
            foreach (var (number, name, json) in ((long, string, byte[])[])
            [
                (1, events.NameOf(new MigrationPrepared(plan)), events.Write(new MigrationPrepared(plan))),
                (2, "migration-foretold.1", "{}"u8.ToArray()),
                (3, events.NameOf(new PostCopyBegan(plan.Migration)), events.Write(new PostCopyBegan(plan.Migration))),
            ])
            {
                using var insert = connection.CreateCommand();
                insert.CommandText =
                    "INSERT INTO journal (deleted, persistence_id, sequence_number, created, message, identifier, manifest) VALUES (0, 'migration-h1-1-1.1', $number, 1, $json, 7701, $name)";
                insert.Parameters.AddWithValue("$number", number);
                insert.Parameters.AddWithValue("$json", json);
                insert.Parameters.AddWithValue("$name", name);
                insert.ExecuteNonQuery();
            }

            var shown = Assert.Single((await client.MigrationsAsync(20, false, TestContext.Current.CancellationToken)).Migrations);
            Assert.Equal([MigrationPhase.Preparing, MigrationPhase.PostCopy], shown.Phases.Select(p => p.Phase));
            return 0;
        });
    }

    [Fact]
    public async Task What_nobody_has_thought_of_is_told_and_logged()
    {
        var path = _agent.Configuration();
        Directory.CreateDirectory(_folder.File("data"));
        var (logger, read) = (new Lines(), ConfigurationLoader.Read(path));
        using var running = new RunningConfiguration(path, read, logger);
        var journal = SqliteJournal.Open(new JournalOptions { Path = Journal }, Wire.Events(), Wire.Records());
        await using var system = new ActorSystem(new ActorSystemOptions(), new AgentObserver(logger));
        var host = system.Spawn(Props.Of(() => new Silent()), "host");
        await using var server = await ControlServer.StartAsync(running, system, host, journal, null, () => new TransportCounters([], [], 0), logger);
        await journal.DisposeAsync();
        using var client = new ControlClient(_agent.Socket);
        var e = await Assert.ThrowsAsync<ControlException>(() => client.StoryAsync("h1-1-1", TestContext.Current.CancellationToken));
        Assert.StartsWith("The agent failed on `actormig barter show` (ObjectDisposedException: Cannot access a disposed object", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("which is a fault of this program; its log says where (actormig[913]).", e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, e.ExitCode);
        var (id, text, cause) = Assert.Single(logger.Said);
        Assert.Equal((913, "What `actormig barter show` asked for failed."), (id, text));
        Assert.IsType<ObjectDisposedException>(cause);
    }

    private static async Task TailAsync(ControlClient client, int last)
    {
        await foreach (var entry in client.JournalAsync(last, follow: false, TestContext.Current.CancellationToken))
        {
            Assert.NotEmpty(entry.Json);
        }
    }

    /// <summary>Has an agent run on a journal of so many records, one of whose pages is damaged after it has begun.</summary>
    private async Task WithDamageAsync(int records, int damaged, Func<ControlClient, Task> then)
    {
        await _agent.RunAsync(c => c.StatusAsync(TestContext.Current.CancellationToken));
        AddRecords(records);
        await _agent.RunAsync(async client =>
        {
            await client.StatusAsync(TestContext.Current.CancellationToken);
            DamagePageOf(damaged);
            await then(client);
            return 0;
        });
    }

    /// <summary>Records that fill pages, while no agent runs.</summary>
    private void AddRecords(int count)
    {
        using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        for (var n = 1; n <= count; n++)
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO records (created, name, content) VALUES ($created, 'round-decided.1', CAST($content AS BLOB))";
            insert.Parameters.AddWithValue("$created", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            insert.Parameters.AddWithValue("$content", $"{{\"number\":\"{Mark(n)}\",\"more\":\"{new string('x', 900)}\"}}");
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static string Mark(int record) => FormattableString.Invariant($"record-{record:0000}-of-the-test");

    /// <summary>As a disk that has forgotten a page: the beginning of the one where a record stands, in the file of a journal that is in use.</summary>
    private void DamagePageOf(int record)
    {
        using var file = new FileStream(Journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Mark(record)));
        Assert.True(at > 0, "The record is not in the file.");
        file.Position = at / PageBytes * PageBytes;
        file.Write([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }

    private sealed class Silent : EphemeralActor
    {
        protected override void Handle(object message)
        {
        }
    }

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<(int Id, string Text, Exception? Cause)> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue((eventId.Id, formatter(state, exception), exception));
    }
}
