using System.Threading.Channels;

namespace ActorMig.Cluster;

/// <summary>What waits for a peer: bounded by number and size, the oldest goes first. One reader; thread-safe.</summary>
internal sealed class PeerQueue(int messagesMax, long bytesMax)
{
    private readonly Lock _changing = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private long _bytes;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public int Waiting
    {
        get
        {
            lock (_changing)
            {
                return _waiting.Count;
            }
        }
    }

    public void Add(Outgoing message)
    {
        lock (_changing)
        {
            _waiting.Enqueue(message);
            _bytes += message.Bytes;
            while (_waiting.Count > messagesMax || (_bytes > bytesMax && _waiting.Count > 1))
            {
                _bytes -= _waiting.Dequeue().Bytes;
                Interlocked.Increment(ref _dropped);
            }

            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits for messages, and takes as many as go into one batch: of one incarnation, and at least one.</summary>
    public async Task<List<Outgoing>> TakeAsync(BatchLimits limits, CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (Take(limits) is { Count: > 0 } batch)
            {
                return batch;
            }
        }
    }

    private List<Outgoing> Take(BatchLimits limits)
    {
        var batch = new List<Outgoing>();
        lock (_changing)
        {
            var bytes = BatchFormat.HeaderBytes;
            while (batch.Count < limits.MessagesMax
                && _waiting.TryPeek(out var next)
                && (batch.Count == 0 || (next.Incarnation == batch[0].Incarnation && bytes + next.Bytes <= limits.BytesMax)))
            {
                batch.Add(_waiting.Dequeue());
                bytes += next.Bytes;
                _bytes -= next.Bytes;
            }

            if (_waiting.Count > 0)
            {
                _signal.Writer.TryWrite(true);
            }
        }

        return batch;
    }
}

/// <summary>A message that waits.</summary>
internal sealed record Outgoing(long Incarnation, OutgoingFrame Frame)
{
    public int Bytes { get; } = BatchFormat.Size(Frame);
}
