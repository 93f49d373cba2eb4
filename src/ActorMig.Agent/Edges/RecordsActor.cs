using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Edges;
using ActorMig.Journal;
using Record = ActorMig.Edges.Record;

namespace ActorMig.Agent.Edges;

/// <summary>The edge to the journal's records and to its disk.</summary>
/// <param name="journal">The journal.</param>
/// <param name="options">The limit of free space.</param>
/// <param name="freeBytes">How many bytes are free on the journal's disk.</param>
internal sealed class RecordsActor(SqliteJournal journal, AgentOptions options, Func<long> freeBytes) : EdgeActor
{
    private const string Look = "look";
    private const long LookIntervalMs = 5_000;
    private readonly List<ActorRef> _subscribers = [];
    private string? _full;
    private bool _isMakingBallast;
    private string? _whyNoBallast;

    protected override void Started() => LookAtDisk();

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Record record:
                journal.Add(record);
                break;
            case SubscribeDisk subscribe:
                if (!_subscribers.Contains(subscribe.Subscriber))
                {
                    _subscribers.Add(subscribe.Subscriber);
                    Context.Watch(subscribe.Subscriber);
                }

                Context.Tell(subscribe.Subscriber, new DiskChanged(_full));
                break;
            case Terminated ended:
                _subscribers.Remove(ended.Actor);
                break;
            case Look:
                LookAtDisk();
                break;
            case BallastTried tried:
                _isMakingBallast = false;
                if (tried.Error is null)
                {
                    _whyNoBallast = null;
                    LookAtDisk();
                }
                else if (tried.Error != _whyNoBallast)
                {
                    _whyNoBallast = tried.Error;
                    Context.Note(505, $"The ballast of the journal was not made again, which is tried again later: {tried.Error}");
                }

                break;
        }
    }

    /// <summary>The limit must be passed by some way before barters begin again, so that it is not crossed to and fro.</summary>
    private void LookAtDisk()
    {
        var full = Judge(out var hasRoom);
        if ((full is null) != (_full is null))
        {
            _full = full;
            foreach (var subscriber in _subscribers)
            {
                Context.Tell(subscriber, new DiskChanged(_full));
            }
        }

        if (hasRoom && journal.IsBallastGivenUp && !_isMakingBallast)
        {
            _isMakingBallast = true;
            PipeToSelf(
                cancellation => Task.Run<object>(() => new BallastTried(journal.TryHoldBallast() ? null : "there is no room for it"), cancellation),
                e => new BallastTried(e.Message));
        }

        Context.StartTimer(Look, Look, LookIntervalMs);
    }

    private string? Judge(out bool hasRoom)
    {
        long free;
        try
        {
            free = freeBytes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            hasRoom = false;
            return $"the free space of {options.DataDir} cannot be read ({e.Message}); look at its disk";
        }

        var limit = options.FreeSpaceMinBytes;
        var needed = _full is null ? limit : limit + (limit / 8);
        hasRoom = free >= limit + (limit / 8) + options.BallastBytes;
        return journal.IsBallastGivenUp
            ? $"the disk of {options.DataDir} was full, so that the journal's ballast had to be given up; make room there"
            : free < needed
                ? $"{Words.Memory(free)} are free on the disk of {options.DataDir}, and actormig.journal.free-space-min is {Words.Memory(limit)}; make room there"
                : null;
    }

    private sealed record BallastTried(string? Error);
}
