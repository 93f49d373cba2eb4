using ActorMig.Agent;
using ActorMig.Bartering;

namespace ActorMig.Lab;

/// <summary>
/// What an operator does with a cluster, with the commands of the README: the hosts find each other, one is relieved, the cluster is frozen, a host is
/// emptied, one leaves and joins again, an agent is killed. Each step says what it expects and is over when that has come to pass.
/// </summary>
internal static class ClusterStory
{
    public static async Task PlayAsync(Stage stage)
    {
        var lab = stage.Lab;
        var (first, second, last) = (lab.Hosts[0], lab.Hosts[1], lab.Hosts[^1]);
        var isAkka = Environment.GetEnvironmentVariable(LabHost.MembershipVariable) == "akka";
        stage.Step($"the hosts find each other by {(isAkka ? "Akka.Cluster" : "serf")}");
        await stage.UntilAllAreCompleteAsync();
        stage.Command(first, ExitCodes.Ok, "cluster", "show");

        stage.Step($"{first.Name} gets busy: another host takes one of its VMs");
        var (one, other) = (lab.Guests[0], lab.Guests[1]);
        await one.LoadAsync((other, 22));
        await stage.UntilAsync(
            () => Task.FromResult(stage.Log.Of<BarterEnded>().Any(e => e.Host == first.Name && e.Message.Outcome == BarterOutcome.Settled)), "a barter has settled");
        await one.LoadAsync();

        stage.Step($"somebody freezes the cluster on {second.Name}: nothing begins anywhere");
        stage.Command(second, ExitCodes.Ok, "cluster", "freeze", "-m", "the storage is being changed");
        var (guest, from) = (lab.Guests[^1], stage.HostOf(lab.Guests[^1]));
        stage.Command(from, ExitCodes.Refused, "migrate", guest.Name, "--to", lab.Hosts.First(h => h != from).Name);
        stage.Command(last, ExitCodes.Ok, "cluster", "thaw");

        stage.Step($"{last.Name} is emptied for maintenance, which is said on {second.Name}, and filled again by hand");
        await stage.UntilAsync(
            async () => (await Task.WhenAll(lab.Hosts.Select(stage.StatusAsync))).All(s => s.Barter.OpenBarters.Count == 0 && s.Brake is { Frozen: null }), "nothing is under way");
        stage.Command(second, ExitCodes.Ok, "host", "drain", last.Name, "--deadline", "5m", "-m", "a new kernel");
        if (lab.Guests.FirstOrDefault(g => lab.Where(g).Any(w => w.Host == last.Name)) is { } left)
        {
            throw new InvalidOperationException($"{left.Name} is still on {last.Name}, which is said to be empty.");
        }

        stage.Command(last, ExitCodes.Ok, "host", "drain", last.Name, "--cancel");
        (guest, from) = (lab.Guests[0], stage.HostOf(lab.Guests[0]));
        await stage.UntilAsync(() => Task.FromResult(stage.Try(from, "migrate", guest.Name, "--to", last.Name).Code == ExitCodes.Ok), $"{guest.Name} goes to {last.Name}");

        stage.Step($"{last.Name} leaves the cluster, though VMs have moved to it and from it, and joins again");
        await stage.UntilAsync(async () => (await stage.StatusAsync(last)).Barter.OpenBarters.Count == 0, $"{last.Name} has ended its barters");
        stage.Command(last, ExitCodes.Ok, "cluster", "leave");
        await stage.UntilAsync(async () => !await stage.IsCompleteAsync(first), $"{first.Name} knows that {last.Name} has left");
        if (isAkka)
        {
            // An actor system of Akka's joins once in its life.
            stage.Command(last, ExitCodes.Refused, "cluster", "join", first.Address + ":7601");
            await last.StopAgentAsync();
            last.StartAgent();
            await last.WaitForAgentAsync(LabHost.AgentStartLimit, stage.Cancellation);
        }
        else
        {
            stage.Command(last, ExitCodes.Ok, "cluster", "join", first.Address);
        }

        await stage.UntilAllAreCompleteAsync();

        stage.Step($"the agent of {second.Name} is killed: its host is still there, and it comes back");
        second.KillAgent();
        second.StartAgent();
        await second.WaitForAgentAsync(LabHost.AgentStartLimit, stage.Cancellation);
        await stage.UntilAllAreCompleteAsync();
        await stage.CheckAtRestAsync();
    }
}
