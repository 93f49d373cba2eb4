using System.Threading.Tasks.Sources;

namespace ActorMig.Actors;

/// <summary>
/// What waits for one actor, in order: messages, of which there are only so many, and the engine's own letters, which no limit drops. Many may post;
/// one reads.
/// </summary>
internal sealed class Mailbox(MailboxOptions options) : IValueTaskSource
{
    private readonly Lock _lock = new();
    private Entry[] _ring = new Entry[8];
    private int _head;
    private int _count;
    private int _messages;

    // What the reader has taken out together and not handled yet; it waits all the same, and counts. Only the reader changes it.
    private Entry[] _taken = new Entry[8];
    private int _takenHead;
    private int _takenCount;
    private int _takenMessages;
    private bool _isReaderWaiting;
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };

    /// <summary>How much waits: messages and letters.</summary>
    public int Depth => Volatile.Read(ref _count) + Volatile.Read(ref _takenCount);

    public int MessagesMax => options.MessagesMax;

    /// <summary>Adds a message.</summary>
    /// <returns>The message that had to go for it, which may be itself; null if none had to.</returns>
    public object? Post(object message)
    {
        object? dropped = null;
        bool wakes;
        lock (_lock)
        {
            if (_messages + Volatile.Read(ref _takenMessages) >= options.MessagesMax)
            {
                if (options.Overflow == MailboxOverflow.DropNewest)
                {
                    return message;
                }

                dropped = RemoveOldestMessage();
            }

            _messages++;
            Add(new Entry(message, IsMessage: true));
            wakes = StopWaiting();
        }

        if (wakes)
        {
            _signal.SetResult(true);
        }

        return dropped;
    }

    public void PostLetter(object letter)
    {
        bool wakes;
        lock (_lock)
        {
            Add(new Entry(letter, IsMessage: false));
            wakes = StopWaiting();
        }

        if (wakes)
        {
            _signal.SetResult(true);
        }
    }

    /// <summary>Ends the reader's waiting, so that it looks whether it shall stop.</summary>
    public void Wake()
    {
        bool wakes;
        lock (_lock)
        {
            wakes = StopWaiting();
        }

        if (wakes)
        {
            _signal.SetResult(true);
        }
    }

    /// <summary>Takes the next; null if nothing waits.</summary>
    public object? TryTake()
    {
        if (_takenCount == 0 && !TakeOut())
        {
            return null;
        }

        var entry = _taken[_takenHead];
        _taken[_takenHead] = default;
        _takenHead = (_takenHead + 1) & (_taken.Length - 1);
        Volatile.Write(ref _takenCount, _takenCount - 1);
        Volatile.Write(ref _takenMessages, _takenMessages - (entry.IsMessage ? 1 : 0));
        return entry.Item;
    }

    /// <summary>Takes all that waits out of the ring, so that reader and posters meet at the lock once per many; only one where the oldest may have to go.</summary>
    private bool TakeOut()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return false;
            }

            if (options.Overflow == MailboxOverflow.DropOldest)
            {
                (_taken[0], _takenHead) = (_ring[_head], 0);
                _ring[_head] = default;
                _head = (_head + 1) & (_ring.Length - 1);
                _count--;
                _messages -= _taken[0].IsMessage ? 1 : 0;
                (_takenCount, _takenMessages) = (1, 0);
                _taken[0] = _taken[0] with { IsMessage = false };
                return true;
            }

            (_ring, _taken) = (_taken, _ring);
            (_takenHead, _takenCount, _takenMessages) = (_head, _count, _messages);
            (_head, _count, _messages) = (0, 0, 0);
            return true;
        }
    }

    /// <summary>Waits until something is there or <see cref="Wake"/> is called.</summary>
    /// <param name="isStopping">Asked once more, so that a stop between the reader's look and this call is not missed.</param>
    public ValueTask WaitAsync(Func<bool> isStopping)
    {
        lock (_lock)
        {
            if (_count > 0 || isStopping())
            {
                return default;
            }

            _signal.Reset();
            _isReaderWaiting = true;
            return new ValueTask(this, _signal.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private bool StopWaiting()
    {
        var wasWaiting = _isReaderWaiting;
        _isReaderWaiting = false;
        return wasWaiting;
    }

    private void Add(Entry entry)
    {
        if (_count == _ring.Length)
        {
            var larger = new Entry[_ring.Length * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
            }

            (_ring, _head) = (larger, 0);
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = entry;
        _count++;
    }

    private object RemoveOldestMessage()
    {
        var mask = _ring.Length - 1;
        var at = 0;
        while (!_ring[(_head + at) & mask].IsMessage)
        {
            at++;
        }

        var removed = _ring[(_head + at) & mask].Item;

        // The letters before it move up by one.
        for (; at > 0; at--)
        {
            _ring[(_head + at) & mask] = _ring[(_head + at - 1) & mask];
        }

        _ring[_head] = default;
        _head = (_head + 1) & mask;
        _count--;
        _messages--;
        return removed;
    }

    private readonly record struct Entry(object Item, bool IsMessage);
}
