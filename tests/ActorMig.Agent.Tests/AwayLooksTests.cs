using ActorMig.Agent.Edges;

namespace ActorMig.Agent.Tests;

/// <summary>Looks at machines that never answer: of each a few threads are left behind, and no place is lost for good.</summary>
public sealed class AwayLooksTests : IDisposable
{
    private const string Late = "nothing answered for 5.0 s (actormig.libvirt.look-timeout)";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(15);
    private readonly SetTime _time = new();
    private readonly ManualResetEventSlim _gate = new(false);
    private readonly AwayLooks _looks;
    private int _began;
    private int _ended;

    public AwayLooksTests() => _looks = new AwayLooks(_time, new AwayLimits(TimeSpan.FromSeconds(5), Abandoned, AbandonedMax: 2));

    /// <summary>Whoever still waits at the gate may use it.</summary>
    public void Dispose() => _gate.Set();

    [Fact]
    public async Task A_look_that_never_comes_back_gives_its_place_back_and_few_are_left_behind()
    {
        Assert.Equal(Late, await HangAsync("h2"));
        Assert.Equal("an earlier look still waits for an answer", await HangAsync("h2"));
        Assert.Equal("seen", await SeeAsync("h3"));
        _time.Pass(Abandoned - TimeSpan.FromSeconds(1));
        Assert.Equal("an earlier look still waits for an answer", await HangAsync("h2"));

        // Its host has lost its power, and nobody has told: the next one finds it well, or hangs, too.
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("seen", await SeeAsync("h2"));
        Assert.Equal(Late, await HangAsync("h2"));
        _time.Pass(Abandoned);
        Assert.Equal(
            "2 earlier looks have waited for an answer for more than 15 min and still do (actormig.libvirt.looks-abandoned-max); restart this agent once what they wait for is well",
            await HangAsync("h2"));
        Assert.Equal(2, _began);
        Assert.Equal("seen", await SeeAsync("h3"));

        // Those that come back after all are not missed.
        _gate.Set();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _ended) == 2, Limit));
        var again = "";
        for (var until = DateTime.UtcNow + Limit; again != "seen" && DateTime.UtcNow < until;)
        {
            again = await SeeAsync("h2");
        }

        Assert.Equal("seen", again);
    }

    [Fact]
    public async Task Several_places_are_given_back_one_by_one()
    {
        Assert.Equal(Late, await HangAsync("h2", most: 2));
        _time.Pass(Abandoned / 2);
        Assert.Equal(Late, await HangAsync("h2", most: 2));
        Assert.Equal("an earlier look still waits for an answer", await HangAsync("h2", most: 2));
        _time.Pass(Abandoned / 2);
        Assert.Equal(Late, await HangAsync("h2", most: 2));
        Assert.Equal("an earlier look still waits for an answer", await HangAsync("h2", most: 2));
    }

    [Fact]
    public async Task What_fails_says_why() =>
        Assert.Equal("no route", await _looks.LookAsync<string>("h2", 1, static () => throw new InvalidOperationException("no route"), static error => error));

    private Task<string> SeeAsync(string where) => _looks.LookAsync(where, 1, static () => "seen", static error => error);

    private Task<string> HangAsync(string where, int most = 1) => _looks.LookAsync(
        where,
        most,
        () =>
        {
            Interlocked.Increment(ref _began);
            _gate.Wait();
            Interlocked.Increment(ref _ended);
            return "late";
        },
        static error => error);

    /// <summary>A clock that is set; what is waited for by it is over in a moment, and what is done at once was done before.</summary>
    private sealed class SetTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 4 : dueTime, period);
    }
}
