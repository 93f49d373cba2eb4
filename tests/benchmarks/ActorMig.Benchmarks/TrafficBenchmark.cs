using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Traffic;
using ActorMig.Edges;
using ActorMig.Hocon;

namespace ActorMig.Benchmarks;

/// <summary>
/// What it costs to see who talks to whom: 2,000 pairs of 100 VMs are read by the real nft from the real kernel, in a network namespace of the benchmark's
/// own, and added up. Counted is the CPU time of this process and of all that it starts. Needs root, iproute2 and nftables.
/// </summary>
internal static class TrafficBenchmark
{
    private const int Vms = 100;
    private const int PairsOfVm = 20;
    private const int WarmUp = 20;
    private const int Reads = 200;
    private const double TargetShare = 0.01;

    /// <summary>Makes the namespace, and has another process of this program measure inside.</summary>
    public static async Task RunAsync()
    {
        var ns = $"ambench-{Guid.NewGuid().ToString("n")[..8]}";
        await CallAsync("ip", "netns", "add", ns);
        try
        {
            await CallAsync("ip", "netns", "exec", ns, Environment.ProcessPath!, "traffic-inside");
        }
        finally
        {
            await CallAsync("ip", "netns", "del", ns);
        }
    }

    /// <summary>Measures, inside of the namespace.</summary>
    public static async Task InsideAsync()
    {
        var options = ConfigurationLoader.Bind(HoconParser.Parse("actormig.host-name = kvm1", "benchmark"), "benchmark").Traffic;
        NicSample[] nics = [.. Enumerable.Range(0, Vms).Select(n => new NicSample(Mac(n), string.Create(CultureInfo.InvariantCulture, $"vnet{n}")))];
        await using var counters = new NftCounters(options);
        var totals = new TrafficTotals();
        await counters.ReadAsync(nics, CancellationToken.None);
        await FillAsync(options);
        for (var i = 0; i < WarmUp; i++)
        {
            await ReadAsync();
        }

        var (own, children, wall) = (Cpu(ofChildren: false), Cpu(ofChildren: true), Stopwatch.StartNew());
        var pairs = 0;
        for (var i = 0; i < Reads; i++)
        {
            pairs = await ReadAsync();
        }

        var ownMs = (Cpu(ofChildren: false) - own).TotalMilliseconds / Reads;
        var childMs = (Cpu(ofChildren: true) - children).TotalMilliseconds / Reads;
        var share = (ownMs + childMs) / options.IntervalMs;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"reading {pairs:N0} pairs of {Vms} VMs: CPU {ownMs + childMs:0.0} ms ({ownMs:0.0} of the agent's own, {childMs:0.0} of nft), {wall.Elapsed.TotalMilliseconds / Reads:0.0} ms by the clock (mean of {Reads})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  each {options.IntervalMs / 1e3:0} s that is {share:0.00%} of a core (target under {TargetShare:0%})"));

        async Task<int> ReadAsync()
        {
            var (readings, lost) = await counters.ReadAsync(nics, CancellationToken.None);
            totals.Take(readings);
            return lost.Count == 0 ? totals.Of(nics).Sum(s => s.To.Count) : throw new InvalidOperationException("The table was taken away.");
        }
    }

    /// <summary>As many pairs as if all had talked; what they cost to read does not depend on how they came.</summary>
    private static async Task FillAsync(TrafficOptions options)
    {
        var text = new StringBuilder();
        for (var vm = 0; vm < Vms; vm++)
        {
            var pairs = Enumerable.Range(1, PairsOfVm).Select(n => string.Create(
                CultureInfo.InvariantCulture, $"{Mac(vm)} . {Mac((vm + n) % Vms)} counter packets {n * 1_000_003} bytes {n * 1_400_000_009L}"));
            text.Append(CultureInfo.InvariantCulture, $"add element bridge {options.Table} pairs {{ {string.Join(", ", pairs)} }}\n");
            text.Append(CultureInfo.InvariantCulture, $"add element bridge {options.Table} groups {{ {Mac(vm)} counter packets 1000 bytes 64000 }}\n");
        }

        var filled = await new NftProgram(options.Nft, TimeSpan.FromSeconds(30)).CarryOutAsync(text.ToString(), CancellationToken.None);
        if (filled.Code != 0)
        {
            throw new InvalidOperationException(filled.Error);
        }
    }

    private static string Mac(int vm) => string.Create(CultureInfo.InvariantCulture, $"52:54:00:00:00:{vm:x2}");

    /// <summary>CPU time so far: proc(5) has it of a process and, apart, of those children that it has waited for.</summary>
    private static TimeSpan Cpu(bool ofChildren)
    {
        const int TicksPerSecond = 100;
        var first = (ofChildren ? 16 : 14) - 3;
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(Number(first) + Number(first + 1)) / TicksPerSecond);

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    private static async Task CallAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
