using ActorMig.Agent.Control;
using ActorMig.Hosts;

namespace ActorMig.Benchmarks;

/// <summary>The agents move guests until no host is over its threshold and nothing moves any more.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class Balancing(BenchmarkCluster cluster)
{
    /// <summary>After so many rounds in which nothing moved, hosts that are over their threshold stay so.</summary>
    private const int GiveUpRounds = 30;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SayInterval = TimeSpan.FromSeconds(5);

    /// <summary>A reservation for which nothing comes ends with its lease, which is a minute.</summary>
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(70);
    private readonly TimeProvider _time = cluster.Time;
    private long _began;
    private long _said;

    /// <summary>Begins it and waits for its end.</summary>
    /// <returns>True if no host is over its threshold then.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var before = cluster.Usage();
        await cluster.LetTalkAsync();
        _began = _said = _time.GetTimestamp();
        var look = await cluster.LookAsync();
        ClusterBenchmark.Print($"skewed: {look.Over.Count} of {cluster.Agents.Count} hosts are over their threshold now, the fullest with {Words.Rate(look.HighestBitPerSecond)}; {look.Guests} guests");
        while (true)
        {
            (look, var settled) = await SettleAsync(stop);
            var busy = cluster.Usage();
            if (look.Over.Count > 0 || look.Violations.Count > 0)
            {
                await SayWhyNotAsync(look, stop);
                Console.WriteLine("  " + busy.Since("until they gave up", before, _time));
                return ClusterBenchmark.Target(false, $"{cluster.Agents.Count} agents converge on {Environment.ProcessorCount} cores");
            }

            if (await IsQuietAsync(look.Moves, stop))
            {
                var quiet = cluster.Usage();
                ClusterBenchmark.Print($"balanced after {_time.GetElapsedTime(_began, settled).TotalSeconds:0.0} s and {look.Moves} moves: the fullest host has {Words.Rate(look.HighestBitPerSecond)}, and for {cluster.Options.QuietRounds} rounds nothing moved");
                Console.WriteLine("  " + busy.Since("while they balanced", before, _time));
                Console.WriteLine("  " + quiet.Since("while nothing moved", busy, _time));
                return ClusterBenchmark.Target(true, $"{cluster.Agents.Count} agents converge on {Environment.ProcessorCount} cores");
            }
        }
    }

    /// <summary>Looks whether all guests are there, once, and nothing is promised that nobody has.</summary>
    /// <returns>True if so.</returns>
    public async Task<bool> CheckAsync(CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        List<string> wrong;
        while ((wrong = await WrongAsync(stop)).Count > 0 && _time.GetElapsedTime(began) < CheckLimit)
        {
            await Task.Delay(LookInterval, _time, stop);
        }

        foreach (var sentence in wrong)
        {
            Console.WriteLine($"  {sentence}");
        }

        return ClusterBenchmark.Target(
            wrong.Count == 0, $"each guest runs once, and no reservation, barter or migration is left ({_time.GetElapsedTime(began).TotalSeconds:0.0} s later)");
    }

    /// <summary>Until no host is over its threshold and nothing is under way, or that is given up.</summary>
    /// <returns>How it stands then, and since when.</returns>
    private async Task<(WorldLook Look, long Since)> SettleAsync(CancellationToken stop)
    {
        var moved = _time.GetTimestamp();
        var moves = -1;
        while (true)
        {
            var look = await cluster.LookAsync();
            if (look.Moves != moves || look.UnderWay > 0)
            {
                (moved, moves) = (_time.GetTimestamp(), look.Moves);
            }

            Say(look);
            var isRelieved = look is { Over.Count: 0, UnderWay: 0 };
            if (isRelieved || look.Violations.Count > 0 || _time.GetElapsedTime(moved) > GiveUpRounds * cluster.Options.Round)
            {
                return (look, _time.GetTimestamp());
            }

            await Task.Delay(LookInterval, _time, stop);
        }
    }

    private async Task<bool> IsQuietAsync(int moves, CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < cluster.Options.QuietRounds * cluster.Options.Round)
        {
            await Task.Delay(LookInterval, _time, stop);
            var look = await cluster.LookAsync();
            if (look.Moves != moves || look.UnderWay > 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Say(WorldLook look)
    {
        if (_time.GetElapsedTime(_said) < SayInterval)
        {
            return;
        }

        _said = _time.GetTimestamp();
        ClusterBenchmark.Print($"  {_time.GetElapsedTime(_began).TotalSeconds:0} s: {look.Over.Count} hosts over their threshold, the fullest with {Words.Rate(look.HighestBitPerSecond)}; {look.Moves} moves, {look.UnderWay} under way");
    }

    private async Task SayWhyNotAsync(WorldLook look, CancellationToken stop)
    {
        foreach (var violation in look.Violations)
        {
            Console.WriteLine($"  {violation}");
        }

        foreach (var agent in cluster.Agents.Where(a => look.Over.Contains(a.Name)))
        {
            var status = await TryAsync(agent, stop);
            Console.WriteLine($"  {agent.Name} is over its threshold: {status?.Brake?.Frozen ?? status?.Barter.Decision ?? "its agent does not answer"}");
        }
    }

    private async Task<List<string>> WrongAsync(CancellationToken stop)
    {
        var wrong = new List<string>();
        foreach (var agent in cluster.Agents)
        {
            var status = await TryAsync(agent, stop);
            var used = (await cluster.LookAsync()).UsedBytes[agent.Name];
            string[] found = status switch
            {
                null => [$"{agent.Name} does not answer"],
                { JournalAlarm: { } alarm } => [$"{agent.Name}: {alarm}"],
                { Barter.OpenBarters: [var open, ..] } => [$"{agent.Name} has an open barter: {open.Barter} with {open.Peer}, {open.Phase}"],
                { Cases: [var @case, ..] } => [$"{agent.Name} needs an operator for {@case.Plan.Migration}"],
                _ when status.Barter.PromisedBytes != used => [$"{agent.Name} has promised {Words.Memory(status.Barter.PromisedBytes)}, and its guests have {Words.Memory(used)}"],
                _ => [],
            };
            wrong.AddRange(found);
        }

        var look = await cluster.LookAsync();
        wrong.AddRange(look.Violations);
        wrong.AddRange(look.NotOnce.Select(g => $"{g} does not run once"));
        if (look.Domains != look.Guests)
        {
            wrong.Add(FormattableString.Invariant($"the hypervisors know {look.Domains} domains, and there are {look.Guests} guests"));
        }

        return wrong;
    }

    private static async Task<HostStatus?> TryAsync(ClusterAgent agent, CancellationToken stop)
    {
        try
        {
            return await agent.StatusAsync(stop);
        }
        catch (ControlException)
        {
            return null;
        }
    }
}
