using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Edges;
using ActorMig.Hocon;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Tests;

/// <summary>What is different between two configurations, and what is taken of it while an agent runs.</summary>
public sealed partial class ConfigurationReloadTests
{
    private const string Before = """
        actormig {
          host-name = kvm1, mode = observe, round.interval = 60s, listen.port = 7601
          members.kvm2 { address = "10.0.0.2:7601", libvirt = l2, data = d2 }
        }

        """;

    [Fact]
    public void The_same_in_other_words_is_no_change()
    {
        var (now, changes) = Changes(Before, Before + "actormig { round.interval = 1m, barter.margin = 0.10, manage = TAGGED }");
        Assert.Empty(changes);
        Assert.Equal(Read(Before).Options.Core, now.Options.Core);
    }

    [Fact]
    public void Options_of_the_core_are_taken_and_others_named()
    {
        var (now, changes) = Changes(Before, Before + """
            actormig {
              mode = auto, manage = all, round.interval = 10s, barter.lease = 20s, threshold.overload = 500 Mbit/s, host.memory.reserve = 2GiB
              migration { poll-interval = 1s, pre-copy-downtime = 5ms }
              libvirt { retry-interval = 2s, uri = "qemu:///session" }
              listen.port = 7602, data-dir = /elsewhere
            }
            """);
        Assert.Equal(
            [
                "actormig.barter.lease: 60s -> 20s", "actormig.data-dir: /var/lib/actormig -> /elsewhere!", "actormig.host.memory.reserve: 1GiB -> 2GiB",
                "actormig.libvirt.retry-interval: 1s -> 2s", "actormig.libvirt.uri: qemu:///system -> qemu:///session!",
                "actormig.listen.port: 7601 -> 7602!", "actormig.manage: tagged -> all", "actormig.migration.poll-interval: 500ms -> 1s",
                "actormig.migration.pre-copy-downtime: 1ms -> 5ms", "actormig.mode: observe -> auto", "actormig.round.interval: 60s -> 10s",
                "actormig.threshold.overload: 400 Mbit/s -> 500 Mbit/s",
            ],
            changes);
        Assert.Equal(
            (Mode.Auto, Manage.All, 10_000L, 20_000L, 500e6, 2L << 30, 1_000L),
            (now.Options.Core.Mode, now.Options.Core.Manage, now.Options.Core.RoundMs, now.Options.Core.LeaseMs, now.Options.Core.Threshold.OverloadBitPerSecond,
                now.Options.Core.MemoryReserveBytes, now.Options.Core.Migration.PollMs));
        Assert.Equal((5L, 2_000L), (now.Options.PreCopyDowntimeMs, now.Options.RetryMs));
        Assert.Equal(("qemu:///system", 7601, "/var/lib/actormig"), (now.Options.LibvirtUri, now.Options.ListenPort, now.Options.DataDir));

        // What was not taken is still different the next time.
        var (_, again) = ConfigurationChanges.Between(now, Read(Before + "actormig { mode = auto, listen.port = 7602 }"));
        Assert.Contains(again, c => c is { Key: "actormig.listen.port", NeedsRestart: true });
        Assert.DoesNotContain(again, c => c.Key == "actormig.mode");
    }

    [Fact]
    public void What_Akka_is_told_needs_a_restart()
    {
        var (now, changes) = Changes(Before + "akka { loglevel = INFO, stays = 1 }", Before + "akka { stays = 1, loglevel = DEBUG, more = on }");
        Assert.Equal(["akka.loglevel: INFO -> DEBUG!", "akka.more: nothing -> on!"], changes);
        Assert.Equal("""akka {"loglevel":"INFO","stays":1}""", now.Options.AkkaBlock);
    }

    [Fact]
    public void A_default_comes_back_when_its_key_is_removed()
    {
        var (now, changes) = Changes(Before + "actormig.barter.margin = 0.5", Before);
        Assert.Equal(["actormig.barter.margin: 0.5 -> 0.1"], changes);
        Assert.Equal(0.1, now.Options.Core.Margin);
    }

    [Fact]
    public void Members_come_go_and_change()
    {
        var (now, changes) = Changes(Before, """
            actormig {
              host-name = kvm1
              members.kvm2 { address = "10.0.0.2:7777", libvirt = l2, data = d2 }
              members.kvm3 { address = "10.0.0.3:7601", libvirt = l3, data = d3 }
            }
            """);
        Assert.Equal(
            [
                "actormig.members.kvm2.address: 10.0.0.2:7601 -> 10.0.0.2:7777", "actormig.members.kvm3.address: nothing -> 10.0.0.3:7601",
                "actormig.members.kvm3.data: nothing -> d3", "actormig.members.kvm3.libvirt: nothing -> l3",
            ],
            changes);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 7777), now.Options.Peers["kvm2"]);
        Assert.Equal("d3", now.Options.Members[1].Data);
        (now, changes) = Changes(Before, "actormig.host-name = kvm1");
        Assert.Equal(3, changes.Count);
        Assert.Empty(now.Options.Members);
    }

    [Fact]
    public void Another_host_name_needs_a_restart_and_so_do_the_members_that_go_with_it()
    {
        var (now, changes) = Changes(Before, """
            actormig {
              host-name = kvm2
              members.kvm1 { address = "10.0.0.1:7601", libvirt = l1, data = d1 }
            }
            """);
        Assert.All(changes, c => Assert.EndsWith("!", c, StringComparison.Ordinal));
        Assert.Equal("kvm1", now.Options.Core.HostName);
        Assert.Equal("kvm2", Assert.Single(now.Options.Members).Host);
    }

    [Fact]
    public async Task A_hangup_reads_the_file_again_and_a_wrong_file_changes_nothing()
    {
        using var folder = new TestFolder();
        var path = folder.File("actormig.conf");
        await File.WriteAllTextAsync(path, Before, TestContext.Current.CancellationToken);
        var logger = new Lines();
        using var running = new RunningConfiguration(path, ConfigurationLoader.Read(path), logger);
        var taken = new ConcurrentQueue<AgentOptions>();

        // Before anybody has subscribed: told as soon as somebody does.
        await ReloadAsync("actormig.mode = recommend", "905 Changed: actormig.mode: observe -> recommend");
        running.Subscribe(taken.Enqueue);
        Assert.Equal(Mode.Recommend, Assert.Single(taken).Core.Mode);

        await ReloadAsync("actormig.mode = auto, actormig.listen.port = 7602", "906 Not changed, needs a restart: actormig.listen.port (7601 -> 7602)");
        Assert.Equal(Mode.Auto, taken.Last().Core.Mode);
        Assert.Equal((Mode.Auto, 7601), (running.Options.Core.Mode, running.Options.ListenPort));

        await ReloadAsync("actormig.mode = never", $"904 The configuration was read again and is refused; nothing is changed: {path}:5:17: 'never' is not one of observe, recommend, auto.");
        await ReloadAsync("actormig.mode = ", $"904 The configuration was read again and is refused; nothing is changed: {path}:5:17: the value of 'actormig.mode' is missing");
        Assert.Equal(Mode.Auto, running.Options.Core.Mode);
        await ReloadAsync("actormig.mode = auto", $"907 The configuration {path} was read again and says nothing new.");
        File.Delete(path);
        await ReloadAsync(null, $"904 The configuration was read again and is refused; nothing is changed: There is no configuration file {path}");
        Assert.Equal(2, taken.Count);

        async Task ReloadAsync(string? more, string expected)
        {
            if (more is not null)
            {
                await File.WriteAllTextAsync(path, Before + more, TestContext.Current.CancellationToken);
            }

            const int Hangup = 1;
            Assert.Equal(0, kill(Environment.ProcessId, Hangup));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!logger.All.Any(l => l.StartsWith(expected, StringComparison.Ordinal)))
            {
                Assert.False(limit.IsCancellationRequested, $"'{expected}' is not among:\n{string.Join('\n', logger.All)}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task The_edge_to_the_other_hosts_says_who_the_members_are_now()
    {
        var limit = TimeSpan.FromSeconds(20);
        await using var system = new ActorSystem(new ActorSystemOptions(), new Silent());
        var edge = system.Spawn(Props.Of(() => new MembershipActor(Read(Before).Options, () => null)), "membership");
        var before = (MembersChanged)await system.AskAsync(edge, r => new SubscribeMembers(r), limit, TestContext.Current.CancellationToken);
        Assert.Equal("kvm2", Assert.Single(before.Members).Host);
        var more = Before + "actormig.members.kvm3 { address = \"10.0.0.3:7601\", libvirt = l3, data = d3 }";
        system.Tell(edge, new ConfigurationReloaded(Read(more).Options));
        var after = (MembersChanged)await system.AskAsync(edge, r => new SubscribeMembers(r), limit, TestContext.Current.CancellationToken);
        Assert.Equal([new Member("kvm2", "l2", "d2"), new Member("kvm3", "l3", "d3")], after.Members);
    }

    private static (AgentConfiguration Now, IReadOnlyList<string> Changes) Changes(string before, string after)
    {
        var (now, changes) = ConfigurationChanges.Between(Read(before), Read(after));
        return (now, [.. changes.Select(c => $"{c.Key}: {c.Old} -> {c.New}{(c.NeedsRestart ? "!" : "")}")]);
    }

    private static AgentConfiguration Read(string text) =>
        ConfigurationLoader.BindAll(HoconParser.Parse(text, "x.conf", new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }), "x.conf");

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    private sealed class Silent : IActorObserver
    {
        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message)
        {
        }

        public void Failed(ActorRef actor, Exception cause)
        {
        }

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(FormattableString.Invariant($"{eventId.Id} {formatter(state, exception)}"));
    }
}
