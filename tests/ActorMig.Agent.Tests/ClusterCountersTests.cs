using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;
using ActorMig.Cluster;
using ActorMig.PreFlight;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary><c>actormig cluster show --counters</c>.</summary>
public sealed class ClusterCountersTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_went_to_a_peer_what_came_and_who_was_refused_is_shown()
    {
        using var folder = new TestFolder();
        var (there, elsewhere) = (new IPEndPoint(IPAddress.Parse("127.0.0.74"), FreePorts.Next("127.0.0.74")), new IPEndPoint(IPAddress.Parse("127.0.0.75"), FreePorts.Next("127.0.0.75")));
        var agent = new AgentUnderTest(folder);
        agent.More = $$"""
            actormig.members {
              h2 { address = "{{there}}", libvirt = "test:///default", data = "tcp://127.0.0.74" }
              h3 { address = "{{elsewhere}}", libvirt = "test:///default", data = "tcp://127.0.0.75" }
            }
            """;
        await agent.RunAsync(async client =>
        {
            // An agent's socket is there a little before its host hears peers; who answers this does hear them.
            await client.StatusAsync(TestContext.Current.CancellationToken);
            var (received, unreachable) = (new BlockingCollection<PeerMessage>(), new BlockingCollection<string>());
            await using var member = await StartAsync("h2", there, agent, received, unreachable);
            member.Send("h1", 1, "readiness", new GetReadiness(7, null));
            Assert.True(received.TryTake(out _, Limit), string.Join('\n', unreachable));
            await using (var stranger = await StartAsync("h9", new IPEndPoint(IPAddress.Parse("127.0.0.76"), FreePorts.Next("127.0.0.76")), agent, received, unreachable))
            {
                stranger.Send("h1", 1, "readiness", new GetReadiness(8, null));
                Assert.True(unreachable.TryTake(out var why, Limit));
                Assert.Contains("is not a member", why, StringComparison.Ordinal);
            }

            CountersReply counters;
            using var limit = new CancellationTokenSource(Limit);
            do
            {
                Assert.False(limit.IsCancellationRequested, "What was sent is not counted.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
                counters = await client.CountersAsync(TestContext.Current.CancellationToken);
            }
            while (counters.Peers[0].Sent == 0);
            Assert.Equal(("h2", 1L), (counters.Peers[0].Peer, counters.Peers[0].Received));
            Assert.Equal([new RefusalCounter("127.0.0.76", RefusalReason.UnknownMember, 1)], counters.Refused);
            Assert.Equal((0L, 0L), (counters.RefusedOthers, counters.Ignored ?? -1));

            using var text = new StringWriter();
            Assert.Equal(ExitCodes.Ok, await new ClusterCommands(agent.Socket, false, text).ShowCountersAsync(TestContext.Current.CancellationToken));
            Assert.Matches("^PEER +SENT +REQUESTS +RECEIVED +WAITING +DROPPED +FAILED +REPEATED +UNREADABLE\nh2 +[1-9][0-9]* +[1-9][0-9]* +1 +", text.ToString());
            Assert.Matches("\nREFUSED +TIMES +WHY\n127.0.0.76 +1 +unknown-member\n$", text.ToString());
            using var json = new StringWriter();
            await new ClusterCommands(agent.Socket, true, json).ShowCountersAsync(TestContext.Current.CancellationToken);
            var root = JsonDocument.Parse(json.ToString()).RootElement;
            Assert.Equal("unknown-member", root.GetProperty("refused")[0].GetProperty("reason").GetString());
            Assert.Equal(1, root.GetProperty("peers")[0].GetProperty("received").GetInt64());
            return 0;
        });
    }

    [Fact]
    public void The_tables_fit_into_a_terminal_and_have_no_row_of_zeros()
    {
        const int Columns = 100;
        using var text = new StringWriter();
        CountersText.Write(text, new CountersReply(
            [
                new PeerCounters("kvm-rack12-node0042", 4_096, 99_999_999, 88_888_888, 9_999_999, 999_999, 99_999_999, 99_999_999, 9_999_999),
                new PeerCounters("silent", 0, 0, 0, 0, 0, 0, 0, 0),
            ],
            [new RefusalCounter(new string('n', 500), RefusalReason.TooManyStrangers, 9_999_999_999), new RefusalCounter("nobody", RefusalReason.Expired, 0)],
            3, 7));
        var lines = text.ToString().TrimEnd('\n').Split('\n');
        Assert.All(lines[..^1], l => Assert.True(l.Length <= Columns, l));
        Assert.DoesNotContain("silent", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("others", StringComparison.Ordinal));
        Assert.StartsWith("7 messages were ignored: ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_happened_that_is_said()
    {
        using var text = new StringWriter();
        CountersText.Write(text, new CountersReply([new PeerCounters("h2", 0, 0, 0, 0, 0, 0, 0, 0)], [], 0, 0));
        Assert.Equal("Nothing was sent to any host, nothing came, and nobody was refused since this agent's start.\n", text.ToString());
    }

    private static Task<PeerTransport> StartAsync(
        string host, IPEndPoint listen, AgentUnderTest agent, BlockingCollection<PeerMessage> received, BlockingCollection<string> unreachable) =>
        PeerTransport.StartAsync(
            new PeerTransportOptions
            {
                HostName = host,
                Listen = listen,
                Peers = new Dictionary<string, IPEndPoint> { ["h1"] = IPEndPoint.Parse(agent.Listen) },
            },
            Wire.Messages(), received.Add, (_, why) => unreachable.Add(why));
}
