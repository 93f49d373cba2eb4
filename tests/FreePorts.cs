using System.Net;
using System.Net.Sockets;

namespace ActorMig.Tests;

/// <summary>
/// Ports below those that the kernel gives to whoever connects, and none twice: tests run beside each other. Linked into each project that needs it.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    /// <summary>Test programs that run at the same time begin elsewhere.</summary>
    private static int s_port = Lowest + (Environment.ProcessId * 97 % 8_000);

    /// <summary>A port that nobody uses at an address, by TCP and by UDP.</summary>
    public static int Next(string address)
    {
        while (true)
        {
            var port = Interlocked.Increment(ref s_port);
            if (port >= Highest)
            {
                throw new InvalidOperationException("No port is free.");
            }

            try
            {
                var end = new IPEndPoint(IPAddress.Parse(address), port);
                using var tcp = new TcpListener(end);
                tcp.Start();
                using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(end);
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
