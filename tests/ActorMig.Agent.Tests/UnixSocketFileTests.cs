using System.Net.Sockets;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Tests;

public sealed class UnixSocketFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_socket_is_left_where_it_is()
    {
        var file = _folder.File("precious");
        File.WriteAllText(file, "mine");
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, file);
        foreach (var path in (string[])[file, link, _folder.Path])
        {
            var e = Assert.Throws<IOException>(() => UnixSocketFile.RemoveStale(path));
            Assert.Equal($"actormig.socket is {path}, where there is something that is no socket; remove it, or set actormig.socket to another path.", e.Message);
        }

        Assert.Equal("mine", File.ReadAllText(file));
        Assert.True(File.Exists(link));
    }

    [Fact]
    public void A_socket_at_which_nobody_answers_is_removed()
    {
        var path = _folder.File("stale.sock");
        using (var socket = Listen(path))
        {
            // .NET removes the file when a bound socket is closed; a process that is killed does not.
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        UnixSocketFile.RemoveStale(path);
        Assert.False(File.Exists(path));
        UnixSocketFile.RemoveStale(path);
    }

    [Fact]
    public void A_socket_at_which_somebody_answers_is_taken()
    {
        var path = _folder.File("live.sock");
        using var socket = Listen(path);
        Assert.Equal(
            $"another process answers at the socket {path}; stop it, or set actormig.socket to another path.",
            Assert.Throws<SocketTakenException>(() => UnixSocketFile.RemoveStale(path)).Message);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_folder_that_is_locked_is_told_from_one_that_cannot_be_written()
    {
        using (var first = AgentProcess.LockData(_folder.Path))
        {
            Assert.NotNull(first);
            Assert.Null(AgentProcess.LockData(_folder.Path));
        }

        Assert.ThrowsAny<IOException>(() => AgentProcess.LockData(_folder.File("missing")));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(5);
        return socket;
    }
}
