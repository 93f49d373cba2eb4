using System.Net;

namespace ActorMig.Cluster;

/// <summary>A peer: where it is now, what waits for it, and what has come from it. Thread-safe.</summary>
internal sealed class Peer(string name, IPEndPoint address, PeerTransportOptions options) : IDisposable
{
    /// <summary>So many runs of a peer are remembered: what comes once more after it began anew is old, too.</summary>
    private const int RunsMax = 8;
    private readonly Lock _hearing = new();
    private readonly CancellationTokenSource _end = new();
    private volatile IPEndPoint _address = address;

    /// <summary>The last number of each run, the run that was heard last at the end.</summary>
    private readonly List<(long Run, long Sequence)> _heard = [];
    private long _received;
    private long _repeated;
    private long _unreadable;
    private long _sent;
    private long _batches;
    private long _failed;

    public string Name { get; } = name;

    public PeerQueue Queue { get; } = new(options.QueueMax, options.QueueBytesMax);

    public IPEndPoint Address
    {
        get => _address;
        set => _address = value;
    }

    /// <summary>Ends when it is a peer no more.</summary>
    public CancellationToken Ended => _end.Token;

    public void End() => _end.Cancel();

    /// <summary>By its sender, when that has ended.</summary>
    public void Dispose() => _end.Dispose();

    /// <summary>
    /// Hands on what a batch holds, in order. One that came before, or that a later one has overtaken, is dropped: so nothing comes twice or out of order.
    /// </summary>
    /// <returns>How many messages could not be read, and why the first of them; the others are handed on.</returns>
    public (int Unreadable, string? Why) Hear(ReceivedBatch batch, Func<ReceivedFrame, string?> handOn)
    {
        lock (_hearing)
        {
            if (!IsNews(batch))
            {
                _repeated += batch.Frames.Count;
                return (0, null);
            }

            var (unreadable, first) = (0, (string?)null);
            foreach (var frame in batch.Frames)
            {
                if (handOn(frame) is { } why)
                {
                    unreadable++;
                    first ??= why;
                }
            }

            _received += batch.Frames.Count - unreadable;
            _unreadable += unreadable;
            return (unreadable, first);
        }
    }

    private bool IsNews(ReceivedBatch batch)
    {
        for (var i = 0; i < _heard.Count; i++)
        {
            if (_heard[i].Run == batch.Run)
            {
                if (batch.Sequence <= _heard[i].Sequence)
                {
                    return false;
                }

                _heard.RemoveAt(i);
                break;
            }
        }

        if (_heard.Count == RunsMax)
        {
            _heard.RemoveAt(0);
        }

        _heard.Add((batch.Run, batch.Sequence));
        return true;
    }

    public void CountSent(int messages)
    {
        Interlocked.Add(ref _sent, messages);
        Interlocked.Increment(ref _batches);
    }

    public void CountFailed(int messages) => Interlocked.Add(ref _failed, messages);

    public PeerCounters Counters()
    {
        lock (_hearing)
        {
            return new PeerCounters(
                Name, Queue.Waiting, Interlocked.Read(ref _sent), Interlocked.Read(ref _batches), Queue.Dropped, Interlocked.Read(ref _failed), _received, _repeated, _unreadable);
        }
    }
}
