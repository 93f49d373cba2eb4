using System.Net.Sockets;
using ActorMig.Edges;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>Goes the way that a migration goes: to the destination's libvirt, and to where its memory streams are taken. Blocks.</summary>
internal static class WayLook
{
    /// <summary>The first port at which QEMU listens for a stream, unless qemu.conf says otherwise.</summary>
    private const int FirstPort = 49_152;
    private static readonly TimeSpan DataLimit = TimeSpan.FromSeconds(2);

    /// <summary>Tries both.</summary>
    public static WayChecked Try(string token, Member to)
    {
        try
        {
            using var connection = LibvirtConnection.Open(to.LibvirtUri);
            _ = connection.LibraryVersion;
            return new WayChecked(token, null, WhyNoData(to.DataUri));
        }
        catch (LibvirtException e)
        {
            return new WayChecked(token, e.Message);
        }
    }

    /// <summary>
    /// Why a stream would not get there. Nobody listens while nothing comes, so a refused connection is a good answer: it comes from the host itself. A
    /// firewall that drops gives none.
    /// </summary>
    public static string? WhyNoData(string dataUri)
    {
        if (!Uri.TryCreate(dataUri, UriKind.Absolute, out var uri) || uri.Scheme != "tcp")
        {
            return null;
        }

        var port = uri.Port > 0 ? uri.Port : FirstPort;
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(DataLimit);
        try
        {
            client.ConnectAsync(uri.DnsSafeHost, port, limit.Token).AsTask().GetAwaiter().GetResult();
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return null;
        }
        catch (SocketException e)
        {
            return FormattableString.Invariant($"port {port}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            return FormattableString.Invariant($"nothing answers at port {port} for {DataLimit.TotalSeconds:0} s");
        }
    }
}
