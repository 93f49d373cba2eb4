using System.Diagnostics;
using System.Globalization;
using System.Net;
using ActorMig.Actors;
using ActorMig.Akka;
using ActorMig.Akka.Clustering;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;

namespace ActorMig.Benchmarks;

/// <summary>Both engines from one run: messages inside of a process, messages between two over mutual TLS, and an agent's start and memory. Built with Akka.NET only.</summary>
internal static class EngineBenchmark
{
    private const int OneWay = 1_000_000;
    private const int RoundTrips = 200_000;
    private const int Rounds = 5;
    private const int Starts = 5;
    private const string Quiet = "akka { loggers = [], stdout-loglevel = OFF, loglevel = OFF }";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        await Comparison.PrintAsync(
            "one producer to one actor", OneWay, ("its own engine", () => MailboxBenchmark.OneWayAsync(Own(), OneWay)), ("Akka.NET", () => MailboxBenchmark.OneWayAsync(Akka(), OneWay)));
        await Comparison.PrintAsync(
            "ping-pong", RoundTrips, ("its own engine", () => MailboxBenchmark.PingPongAsync(Own(), RoundTrips)), ("Akka.NET", () => MailboxBenchmark.PingPongAsync(Akka(), RoundTrips)));
        await BetweenProcessesAsync();
        await AgentsAsync();

        static IActorSystem Own() => new ActorSystem(new ActorSystemOptions { MailboxCapacity = int.MaxValue }, new MailboxBenchmark.Silent());
        static IActorSystem Akka() => new AkkaActorSystem(new ActorSystemOptions { MailboxCapacity = int.MaxValue }, new MailboxBenchmark.Silent(), hocon: Quiet);
    }

    /// <summary>The process that hears on both, until it is killed.</summary>
    public static async Task FarAsync(string folder, int[] ports)
    {
        using var certificates = TransportBenchmark.Open(folder, "far");
        PeerTransport? far = null;
        await using var own = far = await PeerTransport.StartAsync(
            TransportBenchmark.Options("far", ports[1], "near", ports[0], certificates), TransportBenchmark.Registry(),
            said => Answer(said.Message, m => Volatile.Read(ref far)?.Send("near", 1, "barter", m)), (_, why) => Console.Error.WriteLine($"not answered: {why}"));
        await using var system = NodeSystem("far", ports[3], ports[2], certificates);
        AkkaClusterNode? node = null;
        node = new AkkaClusterNode(
            system, new Dictionary<string, string>(), _ => { }, said => Answer(said.Message, m => Volatile.Read(ref node)?.Send("near", 1, "barter", m)),
            (_, why) => Console.Error.WriteLine($"not answered: {why}"));
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);

        static void Answer(object message, Action<object> send)
        {
            if (message is Said { Number: var number } && number % TransportBenchmark.AnswerEvery == TransportBenchmark.AnswerEvery - 1)
            {
                send(message);
            }
        }
    }

    private static async Task BetweenProcessesAsync()
    {
        using var folder = new BenchmarkFolder();
        TransportBenchmark.Issue(folder);
        int[] ports = [.. Enumerable.Range(0, 4).Select(_ => TransportBenchmark.FreePort())];
        using var certificates = TransportBenchmark.Open(folder.File("near"), "near");
        var (byOwn, byAkka, isUp) = (new SemaphoreSlim(0), new SemaphoreSlim(0), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var system = NodeSystem("near", ports[2], ports[2], certificates);
        var node = new AkkaClusterNode(
            system, new Dictionary<string, string>(),
            nodes =>
            {
                if (nodes.Any(n => n.State == ClusterNodeState.Alive))
                {
                    isUp.TrySetResult();
                }
            },
            _ => byAkka.Release(), (_, why) => Console.WriteLine($"not delivered: {why}"));
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["engine-far", folder.File("far"), .. ports.Select(p => p.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardOutput = true })!;
        try
        {
            await process.StandardOutput.ReadLineAsync().WaitAsync(TransportBenchmark.Limit);
            await isUp.Task.WaitAsync(TransportBenchmark.Limit);
            await using var near = await PeerTransport.StartAsync(
                TransportBenchmark.Options("near", ports[0], "far", ports[1], certificates), TransportBenchmark.Registry(), _ => byOwn.Release(),
                (_, why) => Console.WriteLine($"not delivered: {why}"));
            var (our, their) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var own = await TransportBenchmark.SendAsync(m => near.Send("far", 1, "barter", m), byOwn);
                var akka = await TransportBenchmark.SendAsync(m => node.Send("far", 1, "barter", m), byAkka);
                if (round > 0)
                {
                    our.Add(own);
                    their.Add(akka);
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"between two processes over mutual TLS: its own transport {Comparison.Median(our):N0}/s, Akka.Remote {Comparison.Median(their):N0}/s, ratio {Comparison.Median(our.Zip(their, (a, b) => a / b)):0.0} (median of {Rounds} rounds)"));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>The same program and configuration but for the engine, in turns.</summary>
    private static async Task AgentsAsync()
    {
        if (AgentBenchmark.Program() is not { } program)
        {
            return;
        }

        string[] engines = ["own", "akka"];
        var ups = engines.ToDictionary(e => e, _ => new List<double>());
        var resident = engines.ToDictionary(e => e, _ => new List<double>());
        for (var round = 0; round < Starts; round++)
        {
            foreach (var engine in engines)
            {
                using var folder = new BenchmarkFolder();
                var start = Stopwatch.GetTimestamp();
                using var agent = await AgentBenchmark.StartAsync(program, folder, $"engine = {engine}");
                try
                {
                    ups[engine].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    await Task.Delay(Settling);
                    agent.Refresh();
                    resident[engine].Add(agent.WorkingSet64 / 1e6);
                }
                finally
                {
                    agent.Kill();
                    await agent.WaitForExitAsync();
                }
            }
        }

        foreach (var engine in engines)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"an agent with engine = {engine}: answers after {Comparison.Median(ups[engine]):0.00} s, resident {Comparison.Median(resident[engine]):0} MB after {Settling.TotalSeconds:0} s (median of {Starts} starts)"));
        }
    }

    private static AkkaActorSystem NodeSystem(string host, int port, int seed, CertificateStore certificates) => new(
        new ActorSystemOptions(), new MailboxBenchmark.Silent(), hocon: Quiet + FormattableString.Invariant($"\nakka.cluster.seed-nodes = [\"akka.ssl.tcp://actormig@127.0.0.1:{seed}\"]"),
        cluster: new AkkaClusterOptions
        {
            HostName = host, Listen = new IPEndPoint(IPAddress.Loopback, port), Messages = TransportBenchmark.Registry(), Certificate = certificates.Own, IsTrusted = certificates.IsTrusted,
        });
}
