using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorMig.Lab.Experiment;

/// <summary>
/// The link between the hosts, shaped in both directions. What is addressed to a host is shaped: migrations, libvirt, agents. Guests' own packets pass
/// beside it, as on hosts whose guests have a network of their own; so a beat is late because of its guest, and not because of a queue.
/// </summary>
internal static class Link
{
    private const string Device = "up0";
    private const int MeasurePort = 7200;
    private static readonly TimeSpan MeasureTime = TimeSpan.FromSeconds(2);

    /// <summary>Shapes the link.</summary>
    public static void Shape(IEnumerable<LabHost> hosts, double gbitPerSecond)
    {
        const double BurstSeconds = 0.002;
        var rate = string.Create(CultureInfo.InvariantCulture, $"{gbitPerSecond * 1000:0}mbit");

        // A burst of less than what passes between two looks of the kernel's clock, or than a segment of 64 KiB, would slow it down.
        var burst = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(128 << 10, gbitPerSecond * 1e9 / 8 * BurstSeconds):0}");
        Clear(hosts);
        foreach (var ns in hosts.Select(h => LabNames.Namespace(h.Name)))
        {
            Tc("qdisc", "add", "dev", Device, "root", "handle", "1:", "htb", "default", "20");
            Tc("class", "add", "dev", Device, "parent", "1:", "classid", "1:10", "htb", "rate", rate, "burst", burst, "cburst", burst, "quantum", "60000");
            Tc("class", "add", "dev", Device, "parent", "1:", "classid", "1:20", "htb", "rate", "40gbit", "burst", "10m", "cburst", "10m", "quantum", "60000");
            foreach (var host in hosts)
            {
                Tc("filter", "add", "dev", Device, "parent", "1:", "protocol", "ip", "u32", "match", "ip", "dst", host.Address + "/32", "flowid", "1:10");
            }

            void Tc(params string[] arguments)
            {
                var (code, output) = Shell.Try("tc", ["-n", ns, .. arguments]);
                if (code != 0)
                {
                    throw new InvalidOperationException(
                        $"The link cannot be shaped (tc {string.Join(' ', arguments)}: {output.Trim()}); this kernel needs sch_htb and cls_u32.");
                }
            }
        }
    }

    /// <summary>Lets it carry what it can again; one that is not shaped stays as it is.</summary>
    public static void Clear(IEnumerable<LabHost> hosts)
    {
        foreach (var host in hosts)
        {
            Shell.Try("tc", "-n", LabNames.Namespace(host.Name), "qdisc", "del", "dev", Device, "root");
        }
    }

    /// <summary>What one TCP connection carries from one host to another, in Gbit/s.</summary>
    public static async Task<double> MeasureAsync(LabHost from, LabHost to, CancellationToken cancellation)
    {
        using var listener = NetworkNamespace.Tcp(LabNames.Namespace(to.Name));
        listener.Bind(new IPEndPoint(IPAddress.Parse(to.Address), MeasurePort));
        listener.Listen();
        using var sender = NetworkNamespace.Tcp(LabNames.Namespace(from.Name));
        await sender.ConnectAsync(new IPEndPoint(IPAddress.Parse(to.Address), MeasurePort), cancellation);
        using var receiver = await listener.AcceptAsync(cancellation);
        var sending = SendAsync(sender, cancellation);
        var buffer = new byte[1 << 20];
        var (clock, bytes) = (Stopwatch.StartNew(), 0L);
        while (await receiver.ReceiveAsync(buffer, cancellation) is > 0 and var count)
        {
            bytes += count;
        }

        await sending;
        return bytes * 8 / clock.Elapsed.TotalSeconds / 1e9;
    }

    private static async Task SendAsync(Socket sender, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < MeasureTime;)
        {
            await sender.SendAsync(buffer, cancellation);
        }

        sender.Shutdown(SocketShutdown.Send);
    }
}
