using System.Net;
using System.Net.Sockets;

namespace ActorMig.Cluster;

/// <summary>An agent cannot listen for its peers; the message is a sentence that says why, and what to do.</summary>
public sealed class ListenException : IOException
{
    private ListenException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>True if another process listens there.</summary>
    public bool IsTaken { get; private init; }

    /// <summary>True if it may come right by itself, as with an address that is not there yet while a host starts.</summary>
    public bool MayPass { get; private init; }

    /// <summary>What a socket's error means for an agent.</summary>
    /// <param name="listen">Where it was to listen.</param>
    /// <param name="cause">The error.</param>
    public static ListenException Of(IPEndPoint listen, SocketException cause)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(cause);
        var (why, mayPass) = cause.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => ("where another process listens; stop that one, or set actormig.listen.port to another port", false),
            SocketError.AddressNotAvailable => (
                "an address that this host does not have, or not yet; bring its interface up, or set actormig.listen.address to one that `ip -brief address` shows here", true),
            SocketError.AccessDenied => ("where this user may not listen; set actormig.listen.port to 1024 or more, or start the agent as root", false),
            SocketError.AddressFamilyNotSupported => (
                $"and this host's kernel knows no {(listen.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")}; set actormig.listen.address to an address of the other kind", false),
            _ => ($"where it cannot listen ({cause.Message}); see to that, or set actormig.listen.address and port to others", true),
        };
        return new ListenException($"actormig.listen is {listen}, {why}.", cause) { IsTaken = cause.SocketErrorCode == SocketError.AddressAlreadyInUse, MayPass = mayPass };
    }
}
