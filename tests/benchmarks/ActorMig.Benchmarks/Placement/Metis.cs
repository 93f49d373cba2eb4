using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorMig.Benchmarks;

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

    /// <summary>The best of 20 seeds: the traffic between hosts that is left, and how many of the placements had to be put right.</summary>
    public static (double Between, int PutRight, int Kept)? Best(PlacementInstance instance)
    {
        using var folder = new BenchmarkFolder();
        var graph = folder.File("graph");
        Write(instance.Graph, graph);

        // As uneven as the fullest host may be, in thousandths.
        var mean = (double)instance.Graph.MemoryBytes.Sum() / instance.Hosts;
        var slack = Math.Max(1, (int)(1_000 * ((instance.HostBytes / mean) - 1)));
        double? best = null;
        var (putRight, kept) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            // Half of the runs are held to half of the unevenness: they need less putting right.
            var hostOf = Run(graph, instance.Hosts, seed, seed % 2 == 0 ? slack : Math.Max(1, slack / 2));
            var isOver = instance.Used(hostOf).Any(u => u > instance.HostBytes);
            if (isOver && !PutRight(instance, hostOf))
            {
                continue;
            }

            (putRight, kept) = isOver ? (putRight + 1, kept) : (putRight, kept + 1);
            best = Math.Min(best ?? double.MaxValue, instance.Graph.Between(hostOf));
        }

        return best is { } between ? (between, putRight, kept) : null;
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

    private static int[] Run(string graph, int parts, int seed, int unevenness)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!)
        {
            ArgumentList =
            {
                string.Create(CultureInfo.InvariantCulture, $"-seed={seed}"),
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

                if (best is not { } found)
                {
                    return false;
                }

                used[host] -= graph.MemoryBytes[found.Vm];
                used[found.To] += graph.MemoryBytes[found.Vm];
                hostOf[found.Vm] = found.To;
            }
        }

        return true;
    }
}
