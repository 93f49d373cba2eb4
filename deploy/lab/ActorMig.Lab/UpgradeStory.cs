using ActorMig.Agent;

namespace ActorMig.Lab;

/// <summary>
/// A rolling upgrade as the README tells it: the agents of a release run, and one after the other is stopped and started as the next release, while guests
/// go on and are moved between hosts of either.
/// </summary>
internal static class UpgradeStory
{
    /// <param name="stage">The stage; its hosts' agents are of the earlier release.</param>
    /// <param name="program">The next release.</param>
    public static async Task PlayAsync(Stage stage, string program)
    {
        var hosts = stage.Lab.Hosts;
        var guest = stage.Lab.Guests[0];
        stage.Step("all agents are of the earlier release");
        await stage.UntilAllAreCompleteAsync();
        stage.Command(hosts[0], ExitCodes.Ok, "cluster", "show");
        await MoveAsync(stage, guest, hosts[1]);

        foreach (var (host, next) in hosts.Zip(hosts.Skip(1).Append(hosts[0])))
        {
            stage.Step($"the agent of {host.Name} is stopped, replaced and started; its guests run on");
            await host.StopAgentAsync();
            host.AgentProgram = program;
            host.StartAgent();
            await host.WaitForAgentAsync(LabHost.AgentStartLimit, stage.Cancellation);
            await stage.UntilAllAreCompleteAsync();
            stage.Command(host, ExitCodes.Ok, "cluster", "show");
            await MoveAsync(stage, guest, host);
            await MoveAsync(stage, guest, next);
        }

        await stage.CheckAtRestAsync();
    }

    private static async Task MoveAsync(Stage stage, LabGuest guest, LabHost to)
    {
        // It rests after a move, and the agent that has just begun must have seen it.
        var (code, said) = (0, "");
        await stage.UntilAsync(
            () =>
            {
                (code, said) = stage.HostOf(guest) == to ? (ExitCodes.Ok, "") : stage.Try(stage.HostOf(guest), "migrate", guest.Name, "--to", to.Name);
                return Task.FromResult(code == ExitCodes.Ok);
            },
            $"{guest.Name} is moved to {to.Name}");
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(1))
        {
            stage.Say("    " + line);
        }

        if (stage.HostOf(guest) != to)
        {
            throw new InvalidOperationException($"{guest.Name} is on {stage.HostOf(guest).Name}, and should be on {to.Name}: {said}");
        }
    }
}
