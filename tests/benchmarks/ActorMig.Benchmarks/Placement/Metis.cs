using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorMig.Benchmarks;

/// <summary>The best of some runs of gpmetis.</summary>
/// <param name="Between">The traffic between hosts that is left, in bit/s; infinite if no run gave a placement that fits.</param>
/// <param name="Fitting">How many runs kept to the capacities.</param>
/// <param name="PutRight">How many did not, and were put right.</param>
/// <param name="Dropped">How many could not be put right.</param>
internal sealed record MetisBest(double Between, int Fitting, int PutRight, int Dropped)
{
    public string InWords => string.Create(CultureInfo.InvariantCulture, $"{Fitting} runs fit, {PutRight} put right, {Dropped} dropped");
}

/// <summary>
/// The central planner that local bartering is measured by: <c>gpmetis</c>, which knows all traffic and partitions the graph at once. It keeps to capacities
/// nearly only; what is over is then put right, each time with the VM and the host that cost least, and a placement that cannot be put right does not count.
/// </summary>
internal static class Metis
{
    public const string HowToGet = "gpmetis is not on PATH (Debian: apt-get install metis): there is nothing to compare with.";
    private const int Seeds = 20;

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "gpmetis")).FirstOrDefault(File.Exists);

    /// <summary>
    /// The best of 20 seeds by k-way partitioning, as it does by default, each held to another share of the unevenness that fits (the seed alone changes little
    /// there); and of 20 seeds by recursive bisection, which is often better where hosts are full.
    /// </summary>
    public static (MetisBest Default, MetisBest Bisecting) Best(PlacementInstance instance)
    {
        using var folder = new BenchmarkFolder();
        var graph = folder.File("graph");
        Write(instance.Graph, graph);

        // As uneven as the fullest host may be, in thousandths; halves of halves add theirs up.
        var mean = (double)instance.Graph.MemoryBytes.Sum() / instance.Hosts;
        var slack = 1_000 * ((instance.HostBytes / mean) - 1);
        return (Best("kway", seed => slack * seed / Seeds), Best("rb", _ => slack / Math.Max(1, Math.Log2(instance.Hosts))));

        MetisBest Best(string scheme, Func<int, double> unevenness)
        {
            var best = new MetisBest(double.PositiveInfinity, 0, 0, 0);
            for (var seed = 1; seed <= Seeds; seed++)
            {
                var hostOf = Run(graph, instance.Hosts, seed, scheme, Math.Max(1, (int)unevenness(seed)));
                var isOver = instance.Used(hostOf).Any(u => u > instance.HostBytes);
                best = isOver && !PutRight(instance, hostOf)
                    ? best with { Dropped = best.Dropped + 1 }
                    : new MetisBest(
                        Math.Min(best.Between, instance.Graph.Between(hostOf)), best.Fitting + (isOver ? 0 : 1), best.PutRight + (isOver ? 1 : 0), best.Dropped);
            }

            return best;
        }
    }

    private static void Write(TrafficGraph graph, string path)
    {
        var text = new StringBuilder();
        var edges = 0;
        for (var vm = 0; vm < graph.Vms; vm++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{graph.MemoryBytes[vm] >> 20}");
            foreach (var (other, bitPerSecond) in graph.TiesOf(vm))
            {
                edges++;
                text.Append(CultureInfo.InvariantCulture, $" {other + 1} {Math.Max(1, (long)(bitPerSecond / 1e3))}");
            }

            text.Append('\n');
        }

        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{graph.Vms} {edges / 2} 011\n{text}"));
    }

    private static int[] Run(string graph, int parts, int seed, string scheme, int unevenness)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!)
        {
            ArgumentList =
            {
                string.Create(CultureInfo.InvariantCulture, $"-seed={seed}"),
                "-ptype=" + scheme,
                string.Create(CultureInfo.InvariantCulture, $"-ufactor={unevenness}"),
                graph,
                parts.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"{graph}.part.{parts}")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"gpmetis ended with {process.ExitCode}: {said}");
    }

    private static bool PutRight(PlacementInstance instance, int[] hostOf)
    {
        var (graph, used) = (instance.Graph, instance.Used(hostOf));
        for (var host = 0; host < instance.Hosts; host++)
        {
            while (used[host] > instance.HostBytes)
            {
                (double Loss, int Vm, int To)? best = null;
                foreach (var vm in Enumerable.Range(0, graph.Vms).Where(v => hostOf[v] == host))
                {
                    var with = new double[instance.Hosts];
                    foreach (var (other, bitPerSecond) in graph.TiesOf(vm))
                    {
                        with[hostOf[other]] += bitPerSecond;
                    }

                    // What is left over counts for less if the VM is bigger: fewer must go.
                    for (var to = 0; to < instance.Hosts; to++)
                    {
                        var loss = (with[host] - with[to]) / Math.Min(graph.MemoryBytes[vm], used[host] - instance.HostBytes);
                        if (to != host && used[to] + graph.MemoryBytes[vm] <= instance.HostBytes && (best is null || loss < best.Value.Loss))
                        {
                            best = (loss, vm, to);
                        }
                    }
                }

                if (best is { } found)
                {
                    used[host] -= graph.MemoryBytes[found.Vm];
                    used[found.To] += graph.MemoryBytes[found.Vm];
                    hostOf[found.Vm] = found.To;
                }
                else if (!Swap(instance, hostOf, used, host))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Where nothing can go without something coming back: the two for which the least is lost that leave less over.</summary>
    private static bool Swap(PlacementInstance instance, int[] hostOf, long[] used, int host)
    {
        var graph = instance.Graph;
        (double Loss, int Vm, int Back)? best = null;
        var before = used[host] - instance.HostBytes;
        foreach (var vm in Enumerable.Range(0, graph.Vms).Where(v => hostOf[v] == host))
        {
            for (var back = 0; back < graph.Vms; back++)
            {
                var (to, shift) = (hostOf[back], graph.MemoryBytes[vm] - graph.MemoryBytes[back]);
                if (to == host || shift <= 0 || used[to] + shift > instance.HostBytes)
                {
                    continue;
                }

                var loss = (With(vm, host) - With(vm, to) + With(back, to) - With(back, host) + (2 * graph.TiesOf(vm).GetValueOrDefault(back))) / Math.Min(shift, before);
                if (best is null || loss < best.Value.Loss)
                {
                    best = (loss, vm, back);
                }
            }
        }

        if (best is not { } found)
        {
            return false;
        }

        var other = hostOf[found.Back];
        var moved = graph.MemoryBytes[found.Vm] - graph.MemoryBytes[found.Back];
        (used[host], used[other], hostOf[found.Vm], hostOf[found.Back]) = (used[host] - moved, used[other] + moved, other, host);
        return true;

        double With(int vm, int at) => graph.TiesOf(vm).Where(t => hostOf[t.Key] == at).Sum(t => t.Value);
    }
}
