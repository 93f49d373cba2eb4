using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Journal;
using ActorRef = ActorMig.Actors.ActorRef;

namespace ActorMig.Akka.Tests;

/// <summary>Recovery from the real journal: both engines open the same file, and each goes on where the other one stopped.</summary>
public sealed class EnginesTakeTurns : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1_000)]
    [InlineData(4)]
    public async Task Each_engine_goes_on_where_the_other_stopped_with_snapshots_and_without(int snapshotEvery)
    {
        var sum = 0L;
        for (var turn = 0; turn < 6; turn++)
        {
            await using var journal = Open();
            var options = new ActorSystemOptions { SnapshotEvery = snapshotEvery };
            await using IActorSystem system = turn % 2 == 0
                ? new AkkaActorSystem(options, new Silent(), journal, hocon: AkkaConformance.Quiet)
                : new ActorSystem(options, new Silent(), journal);
            var keeper = system.Spawn(Props.Of(() => new Adder()), "keeper");
            Assert.Equal(sum, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
            for (var i = 1; i <= 5; i++)
            {
                system.Tell(keeper, (long)i);
                sum += i;
            }

            Assert.Equal(sum, await system.AskAsync(keeper, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
        }

        await using var last = Open();
        Assert.Equal(30, last.ReadEventsOf("adder").Count);
    }

    [Fact]
    public async Task A_batch_that_the_file_refuses_stops_the_actor_and_leaves_nothing()
    {
        await using var journal = Open();
        await journal.WriteAsync("adder", 1, [new Added(7)]);
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), journal, hocon: AkkaConformance.Quiet);
        var first = system.Spawn(Props.Of(() => new Adder()), "first");
        Assert.Equal(7L, await system.AskAsync(first, r => new Asked(r), Limit, TestContext.Current.CancellationToken));

        // The number that comes next is taken by somebody else, as by a late write: the actor's own cannot have it.
        await journal.WriteAsync("adder", 2, [new Added(100)]);
        system.Tell(first, 1L);
        await system.WhenEnded(first).WaitAsync(Limit, TestContext.Current.CancellationToken);
        var second = system.Spawn(Props.Of(() => new Adder()), "second");
        Assert.Equal(107L, await system.AskAsync(second, r => new Asked(r), Limit, TestContext.Current.CancellationToken));
    }

    private SqliteJournal Open() => SqliteJournal.Open(new JournalOptions { Path = Path.Combine(_folder, "journal.db") }, Names(), Names());

    private static MessageRegistry Names() => new MessageRegistry().Add("added.1", AkkaTestJson.Default.Added).Add("kept.1", AkkaTestJson.Default.Kept);

    private sealed record Asked(ActorRef ReplyTo);

    private sealed class Adder() : PersistentActor("adder")
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
                Context.Persist(new Added((long)message));
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
