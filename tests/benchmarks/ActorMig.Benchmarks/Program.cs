using ActorMig.Benchmarks;

SortedDictionary<string, (string What, Func<Task> Run)> benchmarks = new(StringComparer.Ordinal)
{
    ["agent"] = ("an agent with 20 guests and nothing to do: how soon it answers, its memory, its share of a core", AgentBenchmark.RunAsync),
    ["cluster"] = ("30 agents that are all real but for their hypervisors find each other, balance, and notice a dead host; has options", () => ClusterBenchmark.RunAsync([])),
#if AKKA_ENGINE
    ["engines"] = ("the agent's own engine beside Akka.NET: messages in a process and between two, an agent's start and memory", EngineBenchmark.RunAsync),
#endif
    ["hbal"] = ("hosts that balance in pairs beside Ganeti's hbal, which plans centrally, by hbal's own score; has options", () => HbalBenchmark.RunAsync([])),
    ["mailbox"] = ("messages through a mailbox with an empty handler beside a bare channel, one way and ping-pong", MailboxBenchmark.RunAsync),
    ["journal"] = ("appends to the journal beside bare SQLite, with 1 and with 64 actors waiting", JournalBenchmark.RunAsync),
    ["placement"] = ("hosts that barter by who talks to whom, from random placements, beside gpmetis, which plans centrally; has options", () => PlacementBenchmark.RunAsync([])),
    ["policies"] = ("the policies of network, CPU and memory on the same clusters and loads, side by side; has options", () => PoliciesBenchmark.RunAsync([])),
    ["prune"] = ("how long a write waits for what is deleted from a journal of up to 2,000,000 events", PruneBenchmark.RunAsync),
    ["replay"] = ("the start of a host after a year of 20 moves a day, with and without snapshots", ReplayBenchmark.RunAsync),
    ["traffic"] = ("2,000 pairs of 100 VMs read by nft from the kernel: CPU time of a reading, and its share of a core", TrafficBenchmark.RunAsync),
    ["transport"] = ("messages between two processes over mutual TLS beside bare HTTP/2 calls one by one", TransportBenchmark.RunAsync),
    ["world"] = ("six hours of a simulated world of 2, 10 and 40 hosts with loss, cuts and crashes: time a seed and a step", WorldBenchmark.RunAsync),
};

if (args is ["sleep"])
{
    // What the agent's benchmark compares with: a process that does nothing.
    await Task.Delay(Timeout.Infinite);
}

if (args is ["transport-far", var folder, .. var ports])
{
    // The other end of the transport's benchmark.
    var numbers = ports.Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
    await TransportBenchmark.FarAsync(folder, numbers[0], numbers[1], numbers[2]);
}

#if AKKA_ENGINE
if (args is ["engine-far", var at, .. var four])
{
    // The other end of the engines' benchmark.
    await EngineBenchmark.FarAsync(at, [.. four.Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))]);
}
#endif

if (args is ["traffic-inside"])
{
    // The traffic's benchmark, inside of its network namespace.
    await TrafficBenchmark.InsideAsync();
    return 0;
}

if (args is ["cluster", .. var wishes])
{
    return await ClusterBenchmark.RunAsync(wishes);
}

if (args is ["placement", .. var asked])
{
    return await PlacementBenchmark.RunAsync(asked);
}

if (args is ["hbal", .. var options])
{
    return await HbalBenchmark.RunAsync(options);
}

if (args is ["policies", .. var chosen])
{
    return await PoliciesBenchmark.RunAsync(chosen);
}

if (args is ["cluster-agent", var config, var world])
{
    // One agent of the cluster's benchmark.
    return await ClusterAgentProcess.RunAsync(config, world);
}

if (args is not [var name] || !benchmarks.TryGetValue(name, out var benchmark))
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/benchmarks/ActorMig.Benchmarks -- NAME");
    foreach (var (known, (what, _)) in benchmarks)
    {
        Console.Error.WriteLine($"  {known,-9} {what}");
    }

    return 1;
}

await benchmark.Run();
return 0;
