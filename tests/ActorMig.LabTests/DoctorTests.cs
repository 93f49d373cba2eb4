using ActorMig.Agent;
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
        Assert.Matches(@"(?m)^h1\n  good      libvirt \d+\.\d+\.\d+, QEMU \d+\.\d+\.\d+\n  good      post-copy can arrive here\nh2\n  good ", hosts);
        Assert.Contains("warning   guests' memory goes to it in the clear (tcp://10.77.0.2)", hosts, StringComparison.Ordinal);
        Assert.Contains("vm1 to h2\n  good      nothing speaks against it in mode hybrid", Doctor(one.H1, ExitCodes.Ok, "vm1", "--to", "h2"), StringComparison.Ordinal);
        Assert.Contains("h1 has no VM 'vm9'", Doctor(one.H1, ExitCodes.Refused, "vm9", "--to", "h2"), StringComparison.Ordinal);
        Assert.Contains("h9 is no member; members are h2", Doctor(one.H1, ExitCodes.Refused, "vm1", "--to", "h9"), StringComparison.Ordinal);
    }

    private static string Doctor(LabHost host, int expected, params string[] arguments)
    {
        var (code, output) = Shell.Try(Lab.Lab.AgentProgram(Repository.Folder), ["doctor", "--socket", host.Socket, .. arguments]);
        Assert.True(code == expected, $"doctor {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
