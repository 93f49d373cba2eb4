using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// libvirt's event loop: one thread of its own for the whole process, started before the first connection. It delivers events, and keepalive
/// works only while it runs, so it runs until the process ends.
/// </summary>
internal static unsafe class LibvirtEventLoop
{
    private static readonly Lazy<Thread> Loop = new(Start);

    /// <summary>Starts the loop unless it runs.</summary>
    public static void Ensure() => _ = Loop.Value;

    private static Thread Start()
    {
        Native.Check(Libvirt.virInitialize(), nameof(Libvirt.virInitialize));

        // Else every error is printed on stderr as well.
        Libvirt.virSetErrorFunc(0, &Ignore);
        Native.Check(Libvirt.virEventRegisterDefaultImpl(), nameof(Libvirt.virEventRegisterDefaultImpl));

        // A timer that fires once a second: without any, an iteration could block before the first connection has registered its socket.
        Native.Check(Libvirt.virEventAddTimeout(1_000, &Tick, 0, Callbacks.Free), nameof(Libvirt.virEventAddTimeout));
        var thread = new Thread(Run) { IsBackground = true, Name = "libvirt-events" };
        thread.Start();
        return thread;
    }

    private static void Run()
    {
        while (true)
        {
            if (Libvirt.virEventRunDefaultImpl() < 0)
            {
                Thread.Sleep(10);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(nint userData, NativeError* error)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Tick(int timer, nint opaque)
    {
    }
}
