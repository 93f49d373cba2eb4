using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Akka.Persistence.Sql;
using ActorMig.Journal;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using LinqToDB.Common;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;
using Adder = ActorMig.Akka.Tests.EnginesTakeTurns.Adder;
using ActorRef = ActorMig.Actors.ActorRef;
using Asked = ActorMig.Akka.Tests.EnginesTakeTurns.Asked;

namespace ActorMig.Akka.Tests;

/// <summary>What Akka.Persistence.Sql does with the journal's file when it is busy, full, or not chosen at all.</summary>
public sealed class SqlFileTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-").FullName;
    private readonly Ears _ears = new();
    private string _disk;

    public SqlFileTests() => _disk = _folder;

    public void Dispose()
    {
        if (_disk != _folder)
        {
            Run("umount", _disk);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.sql\"", true)]
    public async Task It_is_set_up_only_where_it_is_chosen(string chosen, bool isSetUp)
    {
        await using var journal = Open();
        await using var system = new AkkaActorSystem(
            new ActorSystemOptions(), _ears, journal, hocon: AkkaConformance.Quiet + "\n" + chosen, tables: EnginesTakeTurns.Tables(journal));
        Assert.Equal(isSetUp, system.System.Settings.Setup.Get<DataOptionsSetup>().HasValue);
        var adder = system.Spawn(Props.Of(() => new Adder()), "adder");
        system.Tell(adder, 2L);
        Assert.Equal(2L, await AskAsync(system, adder));
    }

    [Fact]
    public async Task Nothing_of_the_file_stays_open_when_the_system_has_ended()
    {
        await using (var journal = Open())
        {
            await using var system = Start(journal, snapshotEvery: 1);
            var adder = system.Spawn(Props.Of(() => new Adder()), "adder");
            system.Tell(adder, 2L);
            Assert.Equal(2L, await AskAsync(system, adder));
        }

        Assert.DoesNotContain(
            Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget ?? ""), target => target.StartsWith(_folder, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_two_newest_snapshots_of_an_identity_are_kept_and_those_of_others_are_not_touched()
    {
        await using var journal = Open();
        await journal.SaveSnapshotAsync("adder-of-old", 1, new Kept(1));
        await journal.SaveSnapshotAsync("adder-of-old", 2, new Kept(2));
        await journal.SaveSnapshotAsync("other", 900, new Kept(3));
        await using var system = Start(journal, snapshotEvery: 1);
        var rows = new SnapshotRows(EnginesTakeTurns.Tables(journal));
        var adder = system.Spawn(Props.Of(() => new Adder()), "adder");
        for (var i = 1; i <= 5; i++)
        {
            // One after the other: the first two are both among the newest, and later ones take their places.
            system.Tell(adder, (long)i);
            Assert.True(await new Kit(system.System).ComesToHoldAsync(() => Numbers("adder").SequenceEqual(Enumerable.Range(Math.Max(1, i - 1), Math.Min(i, 2)).Reverse().Select(n => (long)n)), Limit), $"{i}: {string.Join(" ", Numbers("adder"))}");
        }

        Assert.Equal([2, 1], Numbers("adder-of-old"));
        Assert.Equal([900], Numbers("other"));
        Assert.Empty(_ears.Heard);

        IReadOnlyList<long> Numbers(string id) => rows.NumbersAsync(id, long.MaxValue, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    [Theory]
    [InlineData("UPDATE snapshot SET snapshot = x'7b' WHERE sequence_number = 4")]
    [InlineData("UPDATE snapshot SET manifest = 'nothing-of-ours.1' WHERE sequence_number = 4")]
    [InlineData("UPDATE snapshot SET serializer_id = 4711 WHERE sequence_number = 4")]
    public async Task A_snapshot_that_cannot_be_read_gives_way_to_the_one_before_it(string damage)
    {
        await using var journal = await WithSnapshotsAsync();
        Execute(damage);
        await using var system = Start(journal);
        Assert.Equal(15L, await AskAsync(system, system.Spawn(Props.Of(() => new Adder()), "adder")));
    }

    [Fact]
    public async Task Reading_waits_for_nobody_who_writes()
    {
        await using var journal = await WithSnapshotsAsync();
        using var writer = Connect();
        using var begin = writer.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE; DELETE FROM snapshot; DELETE FROM journal";
        begin.ExecuteNonQuery();
        await using var system = Start(journal);

        // What is not committed is not seen.
        Assert.Equal(15L, await AskAsync(system, system.Spawn(Props.Of(() => new Adder()), "adder")));
    }

    [Fact]
    public async Task A_file_that_is_busy_is_not_taken_for_one_without_snapshots()
    {
        await using var journal = await WithSnapshotsAsync();
        var busy = new Busy();
        await using var system = new AkkaActorSystem(
            new ActorSystemOptions(), _ears, hocon: SqlEngine.Chosen, tables: EnginesTakeTurns.Tables(journal) with { Adjust = o => o.UseInterceptor(busy) });
        await system.WhenEnded(system.Spawn(Props.Of(() => new Adder()), "adder")).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Contains("failed: SQLite Error 5: 'database is locked'", Assert.Single(_ears.Heard), StringComparison.Ordinal);
        busy.HasEnded = true;
        Assert.Equal(15L, await AskAsync(system, system.Spawn(Props.Of(() => new Adder()), "again")));
    }

    [Fact]
    public async Task On_a_full_disk_a_write_fails_whole_its_actor_stops_and_with_the_ballasts_room_it_goes_on()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can mount a small file system.");
        var disk = Path.Combine(_folder, "disk");
        Directory.CreateDirectory(disk);
        Run("mount", "-t", "tmpfs", "-o", "size=4m", "actormig-test", disk);
        _disk = disk;
        await using var journal = Open(ballast: 1 << 20);
        await using var system = Start(journal, snapshotEvery: 1_000_000);
        var adder = system.Spawn(Props.Of(() => new Adder()), "adder");
        system.Tell(adder, 1L);
        Assert.Equal(1L, await AskAsync(system, adder));
        Fill();
        var durable = 1;
        var ended = system.WhenEnded(adder);
        while (!ended.IsCompleted)
        {
            system.Tell(adder, Enumerable.Repeat(1L, 50).ToArray());
            var answer = AskAsync(system, adder);
            if (await Task.WhenAny(answer, ended) == answer)
            {
                durable += 50;
                Assert.Equal(durable, await answer);
            }
        }

        // Nothing of the batch is there, and what is there can be read.
        Assert.Matches("failed: SQLite Error (13: 'database or disk is full'|10: 'disk I/O error')", Assert.Single(_ears.Heard));
        Assert.Equal(durable, journal.ReadEventsOf("adder").Count);
        var again = system.Spawn(Props.Of(() => new Adder()), "again");
        Assert.Equal(durable, await AskAsync(system, again));
        Assert.False(journal.IsBallastGivenUp);

        // The agent's own writer gives the ballast up with what it writes next; then there is room for this one, too.
        await journal.WriteAsync("another", 1, [.. Enumerable.Range(0, 200).Select(i => (object)new Added(i))]);
        Assert.True(journal.IsBallastGivenUp);
        system.Tell(again, Enumerable.Repeat(1L, 50).ToArray());
        Assert.Equal(durable + 50, await AskAsync(system, again));
    }

    [Fact]
    public async Task With_many_actors_and_the_agents_own_writer_on_one_file_nothing_fails_and_nothing_is_lost()
    {
        const int Actors = 40;
        const int Turns = 25;
        await using var journal = Open();
        await using var system = Start(journal, snapshotEvery: 10);
        var adders = Enumerable.Range(0, Actors).Select(i => system.Spawn(Props.Of(() => new Adder($"adder-{i}")), $"adder-{i}")).ToArray();
        for (var i = 1; i <= Turns; i++)
        {
            foreach (var adder in adders)
            {
                system.Tell(adder, (long)i);
            }
        }

        var answers = Task.WhenAll(adders.Select(a => AskAsync(system, a, 6 * Limit)));
        var own = 0;
        while (!answers.IsCompleted)
        {
            journal.Add(new Added(own));
            await journal.WriteAsync("own", own + 1, [new Added(own + 1)]);
            own++;
        }

        Assert.All(await answers, sum => Assert.Equal(Turns * (Turns + 1) / 2, sum));
        Assert.Empty(_ears.Heard);
        Assert.Equal(own, journal.ReadEventsOf("own").Count);
        Assert.All(Enumerable.Range(0, Actors), i => Assert.Equal(Turns, journal.ReadEventsOf($"adder-{i}").Count));
    }

    private static async Task<long> AskAsync(AkkaActorSystem system, ActorRef adder, TimeSpan? limit = null) =>
        (long)await system.AskAsync(adder, r => new Asked(r), limit ?? Limit, TestContext.Current.CancellationToken);

    private SqliteJournal Open(long ballast = 0) => SqliteJournal.Open(
        new JournalOptions { Path = Path.Combine(_disk, "journal.db"), BallastBytes = ballast }, EnginesTakeTurns.Names(), EnginesTakeTurns.Names());

    /// <summary>Five events whose first two only snapshots still have.</summary>
    private async Task<SqliteJournal> WithSnapshotsAsync()
    {
        var journal = Open();
        await journal.WriteAsync("adder", 1, [new Added(1), new Added(2), new Added(3), new Added(4), new Added(5)]);
        await journal.SaveSnapshotAsync("adder", 2, new Kept(3));
        await journal.SaveSnapshotAsync("adder", 4, new Kept(10));
        Execute("DELETE FROM journal WHERE sequence_number <= 2");
        return journal;
    }

    private AkkaActorSystem Start(SqliteJournal journal, int snapshotEvery = 1_000) => new(
        new ActorSystemOptions { SnapshotEvery = snapshotEvery, WriteTimeoutMs = 60_000 }, _ears, hocon: SqlEngine.Chosen, tables: EnginesTakeTurns.Tables(journal));

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_disk, "journal.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
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

    /// <summary>Says that the file is busy when the content of a snapshot is asked for.</summary>
    private sealed class Busy : CommandInterceptor
    {
        private volatile bool _hasEnded;

        public bool HasEnded
        {
            set => _hasEnded = value;
        }

        public override Task<Option<DbDataReader>> ExecuteReaderAsync(
            CommandEventData eventData, DbCommand command, CommandBehavior commandBehavior, Option<DbDataReader> result, CancellationToken cancellationToken) =>
            !_hasEnded && command.CommandText.Contains("[snapshot]", StringComparison.Ordinal)
                ? Task.FromException<Option<DbDataReader>>(new SqliteException("SQLite Error 5: 'database is locked'.", 5))
                : Task.FromResult(result);
    }

    /// <summary>Hears what fails.</summary>
    private sealed class Ears : IActorObserver
    {
        public ConcurrentQueue<string> Heard { get; } = new();

        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message) => Heard.Enqueue($"{actor} restarted: {cause}");

        public void Failed(ActorRef actor, Exception cause) => Heard.Enqueue($"{actor} failed: {cause.GetBaseException().Message}");

        public void SnapshotFailed(ActorRef actor, Exception cause) => Heard.Enqueue($"{actor} kept no snapshot: {cause.GetBaseException().Message}");

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
