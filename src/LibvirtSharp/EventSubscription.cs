using System.Threading.Channels;

namespace LibvirtSharp;

/// <summary>
/// Events as an async stream, in the order in which libvirt tells them (<c>virConnectDomainEventRegisterAny</c>). For one reader. It has no holes: it
/// ends with the connection, with <see cref="Dispose"/>, and when nobody reads for so long that an event would have to be dropped
/// (<see cref="HasOverflowed"/>). Whoever stops reading disposes of it; disposing of the connection does so, too.
/// </summary>
/// <remarks>Events that happened while no stream was open are not told: read the state after subscribing.</remarks>
public sealed class EventSubscription : IAsyncEnumerable<LibvirtEvent>, IDisposable
{
    /// <summary>How many events can wait to be read.</summary>
    public const int Capacity = 10_000;

    private readonly Channel<LibvirtEvent> _events = Channel.CreateBounded<LibvirtEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly LibvirtConnection _connection;
    private int _isEnded;

    internal EventSubscription(LibvirtConnection connection) => _connection = connection;

    /// <summary>True if the stream ended because too many events waited.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>The stream. A second one takes events from the first.</summary>
    /// <param name="cancellationToken">Ends the reading, not the subscription.</param>
    public IAsyncEnumerator<LibvirtEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _events.Reader.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>Ends the stream (<c>virConnectDomainEventDeregisterAny</c>); what waits can still be read.</summary>
    public void Dispose() => _connection.End(this);

    internal void Post(LibvirtEvent happened)
    {
        if (!_events.Writer.TryWrite(happened))
        {
            Overflow();
        }
    }

    /// <summary>Ends the stream with a reason: an event would be missing.</summary>
    internal void Overflow()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            HasOverflowed = true;
            _events.Writer.TryComplete();
        }
    }

    internal void Complete()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            _events.Writer.TryComplete();
        }
    }
}
