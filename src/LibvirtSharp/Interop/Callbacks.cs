using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>
/// What libvirt calls. It holds only a number, which is looked up here: nothing managed ever crosses, and a late callback finds nothing. Callbacks
/// only copy; they run on the loop's thread, and the one for credentials on the thread that opens the connection. No exception leaves them.
/// </summary>
internal static unsafe class Callbacks
{
    private static readonly ConcurrentDictionary<nint, object> Targets = new();
    private static long _lastId = 100;

    public static delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, int> Lifecycle => &OnLifecycle;

    public static delegate* unmanaged[Cdecl]<nint, nint, int, nint, void> Iteration => &OnIteration;

    public static delegate* unmanaged[Cdecl]<nint, nint, TypedParameter*, int, nint, void> JobCompleted => &OnJobCompleted;

    public static delegate* unmanaged[Cdecl]<nint, int, nint, void> Close => &OnClose;

    public static delegate* unmanaged[Cdecl]<NativeCredential*, uint, nint, int> Credentials => &OnCredentials;

    /// <summary>Frees nothing: numbers need no freeing.</summary>
    public static delegate* unmanaged[Cdecl]<nint, void> Free => &OnFree;

    /// <summary>How many numbers are given out, for tests.</summary>
    public static int Count => Targets.Count;

    public static nint Add(object target)
    {
        var id = (nint)Interlocked.Increment(ref _lastId);
        Targets[id] = target;
        return id;
    }

    public static void Remove(nint id) => Targets.TryRemove(id, out _);

    private static void Post(nint id, Func<LibvirtEvent> make)
    {
        if (Targets.TryGetValue(id, out var target) && target is EventRegistration registration)
        {
            registration.Post(make);
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
        if (Targets.TryGetValue(id, out var target) && target is CloseNotice notice)
        {
            notice.Tell((CloseReason)reason);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCredentials(NativeCredential* credentials, uint count, nint id) =>
        Targets.TryGetValue(id, out var target) && target is CredentialQuestions questions ? questions.Answer(credentials, count) : -1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFree(nint id)
    {
    }
}
