using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ActorMig.Agent.Edges;

/// <summary>
/// One agent per libvirt: the lock is an abstract Unix socket that is named after the libvirt host's UUID, so it needs no file and ends with the process.
/// </summary>
internal static partial class LibvirtLock
{
    private static readonly Lock Guard = new();
    private static (string Uuid, Socket Socket)? _held;

    /// <summary>Takes the lock, or keeps it.</summary>
    /// <param name="capabilities">libvirt's capabilities, which have the host's UUID.</param>
    /// <exception cref="LibvirtTakenException">Another process has it.</exception>
    public static void Take(string capabilities)
    {
        var uuid = HostUuid().Match(capabilities).Groups[1].Value;
        lock (Guard)
        {
            if (_held is { } held && held.Uuid == uuid)
            {
                return;
            }

            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint("\0actormig-" + uuid));
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw new LibvirtTakenException($"Another actormig agent serves the libvirt of this host ({uuid}); stop it first, there is one agent per libvirt.");
            }

            _held?.Socket.Dispose();
            _held = (uuid, socket);
        }
    }

    [GeneratedRegex("<host>.*?<uuid>([0-9a-fA-F-]+)</uuid>", RegexOptions.Singleline)]
    private static partial Regex HostUuid();
}

/// <summary>Another agent serves this libvirt.</summary>
internal sealed class LibvirtTakenException(string message) : Exception(message);
