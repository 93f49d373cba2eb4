using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Agent.Traffic;

/// <summary>The edge to what is counted of who talks to whom. It reads by its own clock, and says once what it cannot see.</summary>
/// <param name="counters">The counters in the kernel.</param>
/// <param name="options">How often they are read.</param>
internal sealed class TrafficActor(NftCounters counters, TrafficOptions options) : EdgeActor
{
    private const string Read = "read";
    private const string NotYet = "nothing has been counted yet";

    /// <summary>A reading counts for so many intervals: one that fails now and then is no news.</summary>
    private const int ReadingAge = 3;
    private static long _sessions;
    private readonly long _session = Interlocked.Increment(ref _sessions);
    private readonly TrafficTotals _totals = new();
    private IReadOnlyList<NicSample> _nics = [];
    private IReadOnlyList<SenderCount> _senders = [];
    private long? _readAtMs;
    private bool _isWatching;
    private bool _isReading;
    private bool _isStale;
    private string? _error;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case WatchTraffic watch:
                Watch(watch.Nics);
                break;
            case GetTraffic get:
                var isOld = _readAtMs is not { } at || Context.Now.MonotonicMs - at > ReadingAge * options.IntervalMs;
                Context.Tell(get.ReplyTo, new TrafficCounted(_session, _readAtMs ?? 0, _senders, isOld ? _error ?? NotYet : null));
                break;
            case Read:
                BeginReading();
                break;
            case Counted counted:
                _isReading = false;
                Take(counted);
                Next();
                break;
            case NotCounted failed:
                _isReading = false;
                if (failed.Sentence != _error)
                {
                    Context.Note(507, $"It cannot be seen who talks to whom: {failed.Sentence}. Loads are measured all the same; this is tried again every {options.IntervalMs} ms.");
                }

                _error = failed.Sentence;
                Next();
                break;
        }
    }

    /// <summary>Who comes is counted at once.</summary>
    private void Watch(IReadOnlyList<NicSample> nics)
    {
        var isNews = !_isWatching || !_nics.SequenceEqual(nics);
        (_nics, _isWatching) = (nics, true);
        if (!isNews)
        {
            return;
        }

        if (_isReading)
        {
            _isStale = true;
        }
        else
        {
            BeginReading();
        }
    }

    private void BeginReading()
    {
        if (_isReading)
        {
            return;
        }

        (_isReading, _isStale) = (true, false);
        var nics = _nics;
        PipeToSelf(
            ended => Task.Run<object>(
                async () =>
                {
                    var (readings, lost) = await counters.ReadAsync(nics, ended).ConfigureAwait(false);
                    return new Counted(nics, readings, lost);
                },
                ended),
            e => new NotCounted(e.Message));
    }

    private void Take(Counted counted)
    {
        foreach (var table in counted.Lost)
        {
            Context.Note(508, $"Somebody has taken the table {table} away, or changed it; it is made anew, and what it had counted since the last reading is lost.");
        }

        if (_error is not null)
        {
            Context.Note(509, "It is seen again who talks to whom.");
        }

        _totals.Take(counted.Readings);
        (_senders, _readAtMs, _error) = (_totals.Of(counted.Nics), Context.Now.MonotonicMs, null);
    }

    private void Next()
    {
        if (_isStale)
        {
            BeginReading();
        }
        else
        {
            Context.StartTimer(Read, Read, options.IntervalMs);
        }
    }

    private sealed record Counted(IReadOnlyList<NicSample> Nics, IReadOnlyList<NftReading> Readings, IReadOnlyList<string> Lost);

    private sealed record NotCounted(string Sentence);
}
