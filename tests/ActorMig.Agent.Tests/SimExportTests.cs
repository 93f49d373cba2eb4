using System.Net.Sockets;
using System.Text.Json;
using ActorMig.Actors;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;
using ActorMig.Agent.Simulation;
using ActorMig.Bartering;
using ActorMig.Benchmarks;
using ActorMig.Brakes;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Rules;
using ActorMig.Simulation;
using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;
using ActorMig.Tests;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests;

/// <summary><c>actormig sim export</c>: what one agent knows of its cluster becomes a scenario, and what it does not know is said.</summary>
public sealed class SimExportTests : IDisposable
{
    private const long GiB = 1L << 30;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_host_that_was_asked_has_its_VMs_and_one_with_a_digest_has_one_VM_that_stays()
    {
        VmView[] vms = [Vm("web", 2 * GiB, 300e6), Vm("db", 4 * GiB, 150e6) with { IsManaged = false }, Vm("old", GiB, 0) with { Status = VmStatus.Paused }];
        Digest[] digests = [new(1, "h2", 70e6, 5 * GiB, Mode.Observe), new(1, "h3", 0, 8 * GiB, Mode.Auto, IsDraining: true)];
        var h1 = Status("h1", 16 * GiB, vms) with { Barter = Barter(16 * GiB, vms, digests) };
        var scenario = Export([h1], Cluster(("h1", null), ("h2", 8 * GiB), ("h3", 8 * GiB), ("h4", null)), out var notes);
        Assert.Equal([("h1", 16 * GiB), ("h2", 8 * GiB), ("h3", 8 * GiB)], scenario.Hosts.Select(h => (h.Name, h.Options.MemoryTotalBytes)));
        Assert.All(scenario.Hosts, h => Assert.Equal((Mode.Auto, Manage.Tagged, 0, 1.0), (h.Options.Mode, h.Options.Manage, h.Options.MemoryReserveBytes, h.Options.MemoryOvercommit)));
        Assert.Equal(
            [("db", "h1", 4 * GiB, 150e6, false), ("old", "h1", GiB, 0, true), ("rest-of-h2", "h2", 3 * GiB, 70e6, false), ("web", "h1", 2 * GiB, 300e6, true)],
            scenario.Vms.Select(v => (v.Name, v.Host, v.MemoryBytes, v.Load.Count == 0 ? 0 : v.Load[0].BitPerSecond, v.IsTagged)));
        Assert.Equal([new OwnerPaused("old"), new DrainAsked("h3", null)], scenario.Events.SelectMany(e => e.Happens));
        Assert.Contains("Of h2 only a digest is known: 70.0 Mbit/s, and 5.00 GiB free. What it carries is one VM here, rest-of-h2, which is never moved; --also names its agent.", notes);
        Assert.Contains("Of h3 only a digest is known: it has 8.00 GiB free and carries nothing.", notes);
        Assert.Contains("Left out, since neither their agents were asked nor a digest of theirs is known: h4; --also names their agents.", notes);
        Assert.Contains("The scenario's hosts have mode = auto, so that it shows what they would do; now h2 has observe.", notes);
        AssertPlays(scenario);
    }

    [Fact]
    public void Two_hosts_that_were_asked_have_all_and_a_VM_on_its_way_once()
    {
        var h1 = Status("h1", 8 * GiB, [Vm("web", GiB, 1e6) with { Status = VmStatus.Leaving }]) with { RoundMs = 30_000, OverloadBitPerSecond = 200e6 };
        var h2 = Status("h2", 8 * GiB, [Vm("web", GiB, 0) with { Status = VmStatus.Arriving }, Vm("db", GiB, 2e6)]) with { RoundMs = 30_000, OverloadBitPerSecond = 200e6 };
        var scenario = Export([h2, h1], Cluster(("h1", null), ("h2", null)), out var notes);
        Assert.Equal([("db", "h2"), ("web", "h1")], scenario.Vms.Select(v => (v.Name, v.Host)));
        Assert.Contains("web is told of by h2 and h1; it is on h1 here.", notes);

        // The agents' numbers, as far as their status tells them; the windows of the swap keep their share of the threshold.
        Assert.All(scenario.Hosts, h => Assert.Equal(
            (30_000, 200e6, 100e6, 150e6), (h.Options.RoundMs, h.Options.Threshold.OverloadBitPerSecond, h.Options.Threshold.WindowLowBitPerSecond, h.Options.Threshold.WindowHighBitPerSecond)));
        AssertPlays(scenario);
    }

    [Fact]
    public void Hosts_with_other_numbers_have_them_each_and_what_promises_too_much_gets_as_much()
    {
        var h1 = Status("kvm1.example.org", GiB, [Vm("a b", 2 * GiB, 1e6)]) with { OverloadBitPerSecond = 1e9 };
        var h2 = Status("kvm2.example.org", 8 * GiB, [Vm("a/b", GiB, 1e6) with { CannotMove = "it has a device of its host." }])
            with { Brake = new BrakeStatus("for a test", null, null!, []), HypervisorError = "it is gone." };
        var scenario = Export([h1, h2], Cluster(), out var notes);
        Assert.Equal([(1e9, 2 * GiB), (400e6, 8 * GiB)], scenario.Hosts.Select(h => (h.Options.Threshold.OverloadBitPerSecond, h.Options.MemoryTotalBytes)));
        Assert.Equal([("a-b", true), ("a-b-2", false)], scenario.Vms.Select(v => (v.Name, v.IsTagged)));
        Assert.Equal([new FreezeAsked("kvm2.example.org", null)], scenario.Events.SelectMany(e => e.Happens));
        Assert.Contains("kvm1.example.org may promise 1.00 GiB, and its VMs have more: it has as much as they here.", notes);
        Assert.Contains("a/b cannot be moved and is not tagged here: it has a device of its host.", notes);
        Assert.Contains("kvm2.example.org does not reach its libvirt (it is gone): what it tells may be old, and VMs may be missing.", notes);
        AssertPlays(scenario);
    }

    [Fact]
    public void What_VMs_take_write_and_say_and_which_rules_bind_them_goes_with_them()
    {
        VmRules rules = new(
            [new("db", RuleKind.Apart), new("shop", RuleKind.Together), new(RuleSet.Metadata, RuleKind.Pin, ["kvm 1", "kvm2"]), new("odd", RuleKind.NeverOn, ["kvm3"])],
            ["fast", "\"quoted\""], 7, ["Mon-Fri 08:00-18:00", "Sat 10:00-12:00"]);
        var web = Vm("web", 2 * GiB, 300e6);
        web = web with
        {
            Facts = web.Facts with { Use = new VmUse(1.25, GiB), DirtyBytePerSecond = 20 << 20, Rules = rules },
            Traffic = new VmTraffic([new("uuid-db", "db", "kvm2", 100e6, null), new("uuid-old", "old", "kvm9", 50e6, null)], 0, 0, 0),
        };
        var db = Vm("db", 2 * GiB, 110e6) with { Traffic = new VmTraffic([new("uuid-web", "web", "kvm 1", 10e6, null)], 0, 0, 0) };
        var h1 = Status("kvm 1", 8 * GiB, [web]);
        var scenario = Export([h1 with { Barter = h1.Barter with { Use = new HostUse(1.25, 16, GiB, 8 * GiB) } }, Status("kvm2", 8 * GiB, [db])], Cluster(), out _);
        Assert.Equal([16, 4], scenario.Hosts.Select(h => h.Cpus));
        var told = scenario.Vms.Single(v => v.Name == "web");
        Assert.Equal((1.25, GiB, 20 << 20), (told.Cpus, told.UsedMemoryBytes, told.DirtyBytePerSecond));
        Assert.Equal([new TalkSet("db", "web", 10e6), new TalkSet("web", "db", 100e6)], scenario.Talks);

        // What it says to a VM that is not of the scenario is with everybody else.
        Assert.Equal([190e6], told.Load.Select(l => l.BitPerSecond));
        Assert.Empty(scenario.Vms.Single(v => v.Name == "db").Load);
        Assert.Equal(
            new VmWish
            {
                Tags = "fast -quoted-", Together = "shop", Apart = "db", Pin = "kvm-1 kvm2", NeverOn = "kvm3", Priority = "7", NotDuring = "Mon-Fri 08:00-18:00; Sat 10:00-12:00",
            },
            told.Wish);
        AssertPlays(scenario);
    }

    [Fact]
    public void What_cannot_be_a_scenario_is_said()
    {
        var h1 = Status("h1", GiB, []);
        Assert.StartsWith("No VM is known, and a scenario has at least one;", Assert.Throws<ImportException>(() => ScenarioExport.Of([h1], Cluster(), 1_000)).Message, StringComparison.Ordinal);
        Assert.Equal("h1 is told of twice; name each host's agent once with --also.", Assert.Throws<ImportException>(() => ScenarioExport.Of([h1, h1], Cluster(), 1_000)).Message);
    }

    [Theory]
    [InlineData("x", "s.json:1: this is not what `actormig status --json` says ('x' is an invalid start of a value); let that command write the file.")]
    [InlineData("{}", "s.json is not what `actormig status --json` says: it names no host, or no VMs of it; let that command write the file.")]
    [InlineData("null", "s.json is not what `actormig status --json` says: it names no host, or no VMs of it; let that command write the file.")]
    [InlineData("""{"host":"h1","round":1,"roundMs":60000,"migrations":[],"barter":{"openBarters":[],"vms":[null]}}""", "s.json is not what `actormig status --json` says: it names no host, or no VMs of it; let that command write the file.")]
    public void A_file_that_is_no_status_is_refused(string text, string sentence)
    {
        File.WriteAllText(_folder.File("s.json"), text);
        var said = Assert.Throws<ImportException>(() => SimExportCommand.Read(_folder.File("s.json"))).Message.Replace(_folder.Path + "/", "", StringComparison.Ordinal);
        Assert.Equal(sentence, said);
    }

    [Fact]
    public void A_status_that_a_file_keeps_is_the_one_that_was_said()
    {
        var status = Status("h1", GiB, [Vm("web", GiB, 1e6)]);
        File.WriteAllText(_folder.File("s.json"), JsonSerializer.Serialize(status, ControlJson.Default.HostStatus));
        Assert.Equivalent(status, SimExportCommand.Read(_folder.File("s.json")), strict: true);
    }

    /// <summary>Two whole agents on hypervisors that are simulated in real time: by the first one's socket alone, and with the second one's.</summary>
    [Fact]
    public async Task A_live_cluster_begins_anew_as_it_is()
    {
        var world = new SimWorld(1);
        foreach (var host in (string[])["h1", "h2"])
        {
            world.AddHost(new ActorMigOptions { HostName = host, MemoryTotalBytes = 4 * GiB, MemoryReserveBytes = 0 });
        }

        world.AddGuest("h1", "vm1", GiB).BitPerSecond = 80e6;
        world.AddGuest("h2", "vm2", GiB).BitPerSecond = 40e6;
        await using var real = new RealTimeWorld(world, _folder.File("world"), TimeProvider.System);
        using var other = new TestFolder();
        string[] listen = [$"127.0.0.81:{FreePorts.Next("127.0.0.81")}", $"127.0.0.82:{FreePorts.Next("127.0.0.82")}"];
        await RunAsync("h1", _folder, listen[0], "h2", listen[1], one => RunAsync("h2", other, listen[1], "h1", listen[0], async two =>
        {
            await UntilAsync(async () =>
                await one.StatusAsync(TestContext.Current.CancellationToken) is { Barter: { Vms.Count: 1, Digests: [{ LoadBitPerSecond: > 1e6 }] } }
                && await two.StatusAsync(TestContext.Current.CancellationToken) is { Barter.Vms.Count: 1 });
            var (code, _, _) = await Actormig.SayAsync("sim", "export", "--socket", _folder.File("s"), "--out", _folder.File("alone"));
            Assert.Equal(ExitCodes.Ok, code);
            var alone = ScenarioReader.Read(ScenarioSource.Find(_folder.File("alone")));
            Assert.Equal([("rest-of-h2", "h2", false), ("vm1", "h1", true)], alone.Vms.Select(v => (v.Name, v.Host, v.IsTagged)));

            (code, var output, _) = await Actormig.SayAsync("sim", "export", "--socket", _folder.File("s"), "--also", other.File("s"), "--out", _folder.File("both"), "--duration", "5m");
            Assert.Equal(ExitCodes.Ok, code);
            Assert.Contains("is a scenario: 2 hosts, 2 VMs, 5 min;", output, StringComparison.Ordinal);
            var both = ScenarioReader.Read(ScenarioSource.Find(_folder.File("both")));
            Assert.Equal([("vm1", "h1", GiB), ("vm2", "h2", GiB)], both.Vms.Select(v => (v.Name, v.Host, v.MemoryBytes)));
            Assert.All(both.Vms, v => Assert.InRange(v.Load[0].BitPerSecond, 1e6, 200e6));
            AssertPlays(both);

            (code, _, var errors) = await Actormig.SayAsync("sim", "export", "--socket", _folder.File("nobody"), "--out", _folder.File("none"));
            Assert.Equal((ExitCodes.NoAgent, false), (code, Directory.Exists(_folder.File("none"))));
            Assert.StartsWith("No agent answers at ", errors, StringComparison.Ordinal);
        }));
    }

    private async Task RunAsync(string name, TestFolder folder, string listen, string other, string otherListen, Func<ControlClient, Task> use)
    {
        File.WriteAllText(folder.File("agent.conf"), $$"""
            actormig {
              host-name = {{name}}
              manage = all
              data-dir = "{{folder.File("data")}}"
              socket = "{{folder.File("s")}}"
              listen { address = {{listen.Split(':')[0]}}, port = {{listen.Split(':')[1]}} }
              round { interval = 1s, jitter = 0 }
              host.memory.reserve = 0
              journal { ballast = 1MiB, free-space-min = 1MiB }
              members.{{other}} { address = "{{otherListen}}", libvirt = "qemu+tls://{{other}}/system", data = "tcp://{{other}}" }
            }
            """);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("world")), TestContext.Current.CancellationToken);
        await using var line = new WorldLine(socket);
        var far = new FarWorld(line, name);
        var hearing = far.RunAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var agent = AgentProcess.RunAsync(folder.File("agent.conf"), Props.Of(() => new FarHypervisorActor(far)), stop.Token);
        try
        {
            await UntilAsync(() => Task.FromResult(File.Exists(folder.File("s")) || agent.IsCompleted));
            Assert.False(agent.IsCompleted, "The agent ended.");
            using var client = new ControlClient(folder.File("s"));
            await use(client);
        }
        finally
        {
            await stop.CancelAsync();
            Assert.Equal(ExitCodes.Ok, await agent);
        }

        Assert.False(hearing.IsFaulted);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private Scenario Export(IReadOnlyList<HostStatus> told, ClusterReply cluster, out IReadOnlyList<string> notes)
    {
        var draft = ScenarioExport.Of(told, cluster, 600_000);
        notes = draft.Notes;
        ScenarioFolder.Write(_folder.File("out"), draft, "a test", TestContext.Current.CancellationToken);
        return ScenarioReader.Read(ScenarioSource.Find(_folder.File("out")));
    }

    private static void AssertPlays(Scenario scenario)
    {
        var first = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        var second = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(first.Violations);
        Assert.True(first.IsComplete);
        Assert.Equal(first.Decisions, second.Decisions);
    }

    private static VmView Vm(string name, long memoryBytes, double bitPerSecond) =>
        new(new VmFacts("uuid-" + name, name, memoryBytes, 1, bitPerSecond, IsPersistent: true, IsAutostart: false), VmStatus.Idle, IsManaged: true);

    private static BarterStatus Barter(long capacityBytes, IReadOnlyList<VmView> vms, IReadOnlyList<Digest> digests) => new("", "", 0, capacityBytes, vms, [], [], digests);

    private static HostStatus Status(string host, long capacityBytes, IReadOnlyList<VmView> vms) =>
        new(host, 1, Mode.Auto, 5, 60_000, 400e6, 0, null, [], [], 0, Barter(capacityBytes, vms, []));

    private static ClusterReply Cluster(params (string Host, long? MemoryBytes)[] hosts) =>
        new("serf", false, [.. hosts.Select(h => new ClusterHostInfo(h.Host, false, MemberState.Alive, "", "0.1.0", null, h.MemoryBytes, null, null))]);
}
