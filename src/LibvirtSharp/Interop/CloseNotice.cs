namespace LibvirtSharp.Interop;

/// <summary>
/// Tells once that a connection is closed. libvirt calls it while it holds a lock that unregistering takes too, so it takes no lock of ours.
/// </summary>
internal sealed class CloseNotice
{
    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<CloseReason> _onClosed;

    public CloseNotice(Action<CloseReason> onClosed)
    {
        _onClosed = onClosed;
        Id = Callbacks.Add(this);
    }

    public nint Id { get; }

    public Task<CloseReason> Task => _closed.Task;

    /// <summary>libvirt says so.</summary>
    public void Tell(CloseReason reason)
    {
        if (_closed.TrySetResult(reason))
        {
            _onClosed(reason);
        }
    }

    /// <summary>This side has closed it.</summary>
    public void End()
    {
        Callbacks.Remove(Id);
        _closed.TrySetResult(CloseReason.Client);
    }
}
