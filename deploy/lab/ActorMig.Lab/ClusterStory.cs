using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Lab;

/// <summary>
/// What an operator does with a cluster, with the commands of the README: the hosts find each other, one is relieved, the cluster is frozen, a host is
/// emptied, an agent is killed. Each step says what it expects and is over when that has come to pass.
/// </summary>
internal sealed class ClusterStory(Lab lab, LabLog log, string agentProgram, Action<string> say, CancellationToken cancellation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private int _step;

    public async Task PlayAsync()
    {
        var (first, second, last) = (lab.Hosts[0], lab.Hosts[1], lab.Hosts[^1]);
        Step("the hosts find each other by serf");
        foreach (var host in lab.Hosts)
        {
            await UntilAsync(async () => await IsCompleteAsync(host), $"{host.Name} knows all others");
        }

        Command(first, ExitCodes.Ok, "cluster", "show");

        Step($"{first.Name} gets busy: another host takes one of its VMs");
        var (one, other) = (lab.Guests[0], lab.Guests[1]);
        await one.LoadAsync((other, 22));
        await UntilAsync(() => Task.FromResult(log.Of<BarterEnded>().Any(e => e.Host == first.Name && e.Message.Outcome == BarterOutcome.Settled)), "a barter has settled");
        await one.LoadAsync();

        Step($"somebody freezes the cluster on {second.Name}: nothing begins anywhere");
        Command(second, ExitCodes.Ok, "cluster", "freeze", "-m", "the storage is being changed");
        var (guest, from, to) = Movable();
        Command(from, ExitCodes.Refused, "migrate", guest.Name, "--to", to.Name);
        Command(last, ExitCodes.Ok, "cluster", "thaw");

        Step($"{last.Name} is emptied for maintenance, and filled again by hand");
        await UntilAsync(async () => (await Task.WhenAll(lab.Hosts.Select(StatusAsync))).All(s => s.Barter.OpenBarters.Count == 0 && s.Brake is { Frozen: null }), "nothing is under way");
        Command(last, ExitCodes.Ok, "host", "drain", last.Name, "--deadline", "5m", "-m", "a new kernel");
        if (lab.Guests.FirstOrDefault(g => lab.Where(g).Any(w => w.Host == last.Name)) is { } left)
        {
            throw new InvalidOperationException($"{left.Name} is still on {last.Name}, which is said to be empty.");
        }

        Command(last, ExitCodes.Ok, "host", "drain", last.Name, "--cancel");
        (guest, from) = (lab.Guests[0], HostOf(lab.Guests[0]));
        await UntilAsync(
            () => Task.FromResult(Shell.Try(agentProgram, "--socket", from.Socket, "migrate", guest.Name, "--to", last.Name).Code == ExitCodes.Ok), $"{guest.Name} goes to {last.Name}");

        Step($"the agent of {second.Name} is killed: its host is still there, and it comes back");
        second.KillAgent();
        second.StartAgent();
        await second.WaitForAgentAsync(TimeSpan.FromSeconds(30), cancellation);
        await UntilAsync(async () => await IsCompleteAsync(second), $"{second.Name} knows all others again");
        await UntilAsync(async () => await IsCompleteAsync(first), $"{first.Name} knows {second.Name}");

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

    private async Task<HostStatus> StatusAsync(LabHost host)
    {
        using var client = new ControlClient(host.Socket);
        return await client.StatusAsync(cancellation);
    }

    private async Task<bool> IsCompleteAsync(LabHost host)
    {
        using var client = new ControlClient(host.Socket);
        var cluster = await client.ClusterAsync(cancellation);
        return cluster.Hosts.Count == lab.Hosts.Count && cluster.Hosts.All(h => h.IsSelf || h.State == MemberState.Alive);
    }

    private LabHost HostOf(LabGuest guest) => lab.Hosts.First(h => lab.Where(guest).Any(w => w.Host == h.Name));

    /// <summary>A guest, where it is, and another host.</summary>
    private (LabGuest Guest, LabHost From, LabHost To) Movable()
    {
        var from = HostOf(lab.Guests[^1]);
        return (lab.Guests[^1], from, lab.Hosts.First(h => h != from));
    }

    private void Step(string text) => say(string.Create(CultureInfo.InvariantCulture, $"--- {++_step}: {text}"));

    /// <summary>A command as an operator types it, and what it says.</summary>
    private void Command(LabHost host, int expected, params string[] arguments)
    {
        say($"{host.Name}# actormig {string.Join(' ', arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"'{a}'" : a))}");
        var (code, output) = Shell.Try(agentProgram, ["--socket", host.Socket, .. arguments]);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            say("    " + line);
        }

        if (code != expected)
        {
            throw new InvalidOperationException($"actormig {string.Join(' ', arguments)} on {host.Name} ended with {code}, and {expected} was expected.");
        }
    }

    private async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > Limit)
            {
                throw new InvalidOperationException($"In {Limit.TotalSeconds:0} s it did not come to pass that {what}.");
            }

            await Task.Delay(200, cancellation);
        }
    }
}
