using ActorMig.Agent;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>What the doctor says of real hosts and guests, by the command.</summary>
public sealed class DoctorTests(LabFixture fixture)
{
    [Fact]
    public async Task Hosts_that_are_well_and_a_guest_that_may_go()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var hosts = Doctor(one.H1, ExitCodes.Ok);
        Assert.Matches(@"(?m)^h1\n  good      libvirt \d+\.\d+\.\d+, QEMU \d+\.\d+\.\d+\n  good      post-copy can arrive here\nh2\n  good      libvirt .*\n(  .*\n)*  good      post-copy can arrive here", hosts);
        Assert.Contains("warning   guests' memory goes to it in the clear (tcp://10.77.0.2)", hosts, StringComparison.Ordinal);
        Assert.Contains("vm1 to h2\n  good      nothing speaks against it in mode hybrid", Doctor(one.H1, ExitCodes.Ok, "vm1", "--to", "h2"), StringComparison.Ordinal);
        Assert.Contains("h1 has no VM 'vm9'", Doctor(one.H1, ExitCodes.Refused, "vm9", "--to", "h2"), StringComparison.Ordinal);
        Assert.Contains("h9 is no member; members are h2", Doctor(one.H1, ExitCodes.Refused, "vm1", "--to", "h9"), StringComparison.Ordinal);
    }

    /// <summary>What the other host lacks is seen by its own agent: by the doctor, and before libvirt is called. Once it is there, the guest goes.</summary>
    [Fact]
    public async Task A_guest_whose_network_the_other_host_does_not_have()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        Link(one.H1, "add", "br9", "type", "bridge");
        try
        {
            Link(one.H1, "set", "br9", "up");
            one.H1.Virsh("attach-interface", "vm1", "bridge", "br9", "--model", "virtio", "--live");
            const string Refusal = "h2 has no bridge br9, to which a NIC of it is connected; make it there";
            Assert.Contains("vm1 to h2\n  refusal   " + Refusal, Doctor(one.H1, ExitCodes.Refused, "vm1", "--to", "h2"), StringComparison.Ordinal);

            // The next round has seen the NIC.
            var rounds = one.Log.Of<RoundMeasured>().Count(r => r.Host == "h1");
            await one.UntilAsync(() => one.Log.Of<RoundMeasured>().Count(r => r.Host == "h1") > rounds + 1, "h1 has measured");
            await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => one.Log.Of<OfferDeclined>().Any(d => d.Message.Refusal == ActorMig.Refusal.PreFlight && d.Message.Reason == Refusal), "h2 declines");
            Assert.Empty(one.Log.Migrations());

            Link(one.H2, "add", "br9", "type", "bridge");
            Link(one.H2, "set", "br9", "up");
            Assert.Contains("nothing speaks against it", Doctor(one.H1, ExitCodes.Ok, "vm1", "--to", "h2"), StringComparison.Ordinal);
            await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");
            Assert.Equal(LegOutcome.Completed, one.Log.Migrations()[0].Settled!.Outcome);

            // Once since the agent of this case was started.
            var said = File.ReadAllText(one.H1.AgentLog).Split("actormig[900]")[^1];
            Assert.Equal(2, said.Split("guests' memory goes to it in the clear").Length);
        }
        finally
        {
            await one.Vm(1).BootAnewAsync(fixture.Lab.Hosts, one.H1);
            foreach (var host in fixture.Lab.Hosts)
            {
                Shell.Try("ip", "-n", LabNames.Namespace(host.Name), "link", "delete", "br9");
            }

            await fixture.Lab.WaitForGuestsAsync(TimeSpan.FromSeconds(60));
        }
    }

    private static void Link(LabHost host, params string[] arguments) => Shell.Run("ip", ["-n", LabNames.Namespace(host.Name), "link", .. arguments]);

    private static string Doctor(LabHost host, int expected, params string[] arguments) => host.Actormig(expected, ["doctor", .. arguments]);
}
