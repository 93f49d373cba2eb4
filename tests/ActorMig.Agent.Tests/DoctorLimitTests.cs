using System.Net;
using System.Net.Sockets;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Tests;

/// <summary>The doctor of a whole agent, one of whose members has a libvirt that takes connections and says nothing.</summary>
public sealed class DoctorLimitTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_libvirt_that_hangs_is_said_to_and_doctors_do_not_pile_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var libvirt = $"qemu+tcp://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/system";
        var agent = new AgentUnderTest(_folder)
        {
            More = $$"""
                actormig.libvirt.look-timeout = 100ms
                actormig.members.h2 { address = "127.0.0.1:9", libvirt = "{{libvirt}}", data = "unix:///none" }
                """,
        };
        await agent.RunAsync(async client =>
        {
            // Each waits for seconds for an agent that is not there, so all are there at once.
            var all = await Task.WhenAll(Enumerable.Range(0, Doctor.DoctorRun.AtOnceMax + 1).Select(_ => AskAsync(client)));
            var refused = Assert.Single(all, a => a.Refused is not null).Refused!;
            Assert.Equal(
                (ExitCodes.Refused, "4 doctors look already, and wait for what does not answer; say `actormig doctor` again when one of them has ended."), (refused.ExitCode, refused.Message));
            var findings = all.Where(a => a.Refused is null).Select(a => a.Findings).ToArray();
            Assert.All(findings, f => Assert.StartsWith($"its libvirt at {libvirt} cannot be asked from h1: ", f[0], StringComparison.Ordinal));
            Assert.Contains(findings, f => f[0].Contains("nothing answered for 100 ms (actormig.libvirt.look-timeout); see that its daemon runs and listens", StringComparison.Ordinal));

            // The agent is asked all the same; and once they have ended there is room again, but not for more threads that hang.
            Assert.All(findings, f => Assert.StartsWith("its agent does not answer h1", f[1], StringComparison.Ordinal));
            var after = (await client.DoctorAsync("h2", null, TestContext.Current.CancellationToken)).Findings[0].Text;
            Assert.Contains("cannot be asked from h1: an earlier look still waits for an answer; see that its daemon runs", after, StringComparison.Ordinal);
            return true;
        });
    }

    private static async Task<(string[] Findings, ControlException? Refused)> AskAsync(ControlClient client)
    {
        try
        {
            return ([.. (await client.DoctorAsync("h2", null, TestContext.Current.CancellationToken)).Findings.Select(f => f.Text)], null);
        }
        catch (ControlException e)
        {
            return ([], e);
        }
    }
}
