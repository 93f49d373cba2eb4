using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using ActorMig.Actors;

namespace ActorMig.Cluster.Tests;

/// <summary>Real sockets on loopback.</summary>
public sealed class PeerTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Messages_arrive_with_sender_incarnation_and_actor()
    {
        var (a, b) = (FreePort(), FreePort());
        var received = new BlockingCollection<PeerMessage>();
        await using var one = await StartAsync("one", a, ("two", b), _ => { });
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        one.Send("two", 7, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out var said, Limit));
        Assert.Equal(new PeerMessage("one", 7, "barter", new Hello("hi", 1)), said);
    }

    [Fact]
    public async Task A_dead_peer_is_said_and_does_not_hold_up_another()
    {
        var (a, b, dead) = (FreePort(), FreePort(), FreePort());
        var received = new BlockingCollection<PeerMessage>();
        var unreachable = new BlockingCollection<string>();
        await using var one = await PeerTransport.StartAsync(
            Options("one", a, ("two", b), ("dead", dead)), Registry(), _ => { }, (peer, _) => unreachable.Add(peer));
        await using var two = await StartAsync("two", b, ("one", a), received.Add);
        for (var i = 0; i < 50; i++)
        {
            one.Send("dead", 1, "barter", new Hello("lost", i));
        }

        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out _, Limit));
        Assert.True(unreachable.TryTake(out var peer, Limit));
        Assert.Equal("dead", peer);
    }

    [Fact]
    public async Task Peers_come_move_and_go_while_it_runs()
    {
        var (a, b, c) = (FreePort(), FreePort(), FreePort());
        var received = new BlockingCollection<PeerMessage>();
        var unreachable = new BlockingCollection<string>();
        await using var one = await PeerTransport.StartAsync(Options("one", a), Registry(), _ => { }, (_, reason) => unreachable.Add(reason));
        one.Send("two", 1, "barter", new Hello("nobody", 0));
        Assert.Equal("no such member", unreachable.Take());

        await using (await StartAsync("two", b, ("one", a), received.Add))
        {
            one.SetPeers(Options("one", a, ("two", b)).Peers);
            one.Send("two", 1, "barter", new Hello("new", 1));
            Assert.True(received.TryTake(out var said, Limit));
            Assert.Equal(new Hello("new", 1), said.Message);
        }

        await using var moved = await StartAsync("two", c, ("one", a), received.Add);
        one.SetPeers(Options("one", a, ("two", c)).Peers);
        one.Send("two", 1, "barter", new Hello("moved", 2));
        Assert.True(received.TryTake(out var second, Limit));
        Assert.Equal(new Hello("moved", 2), second.Message);

        moved.SetPeers(Options("two", c).Peers);
        one.Send("two", 1, "barter", new Hello("unknown", 3));
        Assert.True(unreachable.TryTake(out var refused, Limit));
        Assert.Contains("403", refused, StringComparison.Ordinal);
        one.SetPeers(Options("one", a).Peers);
        one.Send("two", 1, "barter", new Hello("gone", 4));
        Assert.Equal("no such member", unreachable.Take());
        Assert.Empty(received);
    }

    [Fact]
    public async Task A_stranger_and_an_unknown_message_are_refused()
    {
        var (a, b) = (FreePort(), FreePort());
        var reasons = new BlockingCollection<string>();
        await using var two = await StartAsync("two", b, ("one", a), _ => Assert.Fail("nothing may arrive"));
        await using (var stranger = await PeerTransport.StartAsync(
            Options("stranger", FreePort(), ("two", b)), Registry(), _ => { }, (_, reason) => reasons.Add(reason)))
        {
            stranger.Send("two", 1, "barter", new Hello("hi", 1));
            Assert.True(reasons.TryTake(out var reason, Limit));
            Assert.Contains("403", reason, StringComparison.Ordinal);
        }

        await using var newer = await PeerTransport.StartAsync(
            Options("one", a, ("two", b)), new MessageRegistry().Add("hello.2", TestJson.Default.Hello), _ => { }, (_, reason) => reasons.Add(reason));
        newer.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(reasons.TryTake(out var second, Limit));
        Assert.Contains("No message is registered as 'hello.2'", second, StringComparison.Ordinal);
    }

    private static Task<PeerTransport> StartAsync(string host, int port, (string Host, int Port) peer, Action<PeerMessage> receive) =>
        PeerTransport.StartAsync(Options(host, port, peer), Registry(), receive, (_, _) => { });

    private static PeerTransportOptions Options(string host, int port, params (string Host, int Port)[] peers) => new()
    {
        HostName = host,
        Listen = new IPEndPoint(IPAddress.Loopback, port),
        Peers = peers.ToDictionary(p => p.Host, p => new IPEndPoint(IPAddress.Loopback, p.Port)),
    };

    private static MessageRegistry Registry() => new MessageRegistry().Add("hello.1", TestJson.Default.Hello);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

internal sealed record Hello(string Text, int Number);

[JsonSerializable(typeof(Hello))]
internal sealed partial class TestJson : JsonSerializerContext;
