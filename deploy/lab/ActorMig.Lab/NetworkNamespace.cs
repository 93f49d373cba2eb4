using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorMig.Lab;

/// <summary>Makes sockets inside a network namespace: a socket stays in the namespace in which it was made.</summary>
internal static partial class NetworkNamespace
{
    private const int CloneNewnet = 0x40000000;

    /// <summary>Runs something short on a thread that has entered the namespace.</summary>
    public static T Run<T>(string name, Func<T> make)
    {
        T? result = default;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle("/run/netns/" + name);
                if (setns(handle, CloneNewnet) != 0)
                {
                    throw new InvalidOperationException($"The network namespace {name} cannot be entered (errno {Marshal.GetLastPInvokeError()}).");
                }

                result = make();
            }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result! : throw new IOException(error.Message, error);
    }

    /// <summary>A TCP socket in the namespace.</summary>
    public static Socket Tcp(string name) => Run(name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>A raw ICMP socket in the namespace.</summary>
    public static Socket Icmp(string name) => Run(name, () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle fd, int kind);
}
