using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using ActorMig.PreFlight;

namespace ActorMig.Agent.Tests;

/// <summary>A whole agent with certificates: it answers a member over TLS, and the doctor says until when.</summary>
public sealed partial class TlsAgentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_agent_with_certificates_answers_a_member_and_takes_a_new_certificate_on_a_hangup()
    {
        using var folder = new TestFolder();
        var now = DateTimeOffset.UtcNow;
        ClusterAuthority.Create(folder.File("authority"), TimeSpan.FromDays(100), now);
        using var authority = ClusterAuthority.Open(folder.File("authority"));
        authority.Issue("h1", [], folder.File("h1"), TimeSpan.FromDays(10), now);
        authority.Issue("h2", [], folder.File("h2"), TimeSpan.FromDays(90), now);
        var agent = new AgentUnderTest(folder);
        var here = new IPEndPoint(IPAddress.Parse("127.0.0.72"), agent.Port);
        agent.More = $$"""
            actormig {
              tls { ca = "{{folder.File("h1/ca.crt")}}", certificate = "{{folder.File("h1/host.crt")}}", key = "{{folder.File("h1/host.key")}}" }
              members.h2 { address = "{{here}}", libvirt = "test:///default", data = "tcp://127.0.0.1" }
            }
            """;
        await agent.RunAsync(async client =>
        {
            Assert.Contains(await FindingsAsync(client), f => f is { About: "h1", Level: FindingLevel.Warning } && f.Text.Contains("host.crt ends in 10 days, at ", StringComparison.Ordinal));
            using var certificates = CertificateStore.Open(
                new PeerTlsOptions
                {
                    Files = new TlsFiles(folder.File("h2/ca.crt"), folder.File("h2/host.crt"), folder.File("h2/host.key"), folder.File("h2/host.crt"), folder.File("h2/host.key")),
                },
                "h2", TimeProvider.System, _ => { });
            var (received, unreachable) = (new BlockingCollection<PeerMessage>(), new BlockingCollection<string>());
            await using var member = await PeerTransport.StartAsync(
                new PeerTransportOptions
                {
                    HostName = "h2",
                    Listen = here,
                    Peers = new Dictionary<string, IPEndPoint> { ["h1"] = new(IPAddress.Parse("127.0.0.71"), agent.Port) },
                    Certificates = certificates,
                },
                Wire.Messages(), received.Add, (_, why) => unreachable.Add(why));
            member.Send("h1", 1, "readiness", new GetReadiness(7, null));
            Assert.True(received.TryTake(out var said, Limit), string.Join('\n', unreachable));
            Assert.Equal(("h1", 7L), (said.From, Assert.IsType<Readiness>(said.Message).Number));

            authority.Renew(folder.File("h1"), TimeSpan.FromDays(80), DateTimeOffset.UtcNow);
            const int Hangup = 1;
            Assert.Equal(0, kill(Environment.ProcessId, Hangup));
            Assert.Contains(await FindingsAsync(client), f => f.Level == FindingLevel.Good && f.Text.Contains("host.crt counts until ", StringComparison.Ordinal));
            member.Send("h1", 1, "readiness", new GetReadiness(8, null));
            Assert.True(received.TryTake(out _, Limit), string.Join('\n', unreachable));
            return 0;
        });

        static async Task<IReadOnlyList<Finding>> FindingsAsync(ControlClient client) => (await client.DoctorAsync("h1", null, TestContext.Current.CancellationToken)).Findings;
    }

    [Fact]
    public async Task An_agent_whose_certificate_is_another_hosts_does_not_start_and_says_so()
    {
        using var folder = new TestFolder();
        ClusterAuthority.Create(folder.File("authority"), TimeSpan.FromDays(100), DateTimeOffset.UtcNow);
        using var authority = ClusterAuthority.Open(folder.File("authority"));
        authority.Issue("h7", [], folder.File("h7"), TimeSpan.FromDays(10), DateTimeOffset.UtcNow);
        var agent = new AgentUnderTest(folder)
        {
            More = $$"""actormig.tls { ca = "{{folder.File("h7/ca.crt")}}", certificate = "{{folder.File("h7/host.crt")}}", key = "{{folder.File("h7/host.key")}}" }""",
        };
        var refused = await Assert.ThrowsAsync<TlsException>(() => AgentProcess.RunAsync(agent.Configuration(), TestContext.Current.CancellationToken));
        Assert.Contains("host.crt is the certificate of h7, and this host is h1;", refused.Message, StringComparison.Ordinal);
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
