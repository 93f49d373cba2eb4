using System.Security.Cryptography;
using ActorMig.Cluster.Tls;
using ActorMig.Tests;

namespace ActorMig.Benchmarks;

/// <summary>
/// A cluster on this machine: each agent is a process, and has its serf beside it; the hypervisors are simulated here. All that it has started and
/// written goes with it, and also if this process is killed: the folder sees to that.
/// </summary>
internal sealed class BenchmarkCluster : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private readonly SerfFolder _folder;
    private readonly SkewedWorld _skewed;
    private readonly RealTimeWorld _world;
    private readonly string _socket;
    private readonly List<ClusterAgent> _agents = [];

    /// <summary>Writes its files; nothing is started yet.</summary>
    /// <param name="options">What the benchmark is asked to do.</param>
    /// <param name="time">The clock.</param>
    public BenchmarkCluster(ClusterOptions options, TimeProvider time)
    {
        Time = time;
        Options = options;
        if (Environment.GetEnvironmentVariable("ACTORMIG_BENCHMARK_FOLDER") is { } elsewhere)
        {
            Environment.SetEnvironmentVariable("TMPDIR", elsewhere);
        }

        _folder = new SerfFolder();
        _socket = _folder.File("world");
        _skewed = new SkewedWorld([.. Enumerable.Range(1, options.Agents).Select(ClusterAgent.NameOf)]);
        _world = new RealTimeWorld(_skewed.World, _socket, time);
        ClusterAuthority.Create(_folder.File("ca"), TimeSpan.FromDays(2), DateTimeOffset.UtcNow);
        using var authority = ClusterAuthority.Open(_folder.File("ca"));
        var key = _folder.Secret("serf.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        for (var number = 1; number <= options.Agents; number++)
        {
            _agents.Add(new ClusterAgent(_folder.Path, number, _agents.Count > 0 ? _agents[0] : null, options, key, authority));
        }
    }

    public ClusterOptions Options { get; }

    public TimeProvider Time { get; }

    public IReadOnlyList<ClusterAgent> Agents => _agents;

    /// <summary>Starts the agents: the one that the others join, and then so many at a time as there are cores.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        await _agents[0].StartAsync(_socket, Time, stop);
        await Parallel.ForEachAsync(
            _agents.Skip(1),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop },
            async (agent, over) => await agent.StartAsync(_socket, Time, over));
    }

    /// <summary>Waits until each agent knows all hosts.</summary>
    public async Task UntilAllKnowAllAsync(CancellationToken stop)
    {
        var unknowing = _agents.ToList();
        while (unknowing.Count > 0)
        {
            foreach (var agent in unknowing.ToArray())
            {
                if (await agent.KnowsAsync(_agents.Count, stop))
                {
                    unknowing.Remove(agent);
                }
            }

            if (unknowing.Count > 0)
            {
                await Task.Delay(Look, Time, stop);
            }
        }
    }

    /// <summary>All guests begin to talk.</summary>
    public Task LetTalkAsync() => _world.AskAsync(_ =>
    {
        _skewed.LetTalk();
        return true;
    });

    /// <summary>How the world stands.</summary>
    public Task<WorldLook> LookAsync() => _world.AskAsync(_ => _skewed.Look());

    /// <summary>What its processes have taken so far.</summary>
    public ClusterUsage Usage() => ClusterUsage.Look(_agents, Time);

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            agent.Kill();
        }

        await _world.DisposeAsync();
        foreach (var agent in _agents)
        {
            agent.Dispose();
        }

        // With it the serfs end.
        _folder.Dispose();
    }
}
