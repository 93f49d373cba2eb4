using System.Diagnostics;
using System.Text.Json;

namespace ActorMig.Lab;

/// <summary>What the hosts have sent over their cables to the switch, as the switch's ports have counted it.</summary>
internal static class LinkCounters
{
    /// <summary>How much each host sends, over some time.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="time">For how long it is counted.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Bits per second, in the order of the hosts.</returns>
    public static async Task<IReadOnlyList<double>> RatesAsync(Lab lab, TimeSpan time, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var before = Bytes(lab);
        await Task.Delay(time, cancellation);
        var after = Bytes(lab);
        return [.. before.Zip(after, (b, a) => (a - b) * 8 / clock.Elapsed.TotalSeconds)];
    }

    /// <summary>What comes to a port is what its host sends.</summary>
    private static long[] Bytes(Lab lab)
    {
        using var links = JsonDocument.Parse(Shell.Run("ip", "-n", LabNames.Switch, "-s", "-j", "link", "show"));
        var ports = links.RootElement.EnumerateArray().ToDictionary(
            l => l.GetProperty("ifname").GetString()!, l => l.GetProperty("stats64").GetProperty("rx").GetProperty("bytes").GetInt64());
        return [.. lab.Hosts.Select(h => ports[h.Name])];
    }
}
