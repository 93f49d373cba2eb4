using ActorMig.Actors;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Control;
using ActorMig.Agent.Edges;
using ActorMig.Cluster.Serf;
using ActorMig.Edges;
using ActorMig.Hocon;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary>Whole agents in this process that find each other by real serfs.</summary>
public sealed class SerfAgentsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Agents_find_each_other_and_see_one_another_fail_leave_and_return()
    {
        using var one = new Host("h1", 81, null);
        using var second = new Host("h2", 82, one.Serf);
        await one.Agent.RunAsync(async c1 =>
        {
            await second.Agent.RunAsync(async c2 =>
            {
                await UntilAsync(c1, c => c is [{ Host: "h1", IsSelf: true, State: MemberState.Alive }, { Host: "h2", State: MemberState.Alive, DistanceMs: > 0 }]);
                await UntilAsync(c2, c => c is [{ Host: "h1", State: MemberState.Alive }, { Host: "h2", IsSelf: true }]);
                var h2 = (await c1.ClusterAsync(TestContext.Current.CancellationToken)).Hosts[1];
                Assert.Equal(second.Agent.Listen, h2.Address);
                Assert.Equal(("qemu+tls://h2/system", "tcp://127.0.0.82", ClusterHost.OwnVersion), (h2.Libvirt, h2.Data, h2.Version));
                Assert.True(h2.MemoryBytes > 0);
                Assert.Equal(["h2"], (await StatusAsync(c1)).Members);

                // What one asks the other arrives and is answered: messages go where serf says.
                var doctor = await c1.DoctorAsync("h2", null, TestContext.Current.CancellationToken);
                Assert.NotEmpty(doctor.Findings);
                Assert.DoesNotContain(doctor.Findings, f => f.Text.Contains("no member", StringComparison.Ordinal));
                return 0;
            });

            // The agent of h2 has ended, which is no leave.
            await UntilAsync(c1, c => c is [_, { Host: "h2", State: MemberState.Failed }]);
            var status = await StatusAsync(c1);
            Assert.Equal(["h2"], status.Members);
            Assert.Equal(MemberState.Failed, Assert.Single(status.MembersAway!).State);
            using (var text = new StringWriter())
            {
                await new ClientCommands(one.Agent.Socket, false, text).StatusAsync(TestContext.Current.CancellationToken);
                Assert.Contains("members   h2 (failed)\n", text.ToString(), StringComparison.Ordinal);
            }

            await second.Agent.RunAsync(async c2 =>
            {
                await UntilAsync(c1, c => c is [_, { Host: "h2", State: MemberState.Alive }]);
                Assert.Empty((await StatusAsync(c1)).MembersAway!);
                var early = await c1.ForgetAsync(new ForgetRequest("h2"), TestContext.Current.CancellationToken);
                Assert.Equal((false, "h2 is alive, and only a host that has failed can be forgotten; let it leave with `actormig cluster leave` there"), (early.IsAccepted, early.Text));

                var left = await c2.LeaveAsync(TestContext.Current.CancellationToken);
                Assert.True(left.IsAccepted, left.Text);
                await UntilAsync(c1, c => c is [{ Host: "h1" }]);
                await UntilAsync(c2, c => c is [{ Host: "h2", State: MemberState.Left }]);
                Assert.Empty((await StatusAsync(c1)).Members);
                var back = await c2.JoinAsync(new JoinRequest([]), TestContext.Current.CancellationToken);
                Assert.True(back.IsAccepted, back.Text);
                await UntilAsync(c1, c => c is [_, { Host: "h2", State: MemberState.Alive }]);
                Assert.Single(await JournaledAsync(c2), t => t.EndsWith(" wants to leave the cluster", StringComparison.Ordinal));
                Assert.Single(await JournaledAsync(c2), t => t.EndsWith(" wants to join the cluster", StringComparison.Ordinal));
                return 0;
            });

            await UntilAsync(c1, c => c is [_, { State: MemberState.Failed }]);
            Assert.True((await c1.ForgetAsync(new ForgetRequest("h2"), TestContext.Current.CancellationToken)).IsAccepted);
            await UntilAsync(c1, c => c is [{ Host: "h1" }]);
            Assert.Contains(await JournaledAsync(c1), t => t.Contains("  user ", StringComparison.Ordinal) && t.EndsWith(" wants to let all hosts forget h2", StringComparison.Ordinal));
            using (var text = new StringWriter())
            {
                Assert.Equal(ExitCodes.Ok, await new ClusterCommands(one.Agent.Socket, false, text).ShowAsync(TestContext.Current.CancellationToken));
                Assert.Matches($"^HOST +STATE +ADDRESS +VERSION +DISTANCE\nh1 \\(here\\)  alive  {one.Agent.Listen}  {ClusterHost.OwnVersion} +-\n$", text.ToString());
            }

            return 0;
        });
    }

    [Fact]
    public async Task A_cluster_whose_members_are_configured_is_shown_and_not_changed()
    {
        using var folder = new TestFolder();
        var agent = new AgentUnderTest(folder) { More = """actormig.members.h2 { address = "127.0.0.73:7601", libvirt = "qemu+tls://h2/system", data = "tcp://127.0.0.73" }""" };
        await agent.RunAsync(async client =>
        {
            using var text = new StringWriter();
            await new ClusterCommands(agent.Socket, false, text).ShowAsync(TestContext.Current.CancellationToken);
            Assert.Matches("h1 \\(here\\) +alive +127.0.0.71:[0-9]+ +.* +-\nh2 +configured +127.0.0.73:7601 +- +-\n$", text.ToString());
            foreach (var answer in (ClusterAnswer[])
            [
                await client.JoinAsync(new JoinRequest(["127.0.0.73"]), TestContext.Current.CancellationToken),
                await client.LeaveAsync(TestContext.Current.CancellationToken),
                await client.ForgetAsync(new ForgetRequest("h2"), TestContext.Current.CancellationToken),
            ])
            {
                Assert.False(answer.IsAccepted);
                Assert.StartsWith("the members of this cluster stand in the configuration", answer.Text, StringComparison.Ordinal);
            }

            Assert.Equal(ExitCodes.Refused, await new ClusterCommands(agent.Socket, true, text).LeaveAsync(TestContext.Current.CancellationToken));
            return 0;
        });
    }

    [Fact]
    public async Task A_serf_of_another_system_is_left_out()
    {
        const string Text = "actormig { host-name = kvm1, membership.kind = serf, membership.serf.bind = 127.0.0.1 }";
        var options = ConfigurationLoader.Bind(HoconParser.Parse(Text, "x.conf"), "x.conf");
        await using var system = new ActorSystem(new ActorSystemOptions(), new Notes());
        var edge = system.Spawn(Props.Of(() => new MembershipActor(options, () => null)), "membership");
        var address = System.Net.IPEndPoint.Parse("127.0.0.1:7946");
        var kvm2 = ClusterHost.Tags(options);
        system.Tell(edge, new SerfChanged(
        [
            new SerfMember("web", address, SerfMemberState.Alive, new Dictionary<string, string> { ["role"] = "web" }),
            new SerfMember("kvm1", address, SerfMemberState.Alive, kvm2),
            new SerfMember("kvm2", address, SerfMemberState.Failed, kvm2, 0.5),
            new SerfMember("kvm3", address, SerfMemberState.Left, kvm2),
            new SerfMember("odd", address, SerfMemberState.Alive, kvm2.ToDictionary(t => t.Key, t => t.Key == "agent" ? "nowhere" : t.Value)),
        ]));
        var members = (MembersChanged)await system.AskAsync(edge, r => new SubscribeMembers(r), Limit, TestContext.Current.CancellationToken);
        var only = Assert.Single(members.Members);
        Assert.Equal(new Member("kvm2", "qemu+tls://kvm1/system", "tcp://127.0.0.1") { State = MemberState.Failed, DistanceMs = 0.5 }, only);
        Assert.True(only.HasSameWay(new Member("kvm2", "qemu+tls://kvm1/system", "tcp://127.0.0.1")));
        Assert.False(only.HasSameWay(only with { DataUri = "tcp://127.0.0.2" }));
    }

    private static Task<ActorMig.Hosts.HostStatus> StatusAsync(ControlClient client) => client.StatusAsync(TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<string>> JournaledAsync(ControlClient client)
    {
        var texts = new List<string>();
        await foreach (var entry in client.JournalAsync(1_000, follow: false, TestContext.Current.CancellationToken))
        {
            texts.Add(JournalText.Of(entry));
        }

        return texts;
    }

    private static async Task UntilAsync(ControlClient client, Func<IReadOnlyList<ClusterHostInfo>, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var hosts = (await client.ClusterAsync(TestContext.Current.CancellationToken)).Hosts;
            if (holds(hosts))
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"The cluster is still {string.Join(", ", hosts)}.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Notes : IActorObserver
    {
        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message) => throw new InvalidOperationException("Nothing may fail.", cause);

        public void Failed(ActorRef actor, Exception cause) => throw new InvalidOperationException("Nothing may fail.", cause);

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }

    private sealed class Host : IDisposable
    {
        private readonly SerfFolder _serf = new();
        private readonly TestFolder _folder = new();

        public Host(string name, int lastByte, string? join)
        {
            var address = $"127.0.0.{lastByte}";
            Serf = $"{address}:{FreePorts.Next(address)}";
            Agent = new AgentUnderTest(_folder)
            {
                Listen = $"{address}:{FreePorts.Next(address)}",
                More = $$"""
                    actormig {
                      host-name = {{name}}
                      data-dir = "{{_serf.File("data")}}"
                      membership {
                        kind = serf
                        serf {
                          bind = "{{Serf}}", rpc-address = "127.0.0.1:{{FreePorts.Next("127.0.0.1")}}", profile = local
                          join = [{{(join is null ? "" : $"\"{join}\"")}}]
                          refresh-interval = 200ms, join-interval = 500ms, start-timeout = 30s, answer-timeout = 20s
                        }
                      }
                    }
                    """,
            };
        }

        public string Serf { get; }

        public AgentUnderTest Agent { get; }

        public void Dispose()
        {
            _serf.Dispose();
            _folder.Dispose();
        }
    }
}
