using System.Net.Sockets;
using System.Text;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Tests;

/// <summary>What the commands say when the agent at the other end does not do its part.</summary>
public sealed class ControlClientTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_agent_that_ends_while_its_journal_is_followed_is_a_sentence()
    {
        var (code, sentence, shown) = await TailAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", isFollowed: true);
        Assert.Equal(ExitCodes.NoAgent, code);
        Assert.Matches("^The agent at .*agent.sock broke off .*; does it still run\\? Its log says more.$", sentence);
        Assert.Equal("", shown);
    }

    [Fact]
    public async Task A_followed_journal_that_just_ends_is_one_too()
    {
        var (code, sentence, _) = await TailAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", isFollowed: true);
        Assert.Equal(ExitCodes.NoAgent, code);
        Assert.Contains("broke off (it ends)", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_that_is_no_success_is_one_too()
    {
        var (code, sentence, _) = await TailAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", isFollowed: false);
        Assert.Equal(ExitCodes.NoAgent, code);
        Assert.Contains("answered with HTTP status 500; is it of the same version as this command?", sentence, StringComparison.Ordinal);
    }

    /// <summary>Somebody who takes the question and stands still.</summary>
    [Fact]
    public async Task A_doctor_is_not_waited_for_without_end()
    {
        var path = _folder.File("agent.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        using var client = new ControlClient(path) { DoctorLimit = TimeSpan.FromMilliseconds(200) };
        var e = await Assert.ThrowsAsync<ControlException>(() => client.DoctorAsync(null, null, TestContext.Current.CancellationToken));
        Assert.Equal((ExitCodes.NoAgent, $"The agent at {path} has not answered for 200 ms; does it still run, or stand still? Its log says more."), (e.ExitCode, e.Message));
    }

    /// <summary>Has <c>journal tail</c> talk to somebody who says one thing and hangs up.</summary>
    private async Task<(int Code, string Sentence, string Shown)> TailAsync(string says, bool isFollowed)
    {
        var path = _folder.File("agent.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var agent = Task.Run(async () =>
        {
            using var connection = await listener.AcceptAsync();
            await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync(Encoding.ASCII.GetBytes(says));
        });
        await using var output = new StringWriter();
        var e = await Assert.ThrowsAsync<ControlException>(
            () => new ClientCommands(path, isJson: false, output).TailJournalAsync(20, isFollowed, TestContext.Current.CancellationToken));
        await agent;
        return (e.ExitCode, e.Message, output.ToString());
    }
}
