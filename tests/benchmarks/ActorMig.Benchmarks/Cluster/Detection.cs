using System.Diagnostics;
using System.Globalization;
using ActorMig.Cluster.Serf;

namespace ActorMig.Benchmarks;

/// <summary>An agent and its serf are killed, and the others notice: when each agent says so, and when its serf does.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class Detection(BenchmarkCluster cluster)
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private readonly TimeProvider _time = cluster.Time;

    /// <summary>Kills one.</summary>
    /// <returns>True if all the others knew in time.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var victim = cluster.Agents[^1];
        var others = cluster.Agents.Take(cluster.Agents.Count - 1).ToArray();
        var serfs = new List<SerfClient>();
        try
        {
            foreach (var other in others)
            {
                serfs.Add(await other.SerfAsync(stop));
            }

            if (others.Sum(o => o.ForgetFailed()) is > 0 and var early)
            {
                ClusterBenchmark.Print($"  before, {early} times an agent took one that lives for failed");
            }

            var serf = SerfProcesses.Find([victim.SerfConfig]).GetValueOrDefault(victim.SerfConfig);
            if (serf == 0)
            {
                Console.WriteLine($"The serf of {victim.Name} does not run, so nothing can be said of its end.");
                return ClusterBenchmark.Target(false, $"a dead host is known to all within {Target.TotalSeconds:0} s");
            }

            using var process = Process.GetProcessById(serf);
            var killed = _time.GetUtcNow();
            victim.Kill();
            process.Kill();
            ClusterBenchmark.Print($"killed (SIGKILL): the agent of {victim.Name} (process {victim.ProcessId}) and its serf (process {serf})");
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            over.CancelAfter(Limit);
            var bySerf = await Task.WhenAll(serfs.Select(s => SerfKnowsAsync(s, victim.Name, killed, over.Token)));
            var byAgent = await Task.WhenAll(others.Select(o => AgentKnowsAsync(o, victim.Name, killed, over.Token)));
            stop.ThrowIfCancellationRequested();
            Console.WriteLine($"  agents knew: {InWords(byAgent)}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  their serfs knew: {InWords(bySerf)}; they are asked each {LookInterval.TotalSeconds:0.##} s"));
            return ClusterBenchmark.Target(byAgent.All(s => s <= Target.TotalSeconds), $"a dead host is known to all within {Target.TotalSeconds:0} s at {cluster.Agents.Count} agents on one machine");
        }
        finally
        {
            foreach (var client in serfs)
            {
                await client.DisposeAsync();
            }
        }
    }

    /// <summary>After how many seconds; infinite: not in time.</summary>
    private async Task<double> SerfKnowsAsync(SerfClient client, string victim, DateTimeOffset killed, CancellationToken over)
    {
        try
        {
            while (!(await client.MembersAsync(over)).Any(m => m.Name == victim && m.State == SerfMemberState.Failed))
            {
                await Task.Delay(LookInterval, _time, over);
            }

            return (_time.GetUtcNow() - killed).TotalSeconds;
        }
        catch (Exception e) when (e is SerfException or OperationCanceledException)
        {
            return double.PositiveInfinity;
        }
    }

    private async Task<double> AgentKnowsAsync(ClusterAgent agent, string victim, DateTimeOffset killed, CancellationToken over)
    {
        try
        {
            DateTimeOffset? at;
            while ((at = agent.FailedAt(victim)) is null)
            {
                await Task.Delay(LookInterval, _time, over);
            }

            return (at.Value - killed).TotalSeconds;
        }
        catch (OperationCanceledException)
        {
            return double.PositiveInfinity;
        }
    }

    private static string InWords(double[] seconds)
    {
        var known = seconds.Where(double.IsFinite).Order().ToArray();
        return known.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"none of {seconds.Length} within {Limit.TotalSeconds:0} s")
            : string.Create(CultureInfo.InvariantCulture,
                $"{known.Length} of {seconds.Length}, after {Comparison.Median(known):0.0} s (median), {known[(int)Math.Ceiling(0.95 * known.Length) - 1]:0.0} s (p95), {known[^1]:0.0} s (the last)");
    }
}
