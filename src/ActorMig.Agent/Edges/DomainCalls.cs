namespace ActorMig.Agent.Edges;

/// <summary>
/// The short calls to libvirt, on a few threads of their own: for one domain one at a time and in order, but what is done goes before what is only
/// looked at. One thread is kept free of looks, so that a switch or a suspend does not wait for guests that hang. Thread-safe.
/// </summary>
internal sealed class DomainCalls : IDisposable
{
    /// <summary>A daemon serves five calls per connection at a time; one is left for the connection's own.</summary>
    public const int Threads = 4;

    /// <summary>The most looks that wait, and the most of what is done.</summary>
    public const int WaitingMax = 1_000;

    /// <summary>The most looks that wait for one domain, or for all at once: one that hangs must not take the places of the others.</summary>
    public const int WaitingForOneMax = 32;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly LinkedList<Call> _waiting = new();
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private int _looking;
    private bool _isDisposed;

    public DomainCalls()
    {
        for (var i = 0; i < Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = FormattableString.Invariant($"libvirt-calls-{i + 1}") }.Start();
        }
    }

    /// <summary>Adds a call.</summary>
    /// <param name="uuid">The domain; empty for what concerns all.</param>
    /// <param name="isVerb">True if it does something.</param>
    /// <param name="run">The call; it must not throw.</param>
    /// <returns>False if too many wait already.</returns>
    public bool TryAdd(string uuid, bool isVerb, Action run)
    {
        lock (_lock)
        {
            if (_isDisposed || _waiting.Count(c => c.IsVerb == isVerb) >= WaitingMax || (!isVerb && _waiting.Count(c => !c.IsVerb && c.Uuid == uuid) >= WaitingForOneMax))
            {
                return false;
            }

            var call = new Call(uuid, isVerb, run);
            var firstLook = isVerb ? First(c => !c.IsVerb) : null;
            if (firstLook is null)
            {
                _waiting.AddLast(call);
            }
            else
            {
                _waiting.AddBefore(firstLook, call);
            }
        }

        _work.Release();
        return true;
    }

    /// <summary>Ends the threads once their present calls return; what waits is dropped.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _waiting.Clear();
        }

        _work.Release(Threads);
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            while (Take() is { } call)
            {
                call.Run();
                Finish(call);
            }

            lock (_lock)
            {
                if (_isDisposed)
                {
                    return;
                }
            }
        }
    }

    /// <summary>The next call that may run now; null if there is none.</summary>
    private Call? Take()
    {
        lock (_lock)
        {
            var node = First(c => !_busy.Contains(c.Uuid) && (c.IsVerb || _looking < Threads - 1));
            if (node is null)
            {
                return null;
            }

            _waiting.Remove(node);
            _busy.Add(node.Value.Uuid);
            _looking += node.Value.IsVerb ? 0 : 1;
            return node.Value;
        }
    }

    private void Finish(Call call)
    {
        lock (_lock)
        {
            _busy.Remove(call.Uuid);
            _looking -= call.IsVerb ? 0 : 1;
        }

        // It may have been in the way of two others: this thread takes one, another thread may take the other.
        _work.Release();
    }

    private LinkedListNode<Call>? First(Func<Call, bool> isIt)
    {
        var node = _waiting.First;
        while (node is not null && !isIt(node.Value))
        {
            node = node.Next;
        }

        return node;
    }

    private sealed record Call(string Uuid, bool IsVerb, Action Run);
}
