using System.Collections.Concurrent;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Edges;
using ActorMig.Journal;

namespace ActorMig.Agent.Tests;

/// <summary>What the journal's edge tells of its disk.</summary>
public sealed class RecordsActorTests : IAsyncDisposable
{
    private const long MiB = 1L << 20;
    private readonly TestFolder _folder = new();
    private readonly SqliteJournal _journal;
    private readonly ActorSystem _system;
    private readonly HurriedTime _time = new();
    private readonly List<string?> _heard = [];
    private readonly Notes _notes = new();
    private long _looks;
    private long _freeBytes = 1_000 * MiB;

    public RecordsActorTests()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Path = _folder.File("journal.db"), BallastBytes = MiB }, Wire.Events(), Wire.Records());
        _system = new ActorSystem(new ActorSystemOptions(), _notes, _journal, _time);
        var options = new AgentOptions { DataDir = _folder.Path, FreeSpaceMinBytes = 200 * MiB, BallastBytes = MiB };
        var records = _system.Spawn(Props.Of(() => new RecordsActor(_journal, options, FreeBytes)), "records");
        _system.Spawn(Props.Of(() => new Listener(records, Hear)), "listener");
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_tells_when_there_is_too_little_room_and_when_there_is_enough_again_with_some_distance()
    {
        await UntilAsync(() => Heard() is [null]);
        Interlocked.Exchange(ref _freeBytes, 199 * MiB);
        await UntilHeardAsync(null, $"199 MiB are free on the disk of {_folder.Path}, and actormig.journal.free-space-min is 200 MiB; make room there");
        Interlocked.Exchange(ref _freeBytes, 210 * MiB);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(2, Heard().Length);
        Interlocked.Exchange(ref _freeBytes, 230 * MiB);
        await UntilAsync(() => Heard() is [_, _, null]);
    }

    [Fact]
    public async Task A_ballast_that_was_given_up_is_told_and_made_again_when_there_is_room()
    {
        await UntilAsync(() => Heard() is [null]);
        Interlocked.Exchange(ref _freeBytes, 10 * MiB);
        Assert.True(_journal.TryGiveUpBallast());
        await UntilAsync(() => Heard() is [null, not null]);
        Interlocked.Exchange(ref _freeBytes, 1_000 * MiB);
        await UntilAsync(() => Heard() is [null, not null, null]);
        Assert.Equal(MiB, new FileInfo(_folder.File("ballast")).Length);
    }

    [Fact]
    public async Task A_ballast_that_cannot_be_made_is_tried_again_when_the_disk_is_looked_at_and_said_once()
    {
        await UntilAsync(() => Heard() is [null]);
        Interlocked.Exchange(ref _freeBytes, 10 * MiB);
        Assert.True(_journal.TryGiveUpBallast());
        Directory.CreateDirectory(_folder.File("ballast"));
        await UntilAsync(() => Heard() is [null, not null]);
        Interlocked.Exchange(ref _freeBytes, 1_000 * MiB);
        await UntilAsync(() => !_notes.Said.IsEmpty);
        var then = Interlocked.Read(ref _looks);
        await UntilAsync(() => Interlocked.Read(ref _looks) > then + 5);

        // In this order: a look follows from a timer, and from nothing else.
        var looks = Interlocked.Read(ref _looks);
        Assert.InRange(looks, 1, 1 + _time.Fired);
        Assert.Equal("The ballast of the journal was not made again, which is tried again later: there is no room for it", Assert.Single(_notes.Said));
        Directory.Delete(_folder.File("ballast"));
        await UntilAsync(() => Heard() is [null, not null, null]);
        Assert.Single(_notes.Said);
    }

    private long FreeBytes()
    {
        Interlocked.Increment(ref _looks);
        return Interlocked.Read(ref _freeBytes);
    }

    private void Hear(string? full)
    {
        lock (_heard)
        {
            _heard.Add(full);
        }
    }

    private string?[] Heard()
    {
        lock (_heard)
        {
            return [.. _heard];
        }
    }

    private Task UntilHeardAsync(params string?[] expected) => UntilAsync(() => Heard().SequenceEqual(expected));

    private async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It was not heard; what was: " + string.Join(" | ", Heard().Select(h => h ?? "(room)")));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Listener(ActorRef records, Action<string?> hear) : EphemeralActor
    {
        protected override void Started() => Context.Tell(records, new SubscribeDisk(Context.Self));

        protected override void Handle(object message)
        {
            if (message is DiskChanged changed)
            {
                hear(changed.Full);
            }
        }
    }

    private sealed class Notes : IActorObserver
    {
        public ConcurrentQueue<string> Said { get; } = [];

        public void Noted(ActorRef actor, int id, string text) => Said.Enqueue(text);

        public void Restarted(ActorRef actor, Exception cause, object message) => Said.Enqueue(cause.ToString());

        public void Failed(ActorRef actor, Exception cause) => Said.Enqueue(cause.ToString());

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }

    /// <summary>A clock on which five seconds are twenty milliseconds.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private const int Factor = 250;
        private long _fired;

        public long Fired => Interlocked.Read(ref _fired);

        public override long TimestampFrequency => System.TimestampFrequency / Factor;

        public override long GetTimestamp() => System.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HurriedTimer(System.CreateTimer(
                s =>
                {
                    Interlocked.Increment(ref _fired);
                    callback(s);
                },
                state, Hurried(dueTime), period));

        private static TimeSpan Hurried(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Factor;

        private sealed class HurriedTimer(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hurried(dueTime), period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
