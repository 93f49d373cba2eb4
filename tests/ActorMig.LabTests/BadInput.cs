using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>What is asked for and cannot be: one clear sentence each, and nothing half done.</summary>
public sealed class BadInput(LabFixture fixture)
{
    [Fact]
    public async Task An_unknown_VM_or_host_is_refused_with_a_sentence()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var vm = await LabCase.MoveAsync(one.H1, "vm9", "h2");
        Assert.Equal("no VM 'vm9' runs on h1; here run: vm1, vm2", vm.Text);
        var host = await LabCase.MoveAsync(one.H1, "vm1", "h9");
        Assert.Equal("no host 'h9' is known; known hosts: h2", host.Text);
        var self = await LabCase.MoveAsync(one.H1, "vm1", "h1");
        Assert.Equal("vm1 is on h1 already", self.Text);
        Assert.Empty(one.Log.Barters());
    }

    [Fact]
    [Trait("kind", "matrix")]
    public async Task A_peer_that_does_not_answer_ends_the_negotiation()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        one.H2.KillAgent();
        var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Barter == barter), "the barter ends");
        var ended = one.Log.Of<BarterEnded>().First(e => e.Message.Barter == barter).Message;
        Assert.Equal(Refusal.NoAnswer, ended.Refusal);
        Assert.Equal("h2 did not answer 3 times", ended.Reason);
        await one.RestartAsync(one.H2);
        await one.CheckAtRestAsync();
    }

    [Fact]
    [Trait("kind", "matrix")]
    public async Task An_observing_host_neither_moves_nor_takes()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.Quick + "\nactormig.mode = observe");
        await one.LoadForSwapAsync();
        await one.UntilAsync(() => one.Log.Decisions.Any(d => d.Decided.Answer == "observing"), "h1 says what it would do");
        var move = await LabCase.MoveAsync(one.H1, "vm1", "h2");
        Assert.False(move.IsAccepted);
        Assert.Contains("only observes", move.Text, StringComparison.Ordinal);
        Assert.Empty(one.Log.Barters());
        await one.CalmAsync();
    }

    [Fact]
    public async Task A_second_agent_for_one_libvirt_refuses_to_start()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var second = one.H1.Dir + "/second.conf";
        await File.WriteAllTextAsync(second, $$"""
            include "{{Repository.Folder}}/hocon/lab.conf"
            actormig { host-name = other, socket = {{one.H1.Dir}}/second.sock, data-dir = {{one.H1.Dir}}/second, listen { address = 127.0.0.1, port = 7699 } }
            """);
        var log = one.H1.Dir + "/second.log";
        using var process = one.H1.StartAgentProcess(second, log);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(6, process.ExitCode);
        Assert.Contains("Another actormig agent serves the libvirt of this host", await File.ReadAllTextAsync(log, limit.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_libvirt_that_goes_away_is_said_and_found_again()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        one.H1.KillLibvirtd();
        await one.UntilAsync(() => LabCase.StatusAsync(one.H1).GetAwaiter().GetResult().HypervisorError is not null, "h1 says that libvirt is gone");
        var move = await LabCase.MoveAsync(one.H1, "vm1", "h2");
        await one.H1.RestartLibvirtdAsync();
        await one.UntilAsync(() => LabCase.StatusAsync(one.H1).GetAwaiter().GetResult().HypervisorError is null, "h1 finds libvirt again");
        Assert.False(move.IsAccepted);
        Assert.Null(move.Barter);
        Assert.StartsWith("libvirt of this host cannot be reached (", move.Text, StringComparison.Ordinal);
        await one.CheckAtRestAsync();
        Assert.Empty(one.Log.Barters());
    }

    [Fact]
    public async Task A_libvirt_that_may_not_be_used_is_said_and_used_as_soon_as_it_may()
    {
        var host = fixture.Lab.Hosts[0];
        host.KillAgent();
        var (config, log, socket) = (host.Dir + "/stranger.conf", host.Dir + "/stranger.log", host.Dir + "/stranger.sock");
        await File.WriteAllTextAsync(config, $$"""
            include "{{Repository.Folder}}/hocon/lab.conf"
            actormig {
              host-name = stranger, socket = {{socket}}, data-dir = {{host.Dir}}/stranger, listen { address = 127.0.0.1, port = 7699 }
              libvirt.uri = "{{host.LibvirtUri}}"
            }
            """);

        // Root passes by all permissions, unless it has lost the right to.
        var before = File.GetUnixFileMode(host.LibvirtSocket);
        File.SetUnixFileMode(host.LibvirtSocket, UnixFileMode.None);
        using var process = host.StartAgentProcess(config, log, "setpriv", "--bounding-set", "-dac_override,-dac_read_search");
        try
        {
            using var client = new ControlClient(socket);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!await AnswersAsync(client, limit.Token) || !(await File.ReadAllTextAsync(log, limit.Token)).Contains("No connection to libvirt", StringComparison.Ordinal))
            {
                await Task.Delay(50, limit.Token);
            }

            Assert.Contains("Permission denied", (await client.StatusAsync(limit.Token)).HypervisorError, StringComparison.Ordinal);
            var move = await client.MoveAsync(new MoveRequest("vm1", "h2"), limit.Token);
            Assert.False(move.IsAccepted);
            Assert.Contains("Permission denied", move.Text, StringComparison.Ordinal);
            Assert.Matches(
                "No connection to libvirt at .*: .*Permission denied. Does it run, and may this user connect\\? Trying again every 1000 ms.",
                await File.ReadAllTextAsync(log, limit.Token));
            Assert.False(process.HasExited);

            File.SetUnixFileMode(host.LibvirtSocket, before);
            while ((await client.StatusAsync(limit.Token)).HypervisorError is not null)
            {
                await Task.Delay(50, limit.Token);
            }
        }
        finally
        {
            File.SetUnixFileMode(host.LibvirtSocket, before);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Its socket is there a little before somebody listens at it.</summary>
    private static async Task<bool> AnswersAsync(ControlClient client, CancellationToken cancellation)
    {
        try
        {
            await client.StatusAsync(cancellation);
            return true;
        }
        catch (ControlException)
        {
            return false;
        }
    }
}
