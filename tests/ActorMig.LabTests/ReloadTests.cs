using ActorMig.Bartering;
using ActorMig.Hosts;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>SIGHUP to real agents: what changes, what does not, and that they live on.</summary>
public sealed class ReloadTests(LabFixture fixture)
{
    [Fact]
    public async Task A_host_that_observes_begins_to_barter_when_its_mode_changes()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.Quick + "\nactormig.mode = observe");
        await one.LoadForSwapAsync();
        await one.UntilAsync(() => one.Log.Decisions.Any(d => d.Decided.Answer == "observing"), "h1 says what it would do");
        Assert.Empty(one.Log.Barters());
        var incarnation = (await LabCase.StatusAsync(one.H1)).Incarnation;

        // The peer first, so that it does not decline.
        one.Reload(one.H2, "actormig.mode = auto");
        await one.UntilAsync(() => StatusOf(one.H2).Mode == Mode.Auto, "h2 is in mode auto");
        one.Reload(one.H1, "actormig.mode = auto");
        await one.UntilAsync(() => StatusOf(one.H1).Mode == Mode.Auto, "h1 is in mode auto");
        Assert.Contains("Changed: actormig.mode: observe -> auto", Log(one.H1), StringComparison.Ordinal);
        await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Outcome == BarterOutcome.Settled), "h1 barters");
        Assert.Equal(incarnation, (await LabCase.StatusAsync(one.H1)).Incarnation);
        await one.CheckAtRestAsync();
    }

    [Fact]
    public async Task A_wrong_file_is_refused_what_needs_a_restart_is_named_and_members_go_and_come()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var before = await LabCase.StatusAsync(one.H1);
        one.Reload(one.H1, "actormig.mode = sometimes");
        await one.UntilAsync(
            () => Log(one.H1).Contains("nothing is changed: ", StringComparison.Ordinal)
                && Log(one.H1).Contains("'sometimes' is not one of observe, recommend, auto.", StringComparison.Ordinal),
            "h1 refuses the file");
        Assert.Equal(before.Mode, StatusOf(one.H1).Mode);

        one.Reload(one.H1, "actormig { listen.port = 7699, threshold.overload = 41 Mbit/s }");
        await one.UntilAsync(
            () => Log(one.H1).Contains("Not changed, needs a restart: actormig.listen.port (7601 -> 7699)", StringComparison.Ordinal), "h1 names the port");
        await one.UntilAsync(() => StatusOf(one.H1).OverloadBitPerSecond == 41e6, "h1 has the new threshold");

        var round = StatusOf(one.H1).Round;
        await one.UntilAsync(() => StatusOf(one.H1).Round > round + 1, "h1 goes on with its rounds");
        Assert.Equal(before.Incarnation, StatusOf(one.H1).Incarnation);
        Assert.True(one.H1.IsAgentUp);

        one.Reload(one.H1, "actormig.members = null, actormig.members = {}");
        await one.UntilAsync(() => StatusOf(one.H1).Members.Count == 0, "h1 knows nobody");
        await one.UntilAsync(
            () => LabCase.MoveAsync(one.H1, "vm1", "h2").GetAwaiter().GetResult().Text.StartsWith("no host 'h2' is known", StringComparison.Ordinal),
            "h1 refuses to move to h2");
        one.Reload(one.H1, "");
        await one.UntilAsync(() => StatusOf(one.H1).Members is ["h2"], "h1 knows h2 again");
        await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Outcome == BarterOutcome.Settled), "vm1 moves");
        await one.CheckAtRestAsync();
    }

    private static HostStatus StatusOf(LabHost host) => LabCase.StatusAsync(host).GetAwaiter().GetResult();

    private static string Log(LabHost host) => File.ReadAllText(host.AgentLog);
}
