using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>What the processes of a cluster have taken so far.</summary>
/// <param name="At">When that was, by the clock's timestamp.</param>
/// <param name="Agents">Each agent.</param>
/// <param name="Serfs">Each serf, in the same order.</param>
/// <param name="World">This process, with the hypervisors.</param>
internal sealed record ClusterUsage(long At, ProcessUsage[] Agents, ProcessUsage[] Serfs, ProcessUsage World)
{
    private const double MB = 1e6;

    /// <summary>What they took since an earlier look: a line of text.</summary>
    /// <param name="what">What was done meanwhile.</param>
    /// <param name="before">The earlier look.</param>
    /// <param name="time">The clock.</param>
    public string Since(string what, ClusterUsage before, TimeProvider time)
    {
        var passed = time.GetElapsedTime(before.At, At).TotalSeconds;
        var agents = Seconds(before.Agents, Agents);
        var serfs = Seconds(before.Serfs, Serfs);
        var world = (World.Cpu - before.World.Cpu).TotalSeconds;
        var share = (agents.Sum() + serfs.Sum() + world) / passed / Environment.ProcessorCount;
        return string.Create(CultureInfo.InvariantCulture,
            $"{what} ({passed:0.0} s): CPU of an agent {agents.Average():0.00} s on average ({agents.Average() / passed:0.0 %} of a core; at most {agents.Max():0.00} s), of its serf {serfs.Average():0.00} s (at most {serfs.Max():0.00} s); all agents {agents.Sum():0.0} s, all serfs {serfs.Sum():0.0} s, the simulated hypervisors {world:0.0} s: {share:0 %} of {Environment.ProcessorCount} cores");
    }

    /// <summary>What memory they hold: a line of text.</summary>
    public string Memory() => string.Create(CultureInfo.InvariantCulture,
        $"memory: an agent {Agents.Average(a => a.ResidentBytes) / MB:0} MB (at most {Agents.Max(a => a.ResidentBytes) / MB:0}), its serf {Serfs.Average(s => s.ResidentBytes) / MB:0} MB (at most {Serfs.Max(s => s.ResidentBytes) / MB:0}); all {(Agents.Sum(a => a.ResidentBytes) + Serfs.Sum(s => s.ResidentBytes)) / MB:0} MB, each with what it shares");

    /// <summary>Looks.</summary>
    /// <param name="agents">The agents that live.</param>
    /// <param name="time">The clock.</param>
    public static ClusterUsage Look(IReadOnlyList<ClusterAgent> agents, TimeProvider time)
    {
        var serfs = SerfProcesses.Find([.. agents.Select(a => a.SerfConfig)]);
        return new ClusterUsage(
            time.GetTimestamp(),
            [.. agents.Select(a => ProcessUsage.Of(a.ProcessId) ?? default)],
            [.. agents.Select(a => serfs.TryGetValue(a.SerfConfig, out var id) ? ProcessUsage.Of(id) ?? default : default)],
            ProcessUsage.Of(Environment.ProcessId) ?? default);
    }

    private static double[] Seconds(ProcessUsage[] before, ProcessUsage[] after) => [.. before.Zip(after, (b, a) => (a.Cpu - b.Cpu).TotalSeconds)];
}
