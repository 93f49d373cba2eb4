using ActorMig.Agent.Control;
using System.Net;
using System.Net.Sockets;

namespace ActorMig.Agent.Tests;

/// <summary>A libvirt that the agent is told wrongly of: it says so in a sentence, goes on trying, and refuses what it cannot do.</summary>
public sealed class WrongLibvirtTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("qemu+nonsense:///system", "transport")]
    [InlineData("nonsense:///system", "connect")]
    [InlineData("qemu+unix:///system?socket=/nowhere/libvirt-sock", "/nowhere/libvirt-sock")]
    [InlineData("this is no URI", "URI")]
    public async Task A_wrong_URI_is_said(string uri, string word)
    {
        var agent = new AgentUnderTest(_folder) { More = $"actormig.libvirt {{ uri = \"{uri}\", retry-interval = 50ms }}" };
        var (error, move) = await agent.RunAsync(async client =>
        {
            var status = await client.StatusAsync(TestContext.Current.CancellationToken);
            while (status.HypervisorError is null or "not connected yet")
            {
                status = await client.StatusAsync(TestContext.Current.CancellationToken);
            }

            return (status.HypervisorError, await client.MoveAsync(new MoveRequest("vm1", "h2"), TestContext.Current.CancellationToken));
        });
        Assert.Contains(word, error, StringComparison.OrdinalIgnoreCase);
        Assert.False(move.IsAccepted);
        Assert.Contains("libvirt of this host cannot be reached", move.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_ends_the_start_with_its_exit_code()
    {
        using var taken = new TcpListener(IPAddress.Parse("127.0.0.71"), 0);
        taken.Start();
        var agent = new AgentUnderTest(_folder) { More = FormattableString.Invariant($"actormig.listen.port = {((IPEndPoint)taken.LocalEndpoint).Port}") };
        Assert.Equal(ExitCodes.Taken, await AgentProcess.RunAsync(agent.Configuration(), TestContext.Current.CancellationToken));
    }
}
