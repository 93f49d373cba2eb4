using System.Globalization;
using System.Runtime.InteropServices;
using ActorMig.Agent;
using ActorMig.Agent.Control;
using ActorMig.Cluster.Serf;
using ActorMig.Cluster.Tls;

namespace ActorMig.Benchmarks;

/// <summary>
/// Many agents on one machine, all real but the hypervisors: each a process with its actors, its journal on disk, its serf, and mutual TLS to the others.
/// They find each other, balance what is skewed, and notice that one of them is dead. What is promised of that is printed as met or MISSED.
/// </summary>
internal static class ClusterBenchmark
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(285);

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What <see cref="ClusterOptions.Usage"/> says.</param>
    /// <returns>0 if all was met.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (ClusterOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(ClusterOptions.Usage);
            return ExitCodes.BadInput;
        }

        using var stop = new CancellationTokenSource(Limit);
        var isStoppedByHand = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        BenchmarkCluster? cluster = null;
        try
        {
            cluster = new BenchmarkCluster(options, TimeProvider.System);
            return await PlayAsync(cluster, stop.Token) ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine(isStoppedByHand ? "Stopped." : string.Create(CultureInfo.InvariantCulture, $"MISSED: it did not come so far within {Limit.TotalSeconds:0} s."));
            return isStoppedByHand ? ExitCodes.Stopped : ExitCodes.Failed;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or ControlException or SerfException or TlsException)
        {
            await Console.Error.WriteLineAsync($"It cannot go on: {e.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            if (cluster is not null)
            {
                Console.WriteLine("Ending the agents and their serfs, and removing their files.");
                await cluster.DisposeAsync();
            }
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            isStoppedByHand = true;
            stop.Cancel();
        }
    }

    private static async Task<bool> PlayAsync(BenchmarkCluster cluster, CancellationToken stop)
    {
        var options = cluster.Options;
        Print($"{options.Agents} agents, each a process of its own with its journal on disk, its serf (profile {options.Profile}) and mutual TLS to the others; their hypervisors are simulated in this process, in real time.");
        Print($"{Environment.ProcessorCount} cores; a round each {options.RoundSeconds:0.###} s. It takes some minutes; Ctrl-C ends it and all that it has started.");
        var began = cluster.Time.GetTimestamp();
        await cluster.StartAsync(stop);
        var started = cluster.Time.GetTimestamp();
        Print($"started: all agents answer after {cluster.Time.GetElapsedTime(began, started).TotalSeconds:0.0} s");
        await cluster.UntilAllKnowAllAsync(stop);
        Print($"found each other: each knows all {options.Agents} hosts, {cluster.Time.GetElapsedTime(started).TotalSeconds:0.0} s after the last had started");

        var balancing = new Balancing(cluster);
        var isGood = await balancing.RunAsync(stop);
        isGood &= await balancing.CheckAsync(stop);
        Console.WriteLine("  " + cluster.Usage().Memory());
        if (options.Kills)
        {
            isGood &= await new Detection(cluster).RunAsync(stop);
        }

        return isGood;
    }

    /// <summary>A line, in the same words everywhere.</summary>
    internal static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A target, and whether it is met.</summary>
    internal static bool Target(bool isMet, FormattableString what)
    {
        Console.WriteLine($"target: {what.ToString(CultureInfo.InvariantCulture)}: {(isMet ? "met" : "MISSED")}");
        return isMet;
    }
}
