using System.Diagnostics;
using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Akka.Persistence.Sql;
using ActorMig.Journal;
using Microsoft.Data.Sqlite;
using ActorRef = ActorMig.Actors.ActorRef;

namespace ActorMig.Akka.Tests;

/// <summary>Recovery from the real journal: both engines, and Akka.Persistence.Sql, open the same file, and each goes on where the others stopped.</summary>
public sealed class EnginesTakeTurns : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Who reads and writes the file.</summary>
    public enum By
    {
        /// <summary>The agent's own engine.</summary>
        Own,

        /// <summary>Akka.NET with our own journal as plug-in.</summary>
        Akka,

        /// <summary>Akka.NET with Akka.Persistence.Sql.</summary>
        AkkaSql,
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(4)]
    public async Task Each_engine_and_plug_in_goes_on_where_the_others_stopped_with_snapshots_and_without(int snapshotEvery)
    {
        // Each comes after each.
        By[] order = [By.Akka, By.Own, By.AkkaSql, By.Own, By.Akka, By.AkkaSql, By.AkkaSql, By.Akka, By.Own];
        var sum = 0L;
        foreach (var by in order)
        {
            await using var journal = Open();
            await using var system = Start(by, journal, snapshotEvery);
            var keeper = system.Spawn(Props.Of(() => new Adder()), "keeper");
            Assert.Equal(sum, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
            for (var i = 1; i <= 5; i++)
            {
                system.Tell(keeper, (long)i);
                sum += i;
            }

            // A turn with more than one event is one batch.
            system.Tell(keeper, new[] { 1L, 2L, 3L });
            sum += 6;
            Assert.Equal(sum, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        }

        await using var last = Open();
        Assert.Equal(order.Length * 8, last.ReadEventsOf("adder").Count);
        Assert.Equal(snapshotEvery < 1_000 ? 2 : 0, (await new SnapshotRows(Tables(last)).NumbersAsync("adder", long.MaxValue, TestContext.Current.CancellationToken)).Count);
    }

    [Theory]
    [InlineData(By.Own)]
    [InlineData(By.Akka)]
    [InlineData(By.AkkaSql)]
    public async Task A_batch_that_the_file_refuses_stops_the_actor_and_leaves_nothing(By by)
    {
        await using var journal = Open();
        await journal.WriteAsync("adder", 1, [new Added(7)]);
        await using var system = Start(by, journal);
        var first = system.Spawn(Props.Of(() => new Adder()), "first");
        Assert.Equal(7L, await system.AskAsync(first, r => new Asked(r), Limit, TestContext.Current.CancellationToken));

        // The number that comes next is taken by somebody else, as by a late write: the actor's own cannot have it.
        await journal.WriteAsync("adder", 2, [new Added(100)]);
        system.Tell(first, new[] { 1L, 1L });
        await system.WhenEnded(first).WaitAsync(Limit, TestContext.Current.CancellationToken);
        var second = system.Spawn(Props.Of(() => new Adder()), "second");
        Assert.Equal(107L, await system.AskAsync(second, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        Assert.Equal(2, journal.ReadEventsOf("adder").Count);
    }

    [Theory]
    [InlineData(By.Own, By.AkkaSql)]
    [InlineData(By.AkkaSql, By.Own)]
    [InlineData(By.AkkaSql, By.AkkaSql)]
    public async Task A_second_incarnation_elsewhere_fences_the_first_one_off(By first, By second)
    {
        await using var journal = Open();
        await using var one = Start(first, journal);
        var old = one.Spawn(Props.Of(() => new Adder()), "adder");
        one.Tell(old, 1L);
        Assert.Equal(1L, await one.AskAsync(old, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        await using var another = Open();
        await using var two = Start(second, another);
        var young = two.Spawn(Props.Of(() => new Adder()), "adder");
        two.Tell(young, 10L);
        Assert.Equal(11L, await two.AskAsync(young, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        one.Tell(old, 5L);
        await one.WhenEnded(old).WaitAsync(Limit, TestContext.Current.CancellationToken);
        two.Tell(young, 100L);
        Assert.Equal(111L, await two.AskAsync(young, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_Akka_Persistence_Sql_writes_is_what_our_journal_writes_but_for_who_wrote_it()
    {
        foreach (var by in new[] { By.Own, By.AkkaSql })
        {
            await using var journal = Open(by.ToString());
            await using var system = Start(by, journal, 4);
            var keeper = system.Spawn(Props.Of(() => new Adder()), "keeper");
            system.Tell(keeper, 1L);
            system.Tell(keeper, new[] { 2L, 3L, 4L, 5L });
            Assert.Equal(15L, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
            var numbers = new SnapshotRows(Tables(journal));
            var clock = Stopwatch.StartNew();
            while ((await numbers.NumbersAsync("adder", long.MaxValue, TestContext.Current.CancellationToken)).Count == 0)
            {
                // Nobody waits for a snapshot; here its row is looked at.
                Assert.True(clock.Elapsed < Limit, $"No snapshot was written in {Limit.TotalSeconds} s.");
                await Task.Yield();
            }
        }

        foreach (var sql in new[]
        {
            "SELECT ordering, deleted, persistence_id, sequence_number, message, typeof(message), identifier, manifest, typeof(writer_uuid) FROM journal ORDER BY ordering",
            "SELECT persistence_id, sequence_number, snapshot, typeof(snapshot), manifest, serializer_id FROM snapshot ORDER BY sequence_number",
            "SELECT count(*) FROM tags",
        })
        {
            Assert.Equal(Rows(By.Own, sql), Rows(By.AkkaSql, sql));
        }

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var times = Rows(By.AkkaSql, "SELECT created FROM journal UNION ALL SELECT created FROM snapshot").Select(r => long.Parse(r, System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(times, t => Assert.InRange(t, now - 600_000, now + 1));
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_is_passed_over_and_an_event_that_is_missing_is_not()
    {
        await using var journal = Open();
        await journal.WriteAsync("adder", 1, [new Added(1), new Added(2), new Added(3), new Added(4)]);
        await journal.SaveSnapshotAsync("adder", 2, new Kept(3));
        await journal.SaveSnapshotAsync("adder", 3, new Kept(6));
        Execute("UPDATE snapshot SET snapshot = x'7b' WHERE sequence_number = 3");
        await using (var system = Start(By.AkkaSql, journal))
        {
            var keeper = system.Spawn(Props.Of(() => new Adder()), "keeper");
            Assert.Equal(10L, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        }

        Execute("DELETE FROM journal WHERE sequence_number = 3");
        await using (var system = Start(By.AkkaSql, journal))
        {
            var keeper = system.Spawn(Props.Of(() => new Adder()), "keeper");
            await system.WhenEnded(keeper).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("akka.persistence.snapshot-store.plugin = \"akka.persistence.snapshot-store.sql\"", "the journal is another")]
    [InlineData("akka.persistence { journal.plugin = \"akka.persistence.journal.sql\", snapshot-store.plugin = \"akka.persistence.snapshot-store.actormig\" }", "leave that out")]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.sql\"", "was given no tables")]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.inmem\"", "leave both out")]
    public void What_cannot_be_chosen_is_refused_in_a_sentence(string chosen, string says) => Assert.Contains(
        says, Assert.Throws<global::Akka.Configuration.ConfigurationException>(() => new AkkaActorSystem(new ActorSystemOptions(), hocon: chosen)).Message, StringComparison.Ordinal);

    internal static IActorSystem Start(By by, SqliteJournal journal, int snapshotEvery = 1_000)
    {
        var options = new ActorSystemOptions { SnapshotEvery = snapshotEvery };
        return by switch
        {
            By.Own => new ActorSystem(options, new Silent(), journal),
            By.Akka => new AkkaActorSystem(options, new Silent(), journal, hocon: AkkaConformance.Quiet),
            _ => new AkkaActorSystem(options, new Silent(), hocon: SqlEngine.Chosen, tables: Tables(journal)),
        };
    }

    private List<string> Rows(By by, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, by + ".db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(" ", Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes
                ? System.Text.Encoding.UTF8.GetString(bytes)
                : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteJournal Open(string name = "journal") => SqliteJournal.Open(new JournalOptions { Path = Path.Combine(_folder, name + ".db") }, Names(), Names());

    internal static SqlTables Tables(SqliteJournal file) => new(file.Options.Path, Names(), SqliteJournal.SerializerId, file.Keep);

    internal static MessageRegistry Names() => new MessageRegistry().Add("added.1", AkkaTestJson.Default.Added).Add("kept.1", AkkaTestJson.Default.Kept);

    internal sealed record Asked(ActorRef ReplyTo);

    internal sealed class Adder(string id = "adder") : PersistentActor(id)
    {
        private long _sum;

        protected override void Handle(object message)
        {
            if (message is Asked asked)
            {
                Context.Tell(asked.ReplyTo, _sum);
            }
            else
            {
                foreach (var number in message as long[] ?? [(long)message])
                {
                    Context.Persist(new Added(number));
                }
            }
        }

        protected override void Apply(object @event) => _sum = @event is Kept kept ? kept.Sum : _sum + ((Added)@event).Number;

        protected override object? Snapshot() => new Kept(_sum);
    }
}

[JsonSerializable(typeof(Added))]
[JsonSerializable(typeof(Kept))]
[JsonSerializable(typeof(Said))]
internal sealed partial class AkkaTestJson : JsonSerializerContext;
