using System.Collections.Concurrent;
using ActorMig.Actors;
using ActorMig.Agent.Traffic;
using ActorMig.Edges;

namespace ActorMig.Agent.Tests.Traffic;

/// <summary>The edge to what is counted: it answers with what has been read, and says once what it cannot see.</summary>
public sealed class TrafficActorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TestNetwork _network = new();
    private readonly Notes _notes = new();

    public void Dispose() => _network.Dispose();

    [Fact]
    public async Task It_counts_and_says_once_that_a_table_was_taken_away()
    {
        _network.AddGuest(1);
        _network.AddGuest(2);
        await using var counters = new NftCounters(Options(_network.NftProgram()));
        await using var system = new ActorSystem(new ActorSystemOptions(), _notes);
        var edge = system.Spawn(Props.Of(() => new TrafficActor(counters, Options(""))), "traffic");
        Assert.Equal("nothing has been counted yet", (await AskAsync(system, edge)).Unseen);
        system.Tell(edge, new WatchTraffic([TestNetwork.Nic(1), TestNetwork.Nic(2)]));
        await UntilAsync(system, edge, c => c is { Unseen: null, Senders.Count: 2 });
        _network.Send(1, 2, 100, 1_000);
        var counted = await UntilAsync(system, edge, c => Sent(c) == 104_200);
        Assert.Equal([TestNetwork.Mac(1), TestNetwork.Mac(2)], counted.Senders.Select(s => s.Mac));
        _network.Nft("delete", "table", "bridge", "actormig");
        await UntilAsync(() => _notes.All.Any(n => n.StartsWith("508 Somebody has taken the table bridge actormig away", StringComparison.Ordinal)));

        // The pair is gone with its table, and the next frame begins it anew.
        await UntilAsync(system, edge, c => c is { Unseen: null } && Sent(c) == 0);
        _network.Send(1, 2, 10, 1_000);
        Assert.Equal(counted.Session, (await UntilAsync(system, edge, c => Sent(c) == 10_420)).Session);
        Assert.Single(_notes.All);
    }

    [Fact]
    public async Task What_is_missing_is_said_once_and_tried_again()
    {
        _network.AddGuest(1);
        using var folder = new TestFolder();
        var program = folder.File("nft");
        await using var counters = new NftCounters(Options(program));
        await using var system = new ActorSystem(new ActorSystemOptions(), _notes);
        var edge = system.Spawn(Props.Of(() => new TrafficActor(counters, Options(program))), "traffic");
        system.Tell(edge, new WatchTraffic([TestNetwork.Nic(1)]));
        var unseen = (await UntilAsync(system, edge, c => c.Unseen?.StartsWith("there is no program", StringComparison.Ordinal) == true)).Unseen;
        await UntilAsync(() => !_notes.All.IsEmpty);
        Assert.Equal($"507 It cannot be seen who talks to whom: {unseen}. Loads are measured all the same; this is tried again every 20 ms.", Assert.Single(_notes.All));

        // At once: a half of it would be something else that is wrong.
        File.Copy(_network.NftProgram(), program + ".new");
        File.Move(program + ".new", program);
        await UntilAsync(system, edge, c => c.Unseen is null);
        Assert.Equal(["509 It is seen again who talks to whom."], _notes.All.Skip(1));
    }

    private static TrafficOptions Options(string nft) => new()
    {
        Source = TrafficSource.Auto, IntervalMs = 20, Table = "actormig", Nft = nft, PairsMax = 1_000, IdleMs = 600_000, AnswerMs = 20_000,
    };

    private static long Sent(TrafficCounted counted) =>
        counted.Senders.FirstOrDefault(s => s.Mac == TestNetwork.Mac(1))?.To.FirstOrDefault(t => t.Mac == TestNetwork.Mac(2))?.Bytes ?? 0;

    private static async Task<TrafficCounted> AskAsync(ActorSystem system, ActorRef edge) =>
        (TrafficCounted)await system.AskAsync(edge, r => new GetTraffic(r), Limit, TestContext.Current.CancellationToken);

    private async Task<TrafficCounted> UntilAsync(ActorSystem system, ActorRef edge, Func<TrafficCounted, bool> condition)
    {
        TrafficCounted? counted = null;
        await UntilAsync(() => condition(counted = AskAsync(system, edge).GetAwaiter().GetResult()));
        return counted!;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come to pass; notes: " + string.Join(" | ", _notes.All));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Notes : IActorObserver
    {
        public ConcurrentQueue<string> All { get; } = new();

        public void Noted(ActorRef actor, int id, string text) => All.Enqueue(FormattableString.Invariant($"{id} {text}"));

        public void Restarted(ActorRef actor, Exception cause, object message) => All.Enqueue(cause.ToString());

        public void Failed(ActorRef actor, Exception cause) => All.Enqueue(cause.ToString());

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
