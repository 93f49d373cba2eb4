using ActorMig.Actors.Tests;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>
/// Faults in a cluster of three hosts while h1 gives a VM to h2: an agent, a libvirtd or a serf is killed, a host loses its power, hosts are cut from each
/// other, both ways or one way, the disk under a journal is full. The agent that has just journaled a step stands still until the fault has struck. After
/// each: every guest that can be alive is alive exactly once, no reservation is left, all hosts know each other, and every barter's end and its reason are in
/// the journals. What came of each is appended to <c>artifacts/cluster-fault.txt</c>.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterFaults(ClusterFixture fixture)
{
    /// <summary>With three hosts each that fails is more than a tenth: nothing would begin for ten minutes.</summary>
    private const string NoStorm = "\nactormig.brake.storm-rest = 0";

    private const string SmallDisk = "\nactormig.journal { free-space-min = 4MiB, ballast = 8MiB }";
    private const int SmallDiskMiB = 48;

    /// <summary>A cut may last 40 s, TCP waits about as long again before it tries once more, and serf asks a host that has failed every 30 s.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(180);

    /// <summary>An agent is killed in <see cref="Crashes"/>, too.</summary>
    private static readonly (Fault Fault, string Where, string At)[] s_oneOfEachKind =
    [
        (Fault.LibvirtdKilled, "h1", "h1 leg-began"), (Fault.SerfKilled, "h2", "h2 barter-confirmation-heard"),
        (Fault.PowerOff, "h2", "h1 pre-copy-began"), (Fault.CutForGood, "h1>h2", "h2 barter-granted"), (Fault.DiskFull, "h2", "h2 barter-granted"),
    ];

    private static readonly (Fault Fault, string Where, string At)[] s_others =
    [
        (Fault.AgentKilled, "h2", "h2 barter-granted"), (Fault.AgentKilled, "h1", "h1 barter-offered"), (Fault.AgentKilled, "h1", "h1 barter-confirmed"), (Fault.AgentKilled, "h2", "h2 barter-confirmation-heard"),
        (Fault.AgentKilled, "h1", "h1 leg-began"), (Fault.AgentKilled, "h1", "h1 leg-ended"), (Fault.AgentKilled, "h1", "h1 barter-ended"),
        (Fault.AgentKilled, "h2", "h2 barter-ended"), (Fault.AgentKilled, "h3", "h1 leg-began"),

        (Fault.LibvirtdKilled, "h1", "h1 barter-offered"), (Fault.LibvirtdKilled, "h2", "h2 barter-granted"), (Fault.LibvirtdKilled, "h1", "h1 barter-confirmed"),
        (Fault.LibvirtdKilled, "h2", "h2 barter-confirmation-heard"), (Fault.LibvirtdKilled, "h2", "h1 leg-began"), (Fault.LibvirtdKilled, "h1", "h1 leg-ended"),
        (Fault.LibvirtdKilled, "h2", "h2 barter-ended"),

        (Fault.SerfKilled, "h1", "h1 barter-offered"), (Fault.SerfKilled, "h2", "h2 barter-granted"), (Fault.SerfKilled, "h1", "h1 barter-confirmed"),
        (Fault.SerfKilled, "h3", "h1 leg-began"), (Fault.SerfKilled, "h2", "h1 leg-began"), (Fault.SerfKilled, "h1", "h1 leg-ended"),

        (Fault.PowerOff, "h1", "h1 barter-confirmed"), (Fault.PowerOff, "h2", "h2 barter-granted"), (Fault.PowerOff, "h3", "h1 leg-began"),
        (Fault.PowerOff, "h1", "h1 post-copy-began"), (Fault.PowerOff, "h2", "h1 post-copy-began"),

        (Fault.CutFor5S, "h1-h2", "h1 barter-confirmed"), (Fault.CutFor5S, "h1>h2", "h2 barter-granted"), (Fault.CutFor5S, "h2>h1", "h1 leg-began"), (Fault.CutFor5S, "h2", "h1 barter-offered"),
        (Fault.CutFor5S, "h1-h2", "h1 post-copy-began"),
        (Fault.CutFor40S, "h1-h2", "h1 pre-copy-began"), (Fault.CutFor40S, "h1>h2", "h1 leg-began"), (Fault.CutFor40S, "h2>h1", "h2 barter-granted"),
        (Fault.CutFor40S, "h2", "h1 post-copy-began"), (Fault.CutFor40S, "h3", "h1 barter-confirmed"),
        (Fault.CutForGood, "h1-h2", "h1 barter-confirmed"), (Fault.CutForGood, "h1>h2", "h1 barter-offered"), (Fault.CutForGood, "h2>h1", "h2 barter-granted"),
        (Fault.CutForGood, "h2", "h1 leg-began"),

        (Fault.DiskFull, "h1", "h1 barter-confirmed"), (Fault.DiskFull, "h1", "h1 leg-began"), (Fault.DiskFull, "h3", "h1 leg-began"),

        (Fault.CutFor40S, "h2", "h1 leg-began"),
    ];

    public enum Fault
    {
        AgentKilled,
        LibvirtdKilled,
        SerfKilled,
        PowerOff,
        CutFor5S,
        CutFor40S,
        CutForGood,
        DiskFull,
    }

    [Theory]
    [MemberData(nameof(OneOfEachKind))]
    public Task One_of_each_kind(Fault fault, string where, string at) => StrikeAsync(fault, where, at);

    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(Others))]
    public Task All_others(Fault fault, string where, string at) => StrikeAsync(fault, where, at);

    public static TheoryData<Fault, string, string> OneOfEachKind() => Data(s_oneOfEachKind);

    public static TheoryData<Fault, string, string> Others() => Data(Shard.Of(s_others));

    private static TheoryData<Fault, string, string> Data(IEnumerable<(Fault Fault, string Where, string At)> cases)
    {
        var data = new TheoryData<Fault, string, string>();
        foreach (var (fault, where, at) in cases)
        {
            data.Add(fault, where, at);
        }

        return data;
    }

    /// <param name="fault">What strikes.</param>
    /// <param name="where">Which host; of a cut <c>h1-h2</c>: these two from each other, <c>h1>h2</c>: what the first sends to the second, <c>h2</c>: it from all.</param>
    /// <param name="at">The host whose agent stands still, and the event after which.</param>
    private async Task StrikeAsync(Fault fault, string where, string at)
    {
        var (step, isHeldOpen) = (at.Split(' '), at.EndsWith("-copy-began", StringComparison.Ordinal));
        var more = (isHeldOpen ? LabCase.HeldOpen : LabCase.Quick) + NoStorm + (fault == Fault.DiskFull ? SmallDisk : "");
        await using var one = await LabCase.StartAsync(fixture.Lab, more, (step[0], "stop-after-event = " + step[1]));
        var ways = Ways(where);
        try
        {
            if (fault == Fault.DiskFull)
            {
                await GiveSmallDiskAsync(one, Host(where), step);
            }

            // Who stands still right after the offer has not answered yet.
            var begun = one.BeginMoveAsync(one.H1, "vm1", "h2");
            if (step[1] == "post-copy-began")
            {
                await one.WriteInTheFirstPassAsync();
            }

            var still = Host(step[0]);
            await one.UntilAsync(() => begun.IsFaulted || still.IsAgentStopped, $"the agent of {still.Name} has journaled {step[1]}");
            if (begun.IsFaulted)
            {
                await begun;
            }

            await StrikeAsync(one, fault, where, ways, still);
            try
            {
                await begun;
            }
            catch (Exception e) when (where == "h1" && fault is Fault.AgentKilled or Fault.PowerOff && e is ControlException or HttpRequestException or OperationCanceledException)
            {
                // It was killed before it could answer.
            }

            await one.UntilAsync(() => one.AreBartersOver() && one.Log.Migrations().All(m => m.Settled is not null), "the barter and its migrations have an end", EndLimit);
            await JudgeAsync(one, fault, where, at);
        }
        finally
        {
            SetWays(ways, isUp: true);
            if (fault == Fault.DiskFull)
            {
                Host(where).KillAgent();
                Host(where).KillSerf();
                Host(where).UnmountSmallDataDir();
            }
        }
    }

    private async Task StrikeAsync(LabCase one, Fault fault, string where, IReadOnlyList<(LabHost From, LabHost To)> ways, LabHost still)
    {
        switch (fault)
        {
            case Fault.AgentKilled:
                Host(where).KillAgent();
                still.ContinueAgent();
                await one.RestartAsync(Host(where));
                break;
            case Fault.LibvirtdKilled:
                Host(where).KillLibvirtd();
                still.ContinueAgent();
                await Host(where).RestartLibvirtdAsync();
                break;
            case Fault.SerfKilled:
                Host(where).KillSerf();
                still.ContinueAgent();
                break;
            case Fault.PowerOff:
                Host(where).PowerOff();
                still.ContinueAgent();
                await one.UntilAsync(() => HaveOthersSeenFail(Host(where)), $"the others see that {where} has failed");
                await Host(where).PowerOnAsync();
                await one.RestartAsync(Host(where));
                break;
            case Fault.CutFor5S or Fault.CutFor40S:
                SetWays(ways, isUp: false);
                still.ContinueAgent();

                // The fault itself lasts so long: nothing is waited for.
                await Task.Delay(TimeSpan.FromSeconds(fault == Fault.CutFor5S ? 5 : 40), TestContext.Current.CancellationToken);
                SetWays(ways, isUp: true);
                break;
            case Fault.CutForGood:
                SetWays(ways, isUp: false);
                still.ContinueAgent();
                break;
            case Fault.DiskFull:
                Host(where).FillDataDir(isFull: true);
                still.ContinueAgent();
                await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Host == "h1") || one.Log.Of<BarterEnded>().Any(e => e.Host == "h2"), "one host ends the barter", EndLimit);
                Host(where).FillDataDir(isFull: false);
                break;
            default:
                throw new InvalidOperationException($"{fault} is no fault.");
        }
    }

    private async Task JudgeAsync(LabCase one, Fault fault, string where, string at)
    {
        var ends = one.Log.Of<BarterEnded>().Select(e => $"{e.Host} {Words.Of(e.Message.Outcome)} ({e.Message.Reason})");
        var line = $"{fault} {where} at {at}: {string.Join("; ", ends)}; vm1 {string.Join(" and ", fixture.Lab.Where(one.Vm(1)))}";
        await File.AppendAllTextAsync(Path.Combine(Repository.Folder, "artifacts", "cluster-fault.txt"), line + "\n");

        // Nobody runs twice, whatever has struck.
        Assert.All(fixture.Lab.Guests, g => Assert.True(
            fixture.Lab.Where(g).Count(w => w.State.StartsWith("running", StringComparison.Ordinal)) <= 1, $"{g.Name}: {line}\n{one.Story()}"));
        if (fault != Fault.PowerOff && !at.EndsWith("post-copy-began", StringComparison.Ordinal))
        {
            // A paused copy that nobody needs may be there for a moment.
            await one.UntilAsync(() => fixture.Lab.Where(one.Vm(1)).Count == 1, $"vm1 is on one host: {line}");
        }

        foreach (var guest in fixture.Lab.Guests.Where(g => fixture.Lab.Where(g) is not [{ State: var state }] || !state.StartsWith("running", StringComparison.Ordinal)))
        {
            // Who lost its host, or half of its memory, is started again by its owner.
            Assert.True(fault is Fault.PowerOff || at.EndsWith("post-copy-began", StringComparison.Ordinal), $"{guest.Name} is lost: {line}\n{one.Story()}");
            await guest.BootAnewAsync(fixture.Lab.Hosts, Host(guest == one.Vm(1) ? "h1" : fixture.Lab.HomeOf(guest).Name));
        }

        await fixture.Lab.WaitForGuestsAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await one.ResolveCasesAsync();
        await one.CheckAtRestAsync();
        Assert.All(one.Log.Of<BarterOffered>(), o => Assert.Contains(
            one.Log.Of<BarterEnded>(), e => e.Host == o.Host && e.Message.Barter == o.Message.Barter && e.Message.Reason.Length > 0));
        Assert.All(one.Log.Of<BarterGranted>(), g => Assert.Contains(
            one.Log.Of<BarterEnded>(), e => e.Host == g.Host && e.Message.Barter == g.Message.Barter && e.Message.Reason.Length > 0));
        if (fault == Fault.CutForGood)
        {
            SetWays(Ways(where), isUp: true);
        }

        await one.UntilAsync(one.KnowAllOthers, "all hosts know each other again", EndLimit);
    }

    /// <summary>What the disk holds is copied: the agent and its serf begin anew on it.</summary>
    private static async Task GiveSmallDiskAsync(LabCase one, LabHost host, string[] step)
    {
        host.KillAgent();
        host.KillSerf();
        host.MountSmallDataDir(SmallDiskMiB);
        await one.RestartAsync(host, host.Name == step[0] ? "stop-after-event = " + step[1] : null);
        await one.UntilAsync(one.KnowAllOthers, "all hosts know each other");
        await one.MeasuredAsync(host);
    }

    private bool HaveOthersSeenFail(LabHost failed) => fixture.Lab.Hosts.Where(h => h != failed).All(h => LabCase.StateOf(h, failed) is MemberState.Failed);

    private LabHost Host(string name) => fixture.Lab.Hosts.First(h => h.Name == name);

    /// <summary>The ways that a cut takes away.</summary>
    private IReadOnlyList<(LabHost From, LabHost To)> Ways(string where) => where.Split('-', '>') switch
    {
        [var from, var to] when where.Contains('>', StringComparison.Ordinal) => [(Host(from), Host(to))],
        [var one, var other] => [(Host(one), Host(other)), (Host(other), Host(one))],
        _ => [.. fixture.Lab.Hosts.Where(h => h.Name != where).SelectMany(h => new[] { (h, Host(where)), (Host(where), h) })],
    };

    private static void SetWays(IEnumerable<(LabHost From, LabHost To)> ways, bool isUp)
    {
        foreach (var (from, to) in ways)
        {
            Lab.Lab.SetWay(from, to, isUp);
        }
    }
}
