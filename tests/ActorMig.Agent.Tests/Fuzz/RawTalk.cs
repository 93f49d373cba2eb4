using System.Net.Sockets;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>Bytes that are said on a connection, and what is answered.</summary>
internal static class RawTalk
{
    /// <summary>For how long nothing must come before the speaker hangs up: a server answers nothing to whoever has hung up.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(50);

    /// <summary>Says it, hangs up when nothing comes any more, and waits until the other side has ended the connection.</summary>
    public static async Task<byte[]> SayAsync(Socket socket, byte[] bytes, CancellationToken cancellation)
    {
        var answer = new MemoryStream();
        var buffer = new byte[4_096];
        await socket.SendAsync(bytes, cancellation);
        while (await ReceiveSoonAsync(socket, buffer, cancellation) is { } count)
        {
            if (count == 0)
            {
                return answer.ToArray();
            }

            answer.Write(buffer, 0, count);
        }

        socket.Shutdown(SocketShutdown.Send);
        while (await socket.ReceiveAsync(buffer, cancellation) is > 0 and var count)
        {
            answer.Write(buffer, 0, count);
        }

        return answer.ToArray();
    }

    /// <summary>How many bytes have come; null if none came in time.</summary>
    private static async Task<int?> ReceiveSoonAsync(Socket socket, byte[] buffer, CancellationToken cancellation)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        soon.CancelAfter(Silence);
        try
        {
            return await socket.ReceiveAsync(buffer, soon.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
