using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent.Control;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Lab;

/// <summary>What stories of a cluster are played on: steps that are said, commands as an operator types them, waiting for what must come to pass.</summary>
/// <param name="lab">The lab.</param>
/// <param name="log">What the journals say.</param>
/// <param name="agentProgram">The program whose commands are typed.</param>
/// <param name="say">Is told what happens.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Stage(Lab lab, LabLog log, string agentProgram, Action<string> say, CancellationToken cancellation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private int _step;

    public Lab Lab => lab;

    public LabLog Log => log;

    public CancellationToken Cancellation => cancellation;

    public void Say(string text) => say(text);

    public void Step(string text) => say(string.Create(CultureInfo.InvariantCulture, $"--- {++_step}: {text}"));

    /// <summary>A command as an operator types it, and what it says.</summary>
    /// <param name="host">On which host.</param>
    /// <param name="expected">With which exit code it must end.</param>
    /// <param name="arguments">The command.</param>
    /// <exception cref="InvalidOperationException">It ended otherwise.</exception>
    public void Command(LabHost host, int expected, params string[] arguments)
    {
        say($"{host.Name}# actormig {string.Join(' ', arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"'{a}'" : a))}");
        var (code, output) = Try(host, arguments);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            say("    " + line);
        }

        if (code != expected)
        {
            throw new InvalidOperationException($"actormig {string.Join(' ', arguments)} on {host.Name} ended with {code}, and {expected} was expected.");
        }
    }

    /// <summary>A command of which nothing is shown.</summary>
    public (int Code, string Output) Try(LabHost host, params string[] arguments) => Shell.Try(agentProgram, ["--socket", host.Socket, .. arguments]);

    /// <summary>Waits.</summary>
    /// <param name="isSo">For what.</param>
    /// <param name="what">In words.</param>
    /// <param name="limit">For how long; null: a minute.</param>
    /// <exception cref="InvalidOperationException">It did not come to pass in time.</exception>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what, TimeSpan? limit = null)
    {
        var most = limit ?? Limit;
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > most)
            {
                throw new InvalidOperationException($"In {most.TotalSeconds:0} s it did not come to pass that {what}.");
            }

            await Task.Delay(200, cancellation);
        }
    }

    public async Task<HostStatus> StatusAsync(LabHost host)
    {
        using var client = new ControlClient(host.Socket);
        return await client.StatusAsync(cancellation);
    }

    /// <summary>True if the host sees all others alive.</summary>
    public async Task<bool> IsCompleteAsync(LabHost host)
    {
        using var client = new ControlClient(host.Socket);
        var cluster = await client.ClusterAsync(cancellation);
        return cluster.Hosts.Count == lab.Hosts.Count && cluster.Hosts.All(h => h.IsSelf || h.State == MemberState.Alive);
    }

    /// <summary>Until each host sees all others alive.</summary>
    public async Task UntilAllAreCompleteAsync()
    {
        foreach (var host in lab.Hosts)
        {
            await UntilAsync(() => IsCompleteAsync(host), $"{host.Name} knows all others");
        }
    }

    public LabHost HostOf(LabGuest guest) => lab.Hosts.First(h => lab.Where(guest).Any(w => w.Host == h.Name));

    /// <summary>The end of each story: all guests are alive exactly once, and nothing is promised but what runs.</summary>
    public async Task CheckAtRestAsync()
    {
        Step("all guests are alive exactly once, and nothing is promised but what runs");
        await UntilAsync(async () => (await Task.WhenAll(lab.Hosts.Select(StatusAsync))).All(IsAtRest), "nothing is under way");
        foreach (var g in lab.Guests)
        {
            if (lab.Where(g) is not [{ State: var state }] || !state.StartsWith("running", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{g.Name} is {string.Join(" and ", lab.Where(g))}.");
            }

            await UntilAsync(() => Task.FromResult(lab.Heartbeats!.LastMs(g) is { } beat && Heartbeats.NowMs - beat < 2_000), $"{g.Name}'s heart beats");
            if (!g.HasWholeDisk)
            {
                throw new InvalidOperationException($"{g.Name}'s disk: {DiskChecker.Check(g.Disk)}.");
            }
        }
    }

    private static bool IsAtRest(HostStatus status) =>
        status.Barter.OpenBarters.Count == 0 && status.Barter.PromisedBytes == status.Barter.Vms.Sum(v => v.Facts.MemoryBytes);
}
