using System.Collections.Concurrent;
using ActorMig.Cluster.Tls;

namespace ActorMig.Cluster.Tests;

/// <summary>Two hosts over mutual TLS, with real sockets and certificates.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Messages_arrive_over_mutual_TLS()
    {
        var (a, b) = (PeerTransportTests.FreePort(), PeerTransportTests.FreePort());
        var received = new BlockingCollection<PeerMessage>();
        using var ofOne = _certificates.Open("one");
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", b, ofTwo, received.Add, ("one", a));
        var unreachable = new BlockingCollection<string>();
        await using var one = await PeerTransport.StartAsync(
            PeerTransportTests.Options("one", a, ("two", b)) with { Certificates = ofOne }, PeerTransportTests.Registry(), _ => { }, (_, r) => unreachable.Add(r));
        one.Send("two", 7, "barter", new Hello("hi", 1));
        Assert.True(received.TryTake(out var said, Limit), string.Join('\n', unreachable));
        Assert.Equal(new PeerMessage("one", 7, "barter", new Hello("hi", 1)), said);
        Assert.Empty(two.Counters().Refused);
    }

    private static Task<PeerTransport> StartAsync(
        string host, int port, CertificateStore certificates, Action<PeerMessage> receive, params (string Host, int Port)[] peers) =>
        PeerTransport.StartAsync(PeerTransportTests.Options(host, port, peers) with { Certificates = certificates }, PeerTransportTests.Registry(), receive, (_, _) => { });
}
