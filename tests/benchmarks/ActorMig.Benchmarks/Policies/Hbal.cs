using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorMig.Benchmarks;

/// <summary>What hbal has made of a cluster.</summary>
/// <param name="Before">Its score at the start.</param>
/// <param name="After">At the end; null if it was not done in time.</param>
/// <param name="Moves">How many instances it moves.</param>
/// <param name="Clock">How long it took.</param>
internal sealed record HbalResult(double Before, double? After, int Moves, TimeSpan Clock);

/// <summary>
/// Ganeti's <c>hbal</c>, the central planner of load: it plans for a cluster in its own text format, and says itself what a placement's score is, ours too.
/// Its dynamic utilisation of each VM is what the VM takes in units of what the mean VM takes, so that CPU time, memory and traffic count alike.
/// </summary>
internal static partial class Hbal
{
    public const string HowToGet = "hbal is not on PATH (Debian: apt-get install ganeti-htools-3.0): there is nothing to compare with.";
    private const long MiB = 1L << 20;

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "hbal")).FirstOrDefault(File.Exists);

    /// <summary>What hbal plans.</summary>
    public static HbalResult Plan(LoadedCluster cluster, TimeSpan limit)
    {
        using var folder = new BenchmarkFolder();
        var before = Score(cluster, cluster.Start);
        var clock = Stopwatch.StartNew();
        var said = Run(Write(cluster, cluster.Start, folder), limit);
        return said is null ? new HbalResult(before, null, 0, clock.Elapsed)
            : Number(Improved(), said) is { } after ? new HbalResult(before, after, (int)(Number(Length(), said) ?? 0), clock.Elapsed)
            : new HbalResult(before, before, 0, clock.Elapsed);
    }

    /// <summary>hbal's score of a placement.</summary>
    public static double Score(LoadedCluster cluster, int[] hostOf)
    {
        using var folder = new BenchmarkFolder();
        var said = Run([.. Write(cluster, hostOf, folder), "--max-length=0", "--verbose"], TimeSpan.FromMinutes(1));
        return Number(Initial(), said ?? "") ?? throw new InvalidOperationException($"hbal does not say what the score is: {said}");
    }

    [GeneratedRegex("Initial score: ([0-9.]+)")]
    private static partial Regex Initial();

    [GeneratedRegex("score improved from [0-9.]+ to ([0-9.]+)")]
    private static partial Regex Improved();

    [GeneratedRegex("Solution length=([0-9]+)")]
    private static partial Regex Length();

    private static double? Number(Regex regex, string said) => regex.Match(said) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    /// <summary>Writes the cluster; what hbal is to be called with.</summary>
    private static string[] Write(LoadedCluster cluster, int[] hostOf, BenchmarkFolder folder)
    {
        var used = new long[cluster.Hosts];
        for (var vm = 0; vm < cluster.Vms; vm++)
        {
            used[hostOf[vm]] += cluster.Graph.MemoryBytes[vm];
        }

        // Disks are none of what is compared: each VM has a small one that all hosts reach.
        var text = new StringBuilder("group|uuid|preferred||\n\n");
        var total = cluster.Options.MemoryTotalBytes;
        for (var host = 0; host < cluster.Hosts; host++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{LoadedCluster.HostName(host)}|{total / MiB}|0|{(total - used[host]) / MiB}|1000000|1000000|{LoadedCluster.HostCpus}|N|uuid|1\n");
        }

        text.Append('\n');
        var util = new StringBuilder();
        var vms = Enumerable.Range(0, cluster.Vms).ToArray();
        var (cpus, bytes, bits) = (vms.Average(cluster.CpusOf), vms.Average(v => (double)cluster.UsedBytesOf(v)), vms.Average(cluster.BitPerSecondOf));
        foreach (var vm in vms)
        {
            var name = LoadedCluster.VmName(vm);
            text.Append(CultureInfo.InvariantCulture, $"{name}|{cluster.Graph.MemoryBytes[vm] / MiB}|1024|1|running|Y|{LoadedCluster.HostName(hostOf[vm])}||ext||1\n");
            util.Append(CultureInfo.InvariantCulture, $"{name} {cluster.CpusOf(vm) / cpus:0.000000} {cluster.UsedBytesOf(vm) / bytes:0.000000} 0 {cluster.BitPerSecondOf(vm) / bits:0.000000}\n");
        }

        text.Append("\n\n|128,1,1024,1,1,1|128,1,1024,1,1,1;1048576,64,1048576,16,8,12|ext|64.0|1000.0\n");
        File.WriteAllText(folder.File("cluster"), text.ToString());
        File.WriteAllText(folder.File("util"), util.ToString());
        return ["--text-data=" + folder.File("cluster"), "--dynu-file=" + folder.File("util")];
    }

    /// <summary>What it says; null if it is not done in time.</summary>
    private static string? Run(string[] arguments, TimeSpan limit)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, wrong) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            process.WaitForExit();
            return null;
        }

        return process.ExitCode == 0 ? said.Result : throw new InvalidOperationException($"hbal ended with {process.ExitCode}: {wrong.Result}{said.Result}");
    }
}
