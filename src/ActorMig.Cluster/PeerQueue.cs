namespace ActorMig.Cluster;

/// <summary>What waits for a peer: bounded by number and size, the oldest goes first. One reader; thread-safe.</summary>
internal sealed class PeerQueue(int messagesMax, long bytesMax) : IDisposable
{
    private readonly Lock _changing = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
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

            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <summary>Waits for messages, and takes as many as go into one batch: of one incarnation, and at least one.</summary>
    public async Task<List<Outgoing>> TakeAsync(BatchLimits limits, CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.WaitAsync(cancellation).ConfigureAwait(false);
            if (Take(limits) is { Count: > 0 } batch)
            {
                return batch;
            }
        }
    }

    public void Dispose() => _signal.Dispose();

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

            if (_waiting.Count > 0 && _signal.CurrentCount == 0)
            {
                _signal.Release();
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
