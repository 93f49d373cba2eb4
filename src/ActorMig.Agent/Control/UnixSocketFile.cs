using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMig.Agent.Control;

/// <summary>The file at which a Unix socket is found.</summary>
internal static unsafe partial class UnixSocketFile
{
    /// <summary>The most bytes of a path that the kernel takes (<c>sun_path</c>, without its closing zero).</summary>
    public const int PathBytesMax = 107;

    private const int StatxSize = 256;
    private const int ModeOffset = 28;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint TypeWanted = 1;
    private const int TypeMask = 0xf000;
    private const int SocketType = 0xc000;
    private const int NoSuchFile = 2;

    /// <summary>Deletes the file if it is a socket at which nobody answers: what an agent that was killed has left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The configuration key that names it.</param>
    /// <exception cref="SocketTakenException">Another process answers.</exception>
    /// <exception cref="IOException">It is no socket, or it is not known whether anybody answers.</exception>
    public static void RemoveStale(string path, string key = "actormig.socket")
    {
        if (Type(path, key) is not { } type)
        {
            return;
        }

        if (type != SocketType)
        {
            throw new IOException($"{key} is {path}, where there is something that is no socket; remove it, or set {key} to another path.");
        }

        using var probe = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"it cannot be found out whether another process answers at the socket {path} ({e.Message}); see to that, or set {key} to another path.", e);
        }

        throw new SocketTakenException($"another process answers at the socket {path}; stop it, or set {key} to another path.");
    }

    /// <summary>The type of what is at a path itself, links not followed; null if there is nothing.</summary>
    private static int? Type(string path, string key)
    {
        // statx, because its layout is the same on every machine, and stat's is not.
        var buffer = stackalloc byte[StatxSize];
        if (statx(CurrentDirectory, path, NoFollow, TypeWanted, buffer) == 0)
        {
            return *(ushort*)(buffer + ModeOffset) & TypeMask;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchFile ? null : throw new IOException($"the socket's path {path} cannot be used: {Marshal.GetPInvokeErrorMessage(error)}; set {key} to another path.");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);
}

/// <summary>Another process answers at the socket.</summary>
internal sealed class SocketTakenException(string message) : IOException(message);
