using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>
/// Two hosts that find each other by Akka.Cluster, whose operator has configured a resolver of Akka's, on real libvirt: it downs a host that is alone. Built
/// with Akka.NET only.
/// </summary>
public sealed class AkkaResolver(LabFixture fixture)
{
    /// <summary>The agents talk there; libvirt, by which guests move, does not.</summary>
    private const string AgentPort = "7601";

    private const string Table = "actormig-test-cut";

    private const string Resolver = """

        akka.cluster {
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver { active-strategy = static-quorum, static-quorum.quorum-size = 2, stable-after = 2s }
          failure-detector.acceptable-heartbeat-pause = 6s
        }
        """;

    /// <summary>A pass that takes longer than the resolver.</summary>
    private const string Slow = LabCase.Quick + "\nactormig.migration { pre-copy-bandwidth = 1, passes-max = 1 }";

    [Fact]
    public async Task Being_downed_ends_bartering_and_not_the_migration_in_flight()
    {
        var hosts = fixture.Lab.Hosts;
        var engines = hosts.Select(h => h.Engine).ToArray();
        LabCluster.Prepare(fixture.Lab, hosts[0].AgentProgram, isAkka: true);
        foreach (var host in hosts)
        {
            host.Engine = "akka";
            host.Beside += Resolver;
        }

        try
        {
            await using var one = await LabCase.StartAsync(fixture.Lab, Slow);
            await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => one.Log.Of<ArrivalSeen>().Any(), "pre-copy has begun");
            foreach (var host in hosts)
            {
                InNamespace(host, $"add table inet {Table}; add chain inet {Table} in {{ type filter hook input priority 0; }}; add rule inet {Table} in tcp dport {AgentPort} drop; add rule inet {Table} in tcp sport {AgentPort} drop");
            }

            await one.UntilAsync(() => hosts.All(IsDowned), "the resolver has downed both");
            Assert.Null(one.Log.Migrations().Single().Settled);
            Assert.Equal((MemberState.Failed, MemberState.Failed), (LabCase.StateOf(one.H1, one.H2), LabCase.StateOf(one.H2, one.H1)));

            // Nothing new begins.
            foreach (var (from, vm, to) in new[] { (one.H1, "vm2", "h2"), (one.H2, "vm3", "h1") })
            {
                var reply = await LabCase.MoveAsync(from, vm, to);
                Assert.False(reply.IsAccepted, reply.Text);
            }

            // What is in flight is followed to its end, by what each host's own libvirt shows.
            await one.UntilAsync(() => one.Log.Migrations().Single().Settled is not null, "the migration has an end");
            Assert.Equal(LegOutcome.Completed, one.Log.Migrations().Single().Settled!.Outcome);
            Assert.True(hosts.All(IsDowned));
            foreach (var host in hosts)
            {
                InNamespace(host, $"delete table inet {Table}");
            }

            // They are a cluster again when their agents are started again.
            foreach (var host in hosts)
            {
                await host.StopAgentAsync();
                await one.RestartAsync(host);
            }

            await one.UntilAsync(one.KnowAllOthers, "both know each other again");
            await one.CheckAtRestAsync();
            Assert.Single(one.Log.Migrations());
        }
        finally
        {
            foreach (var (host, engine) in hosts.Zip(engines))
            {
                Shell.Try("ip", "netns", "exec", LabNames.Namespace(host.Name), "nft", "delete", "table", "inet", Table);
                (host.Engine, host.Beside, host.Cluster) = (engine, "", null);
            }
        }
    }

    private static void InNamespace(LabHost host, string rules) => Shell.Run("ip", "netns", "exec", LabNames.Namespace(host.Name), "nft", rules);

    /// <summary>It says so when it is asked to join: one that only does not reach the others is a member.</summary>
    private static bool IsDowned(LabHost host) =>
        host.TryActormig(["cluster", "join", "127.0.0.1:1"]).Output.Contains("was declared down", StringComparison.Ordinal);
}
