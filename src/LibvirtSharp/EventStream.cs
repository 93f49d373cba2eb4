using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// Where callbacks leave what they copied. libvirt holds only a number: it is looked up here, so nothing managed ever crosses, and a late callback
/// finds nothing. Callbacks run on the loop's thread and only copy.
/// </summary>
internal sealed unsafe class EventStream
{
    /// <summary>The most events that wait; one more ends the stream, because a stream with a hole would claim that nothing happened.</summary>
    public const int Capacity = 10_000;

    private static readonly ConcurrentDictionary<nint, EventStream> Streams = new();
    private static long _lastId = 100;

    private readonly Channel<LibvirtEvent> _events = Channel.CreateBounded<LibvirtEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public EventStream()
    {
        Id = (nint)Interlocked.Increment(ref _lastId);
        Streams[Id] = this;
    }

    public nint Id { get; }

    public ChannelReader<LibvirtEvent> Reader => _events.Reader;

    public static delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, int> Lifecycle => &OnLifecycle;

    public static delegate* unmanaged[Cdecl]<nint, nint, int, nint, void> Iteration => &OnIteration;

    public static delegate* unmanaged[Cdecl]<nint, nint, TypedParameter*, int, nint, void> JobCompleted => &OnJobCompleted;

    public static delegate* unmanaged[Cdecl]<nint, int, nint, void> Close => &OnClose;

    /// <summary>libvirt frees nothing: numbers need no freeing.</summary>
    public static delegate* unmanaged[Cdecl]<nint, void> Free => &OnFree;

    public void Complete()
    {
        Streams.TryRemove(Id, out _);
        _events.Writer.TryComplete();
    }

    private static void Post(nint id, Func<LibvirtEvent> make)
    {
        if (Streams.TryGetValue(id, out var stream))
        {
            try
            {
                if (!stream._events.Writer.TryWrite(make()))
                {
                    stream.Complete();
                }
            }
#pragma warning disable CA1031 // An exception that crossed into native code would end the process.
            catch (Exception)
#pragma warning restore CA1031
            {
                // The domain is gone already: there is nothing to tell of it but what its state will show.
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnLifecycle(nint conn, nint dom, int type, int detail, nint id)
    {
        Post(id, () => new DomainLifecycleEvent(Native.UuidOf(dom), Native.NameOf(dom), (LifecycleEventType)type, detail));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnIteration(nint conn, nint dom, int iteration, nint id) =>
        Post(id, () => new MigrationIterationEvent(Native.UuidOf(dom), iteration));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnJobCompleted(nint conn, nint dom, TypedParameter* parameters, int count, nint id) =>
        Post(id, () => new JobCompletedEvent(Native.UuidOf(dom), Native.Read(parameters, count)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnClose(nint conn, int reason, nint id)
    {
        Post(id, () => new ConnectionClosedEvent((CloseReason)reason));
        if (Streams.TryGetValue(id, out var stream))
        {
            stream.Complete();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFree(nint id)
    {
    }
}
