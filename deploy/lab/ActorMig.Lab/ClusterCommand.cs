using ActorMig.Agent.Control;

namespace ActorMig.Lab;

/// <summary><c>deploy/lab/run --hosts N</c>: a lab of more hosts, and what an operator does with them.</summary>
internal static class ClusterCommand
{
    private const string Affinity = "affinity";
    private const int HostsMin = 3;

    /// <param name="repository">The repository's folder.</param>
    /// <param name="hosts">How many hosts.</param>
    /// <param name="guests">How many guests; 0: as many as fit the hosts.</param>
    /// <param name="seed">Seeds what the agents draw.</param>
    /// <param name="keep">True to leave all running at the end.</param>
    /// <param name="earlier">The agent's program of an earlier release, from which the cluster is upgraded; empty: an operator's day is played.</param>
    /// <param name="story">Which story; empty: an operator's day, or the upgrade.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<int> RunAsync(string repository, int hosts, int guests, ulong seed, bool keep, string earlier, string story, CancellationToken stop)
    {
        if (story is not ("" or Affinity) || (story == Affinity && earlier.Length > 0))
        {
            throw new InvalidOperationException($"--story is '{story}'; say {Affinity}, without --upgrade-from, or leave it out.");
        }

        var isAffinity = story == Affinity;
        var size = Size(hosts == 0 && (isAffinity || earlier.Length > 0) ? HostsMin : hosts, guests);
        void Say(string text) => Console.WriteLine("lab: " + text);
        await using var lab = await Lab.StartAsync(repository, Say, GuestShape.Usual, size, stop);
        await lab.BootAsync(Say, cancellation: stop);
        var program = Lab.AgentProgram();
        foreach (var host in lab.Hosts)
        {
            host.AgentProgram = earlier.Length > 0 ? earlier : program;
        }

        Say($"starting {size.Hosts} agents" + (lab.Hosts[0].Engine is { Length: > 0 } engine ? $" on the engine {engine}" : ""));

        // An earlier release may not say yet that it is stopped: of three hosts one that fails is a storm.
        await lab.StartAgentsAsync(seed, more: isAffinity ? AffinityStory.Settings : earlier.Length > 0 ? "actormig.brake.storm-rest = 0" : "", cancellation: stop);
        var log = new LabLog();
        var followers = lab.Hosts.Select(h => new JournalFollower(h, line =>
        {
            log.Add(line);
            if (StoryView.Line(line) is { } text)
            {
                Say($"  {line.Host} {text}");
            }
        })).ToArray();
        try
        {
            var stage = new Stage(lab, log, program, Say, stop);
            await (isAffinity ? AffinityStory.PlayAsync(stage, TwoGroups(lab)) : earlier.Length > 0 ? UpgradeStory.PlayAsync(stage, program) : ClusterStory.PlayAsync(stage));
            Say("All of it happened.");
            lab.IsKept = keep;
            if (keep)
            {
                Say($"left running; try: {program} cluster show --socket {lab.Hosts[0].Socket}");
                Say("end it with: deploy/lab/run --down");
            }

            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or ControlException)
        {
            Say($"NOT as expected: {e.Message}");
            foreach (var host in lab.Hosts)
            {
                Say($"the end of {host.Name}'s log:\n{string.Join('\n', File.ReadLines(host.AgentLog).TakeLast(20))}");
            }

            return 1;
        }
        finally
        {
            foreach (var follower in followers)
            {
                await follower.DisposeAsync();
            }
        }
    }

    /// <summary>Those with odd numbers and those with even ones: at first scattered over all hosts.</summary>
    private static IReadOnlyList<IReadOnlyList<LabGuest>> TwoGroups(Lab lab) =>
        [.. Enumerable.Range(0, 2).Select(i => lab.Guests.Where((_, n) => n % 2 == i).Take(LabSize.GuestsOfHost).ToArray())];

    private static LabSize Size(int hosts, int guests)
    {
        if (hosts is < HostsMin or > LabSize.HostsMax)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"--hosts is {hosts}; say {HostsMin} to {LabSize.HostsMax}, or leave it out for paper B's story on two."));
        }

        // One host is emptied meanwhile, so the others must have room for all.
        var most = Math.Min(LabSize.GuestsMax, LabSize.GuestsOfHost * (hosts - 1));
        if (guests is not 0 && (guests < hosts || guests > most))
        {
            throw new InvalidOperationException(FormattableString.Invariant($"--guests is {guests}; with {hosts} hosts say {hosts} to {most}."));
        }

        return new LabSize(hosts, guests == 0 ? Math.Min(2 * hosts, most) : guests, IsCluster: true);
    }
}
