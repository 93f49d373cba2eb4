using ActorMig.Agent.Configuration;
using ActorMig.Agent.Engine;
using ActorMig.Cluster.Tls;
using ActorMig.Hocon;

namespace ActorMig.Agent.Tests;

public sealed class ConfigurationTests
{
    private const string Good = "actormig { host-name = kvm1 }";

    [Fact]
    public void The_code_and_reference_conf_have_the_same_keys() =>
        Assert.Equal(ConfigurationKeys.All.Keys, ConfigurationLoader.ReferenceTree.Flatten().Keys.Where(k => k is not ("actormig.members" or PolicyCheck.LibrariesKey or RuleReader.Key)));

    [Fact]
    public void Every_key_of_reference_conf_has_a_meaning_and_every_number_a_unit()
    {
        var comments = Comments(ConfigurationLoader.Reference);
        foreach (var (key, value) in ConfigurationLoader.ReferenceTree.Flatten())
        {
            var comment = comments[value.Position.Line];
            Assert.True(comment.Length > 0, $"{value.Where}: {key} has no comment.");
            if (value.Kind == HoconKind.Number)
            {
                // Texts such as 60s have theirs beside them.
                Assert.True(Units.Any(u => comment.Contains(u, StringComparison.Ordinal)), $"{value.Where}: the comment of {key} names no unit: {comment}");
            }
        }
    }

    [Fact]
    public void The_defaults_of_the_core_are_those_of_reference_conf() =>
        Assert.Equal(new ActorMigOptions { HostName = "kvm1" }, Load(Good).Core);

    [Fact]
    public void The_lab_and_the_example_of_a_cluster_can_be_read()
    {
        var hocon = Path.Combine(Repository(), "hocon");
        foreach (var file in Directory.GetFiles(hocon, "*.conf"))
        {
            if (Path.GetFileName(file) is "reference.conf")
            {
                continue;
            }

            var text = File.ReadAllText(file) + "\nactormig.host-name = kvm1";
            Assert.Equal("kvm1", ConfigurationLoader.Bind(HoconParser.Parse(text, file, new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }), file).Core.HostName);
        }
    }

    [Fact]
    public void Members_are_read_and_the_host_itself_is_not_among_them()
    {
        var options = Load(Good + """

            actormig.members {
              kvm1 { address = "10.0.0.1:7601", libvirt = "qemu+tcp://10.0.0.1/system", data = "tcp://10.0.0.1" }
              kvm2 { address = "10.0.0.2:7601", libvirt = "qemu+tcp://10.0.0.2/system", data = "tcp://10.0.0.2" }
            }
            """);
        Assert.Equal("kvm2", Assert.Single(options.Members).Host);
    }

    [Fact]
    public void What_serf_is_told_follows_from_few_keys()
    {
        var serf = SerfStart.Options(Load("""
            actormig {
              host-name = kvm1, listen.address = 10.0.0.1, data-dir = /data, host.memory { total = 10GiB, reserve = 2GiB, overcommit = 1.5 }
              membership { kind = serf, serf { join = [kvm1, "kvm2:8000"], key-file = /key, mdns = lab } }
            }
            """));
        Assert.Equal(("kvm1", "/data/serf", "10.0.0.1:7946", "127.0.0.1:7373", "/key", "lab", "lan"),
            (serf.NodeName, serf.Folder, serf.Bind.ToString(), serf.RpcAddress.ToString(), serf.KeyFile, serf.MdnsName, serf.Profile));
        Assert.Equal(["kvm1", "kvm2:8000"], serf.Join);
        Assert.Equal(
            [("actormig", Edges.ClusterHost.OwnVersion), ("agent", "10.0.0.1:7601"), ("data", "tcp://10.0.0.1"), ("libvirt", "qemu+tls://kvm1/system"), ("memory", "12884901888")],
            serf.Tags.Select(t => (t.Key, t.Value)));

        serf = SerfStart.Options(Load("""
            actormig {
              host-name = kvm1, listen.address = 10.0.0.1
              membership { kind = serf, serf { use-running = true, bind = "10.1.0.1:8000", advertise = 10.2.0.1, libvirt = "qemu+ssh://kvm1/system", data = "tcp://10.3.0.1" } }
            }
            """));
        Assert.Equal(("10.1.0.1:8000", "10.2.0.1:7946", true), (serf.Bind.ToString(), serf.Advertise!.ToString(), serf.UsesRunning));
        Assert.Equal(("qemu+ssh://kvm1/system", "tcp://10.3.0.1"), (serf.Tags["libvirt"], serf.Tags["data"]));
        var wrong = Assert.Throws<HoconException>(() => Load($$"""
            actormig { host-name = kvm1, membership { kind = serf, serf.libvirt = "qemu+tls://{{new string('x', 500)}}/system" } }
            """));
        Assert.Contains("takes 6", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("bytes, and serf carries 512; shorten the longest", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_Akka_stand_beside_our_own_and_are_its_business()
    {
        var read = ConfigurationLoader.BindAll(HoconParser.Parse(Good + """

            akka { loglevel = DEBUG, remote.dot-netty.tcp { port = 8081, "a.b" = [on, 2s] } }
            """, "x.conf"), "x.conf");
        Assert.Equal(EngineKind.Own, read.Options.Engine);
        Assert.Equal("""akka {"loglevel":"DEBUG","remote":{"dot-netty":{"tcp":{"port":8081,"a.b":["on","2s"]}}}}""", read.Options.AkkaBlock);
        Assert.Equal("8081", read.Values["akka.remote.dot-netty.tcp.port"].ToString());
        Assert.Equal("", Load(Good).AkkaBlock);
        Assert.Contains("'akka' is not an object", Assert.Throws<HoconException>(() => Load(Good + "\nakka = akka")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_Akka_says_so_when_it_is_to_run_on_it()
    {
        if (AkkaEngine.IsBuiltIn)
        {
            Assert.Equal(EngineKind.Akka, Load(Good + "\nactormig.engine = akka").Engine);
            return;
        }

        Assert.Equal(
            "x.conf:2:19: actormig.engine is akka, and this program was built without Akka.NET; build it with -p:AkkaEngine=true, or set actormig.engine to own.",
            Assert.Throws<HoconException>(() => Load(Good + "\nactormig.engine = akka")).Message);
    }

    [Theory]
    [InlineData("actormig { host-name = a, engine = steam }", "x.conf:1:36: 'steam' is not one of own, akka.")]
    [InlineData("actormig { host-name = a\n barter.leese = 3s }", "x.conf:2:17: 'actormig.barter.leese' is no key; did you mean 'actormig.barter.lease'?")]
    [InlineData("actormig { host-name = a, mode = sometimes }", "x.conf:1:34: 'sometimes' is not one of observe, recommend, auto.")]
    [InlineData("actormig { host-name = a, round.interval = often }", "'often' is not a duration such as")]
    [InlineData("actormig { host-name = a, libvirt.look-timeout = 2m }", "'2m' is not a duration of at most 1m.")]
    [InlineData("actormig { host-name = a, libvirt.look-timeout = 5ms }", "'5ms' is not a duration of at least 100ms.")]
    [InlineData("actormig { host-name = a, barter.margin = 2 }", "'2' is not between 0 and 1.")]
    [InlineData("actormig { host-name = a, listen.port = 70000 }", "'70000' is not between 1 and 65535.")]
    [InlineData("actormig { host-name = a, membership.kind = raft }", "'raft' is not one of static, serf, akka.")]
    [InlineData("actormig { host-name = a, membership.kind = akka }", "actormig.membership.kind is akka, and actormig.engine is own; set actormig.engine to akka, or the kind to serf or static.")]
    [InlineData("actormig { host-name = a, membership.kind = serf, listen.address = 10.0.0.1 }", "actormig.membership.serf.key-file is not set; make a key with `serf keygen`")]
    [InlineData("actormig { host-name = a, membership { kind = serf, serf.bind = nowhere } }", "'nowhere' is not an IP address with a port such as 10.0.0.1:7946.")]
    [InlineData("actormig { host-name = a, membership { kind = serf, serf.rpc-address = \"127.0.0.1\" } }", "'127.0.0.1' is not an IP address with a port such as")]
    [InlineData("actormig { host-name = a, membership { kind = serf, serf.rpc-address = \"10.0.0.1:7373\" } }", "serf's RPC is not encrypted, so only loopback addresses are accepted")]
    [InlineData("actormig { host-name = a, membership { kind = serf, serf.join = [\"\"] } }", "'' is not an address or a name to join")]
    [InlineData("actormig { host-name = a, membership { kind = serf, serf.profile = fast } }", "'fast' is not one of lan, wan, local.")]
    [InlineData("actormig { host-name = a, membership.kind = serf, members.b { address = \"10.0.0.2:7601\", libvirt = l, data = d } }", "actormig.membership.kind is serf, and actormig.members lists b; remove the list")]
    [InlineData("actormig { host-name = a, listen.address = 8.8.8.8 }", "x.conf:1:44: actormig.listen.address is 8.8.8.8; without certificates (actormig.tls) messages are not encrypted, so only loopback and private addresses")]
    [InlineData("actormig { host-name = a, tls.mode = on }", "x.conf: actormig.tls is on, and actormig.tls.ca is not set; set it to a PEM file (`actormig tls issue` makes them), or actormig.tls.mode to off.")]
    [InlineData("actormig { host-name = a, tls { mode = on, ca = c } }", "x.conf:1:40: actormig.tls is on, and actormig.tls.certificate is not set;")]
    [InlineData("actormig { host-name = a, tls { certificate = c, ca = a } }", "x.conf:1:47: actormig.tls is on, and actormig.tls.key is not set;")]
    [InlineData("actormig { host-name = a, tls { certificate = c, ca = a, key = k, client-key = x } }", "actormig.tls.client-certificate is not set;")]
    [InlineData("actormig { host-name = a, tls.mode = maybe }", "'maybe' is not one of auto, on, off.")]
    [InlineData("actormig { host-name = a, listen.address = 8.8.8.8, tls { certificate = c, ca = a, key = k, mode = off } }", "actormig.listen.address is 8.8.8.8; without certificates")]
    [InlineData("actormig { host-name = a, peers.message-size-max = 1B }", "'1B' is not a size of 1KiB to 1024MiB.")]
    [InlineData("actormig { host-name = a, listen.address = here }", "x.conf:1:44: actormig.listen.address is 'here', which is no IP address; set it to")]
    [InlineData("actormig { host-name = \"a b\" }", "set it to this host's name")]
    [InlineData("actormig { mode = auto }", "x.conf: actormig.host-name is ''; set it to")]
    [InlineData("actormig { host-name = a, memory.window-low = 0.8 }", "x.conf:1:47: actormig.memory must have window-low <= window-high <= overload; these are 0.8, 0.75 and 0.9.")]
    [InlineData("actormig { host-name = a, threshold.window-low = 350 Mbit/s }", "x.conf:1:50: actormig.threshold must have window-low <= window-high <= overload; these are 350.0 Mbit/s, 300.0 Mbit/s and 400.0 Mbit/s.")]
    [InlineData("actormig { host-name = a, members.b { address = \"10.0.0.2:7601\" } }", "the member 'b' has no 'libvirt'")]
    [InlineData("actormig { host-name = a, members.b { address = nowhere, libvirt = l, data = d } }", "'nowhere' is not an address with a port")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = Infinity }", "'Infinity' is not a number.")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = NaN }", "'NaN' is not a number.")]
    [InlineData("actormig { host-name = a, mode = null }", "x.conf:1:34: 'null' is not one of observe, recommend, auto.")]
    [InlineData("actormig { host-name = a, mode { x = 1 } }", "'actormig.mode.x' is no key; did you mean 'actormig.mode'?")]
    [InlineData("actormig { host-name = a, mode {} }", "an object is not one of observe, recommend, auto.")]
    [InlineData("actormig { host-name = a, mode = [auto] }", "an array is not one of observe, recommend, auto.")]
    [InlineData("actormig { host-name = a, round = 5s }", "x.conf:1:35: 'actormig.round' is no key; did you mean")]
    [InlineData("actormig = null", "x.conf:1:12: 'actormig' is no key;")]
    [InlineData("actor-mig { host-name = a }", "x.conf:1:25: 'actor-mig.host-name' is no key; did you mean 'actormig.host-name'?")]
    [InlineData("actormig { host-name = a, members = none }", "'none' is not an object with one block for each host.")]
    [InlineData("actormig { host-name = a, members.b = none }", "'actormig.members.b' is no key; a member has address, libvirt and data.")]
    [InlineData("actormig { host-name = a, members.b.port = 1 }", "'actormig.members.b.port' is no key; a member has address, libvirt and data.")]
    [InlineData("actormig { host-name = a, members.b {} }", "the member 'b' has no 'address'")]
    [InlineData("actormig { host-name = a, mode = ${actormig.round.no} }", "x.conf:1:34: ${actormig.round.no} is set nowhere")]
    [InlineData("[auto]", "x.conf:1:1: an array is not an object, as a configuration is")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = 0.0 }", "'0.0' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = -1 }", "'-1' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, round.smoothing = 0 }", "'0' is not above 0 and at most 1.")]
    [InlineData("actormig { host-name = a, socket = \"\" }", "'' is not a socket's path of 1 to 107 bytes; set a shorter one.")]
    [InlineData("actormig { host-name = a, socket = /s, observer-socket = /s }", "x.conf:1:58: actormig.observer-socket is /s, which is actormig.socket, too; set it to a path of its own, or to nothing.")]
    [InlineData("actormig { host-name = a, data-dir = \"\" }", "'' is not a folder's path; set it to one.")]
    [InlineData("actormig { host-name = a, round.interval = 3651d }", "'3651d' is not a duration of at most 10d.")]
    [InlineData("actormig { host-name = a, round.interval = 99999999999999999999999d }", "is not a duration of at most 10d.")]
    [InlineData("actormig { host-name = a, barter.answer-timeout = 1d }", "'1d' is not a duration of at most 12h.")]
    [InlineData("actormig { host-name = a, barter.cool-down-max = 3651d }", "'3651d' is not a duration of at most 10 years (3650d).")]
    [InlineData("actormig { host-name = a, traffic.source = ebpf }", "'ebpf' is not one of auto, nftables, off.")]
    [InlineData("actormig { host-name = a, traffic.table = \"a; flush ruleset\" }", "'a; flush ruleset' is not a table's name: a letter, and then letters, digits and '_'.")]
    [InlineData("actormig { host-name = a, traffic.interval = 5m }", "x.conf: actormig.traffic.pair-idle-max is 600.0 s; set it to at least 3 times actormig.traffic.interval, which is 300.0 s.")]
    [InlineData("actormig { host-name = a, testing.seed = -1 }", "'-1' is not between 0 and")]
    public void What_is_wrong_is_said_with_place_value_and_remedy(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<HoconException>(() => Load(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void With_certificates_any_address_may_be_listened_on_and_those_of_the_client_are_the_same_unless_named()
    {
        var tls = Load(Good + "\nactormig { listen.address = 8.8.8.8, tls { ca = a, certificate = c, key = k } }").Tls;
        Assert.Equal((true, new TlsFiles("a", "c", "k", "c", "k")), (tls.IsOn, tls.ForPeers!.Files));
        tls = Load(Good + "\nactormig.tls { ca = a, certificate = c, key = k, client-certificate = d, client-key = l }").Tls;
        Assert.Equal(new TlsFiles("a", "c", "k", "d", "l"), tls.ForPeers!.Files);
        Assert.Null(Load(Good + "\nactormig.tls { ca = a, certificate = c, key = k, mode = off }").Tls.ForPeers);
        Assert.Null(Load(Good).Tls.ForPeers);
    }

    [Fact]
    public void A_socket_path_that_the_kernel_would_not_take_is_said()
    {
        Assert.Equal(107, Load($"{Good}\nactormig.socket = \"/{new string('s', 106)}\"").Socket.Length);
        var e = Assert.Throws<HoconException>(() => Load($"{Good}\nactormig.socket = \"/{new string('s', 107)}\""));
        Assert.Contains("is not a socket's path of 1 to 107 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_said() =>
        Assert.Contains("There is no configuration file /nowhere/x.conf", Assert.Throws<HoconException>(() => ConfigurationLoader.Load("/nowhere/x.conf")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_may_refer_to_defaults_to_the_environment_and_to_hosts_with_dots()
    {
        var options = Load("""
            actormig {
              host-name = ${NAME}
              round.interval = 10s
              barter.lease = ${actormig.round.interval}
              barter.answer-timeout = ${actormig.barter.policy-timeout}
              members.kvm2.example.com { address = "10.0.0.2:7601", libvirt = a, data = b }
              members."kvm3.example.com" = ${actormig.members.kvm2.example.com} { address = "10.0.0.3:7601" }
            }
            """);
        Assert.Equal(("kvm1.example.com", 10_000L, 2_000L), (options.Core.HostName, options.Core.LeaseMs, options.Core.AnswerMs));
        Assert.Equal(["kvm2.example.com", "kvm3.example.com"], options.Members.Select(m => m.Host));
    }

    [Fact]
    public void Every_value_is_shown_with_where_it_comes_from_and_secrets_are_not()
    {
        var configuration = Read("""
            actormig {
              host-name = ${NAME}
              mode = auto
              libvirt.uri = "qemu+tcp://user:hunter2@host/system"
              members.kvm2 { address = "10.0.0.2:7601", libvirt = "qemu+tls://me:hush@kvm2/system", data = b }
            }
            """);
        using var text = new StringWriter();
        ConfigurationText.Write(configuration, isJson: false, text);
        Assert.Matches("actormig.mode +auto +x.conf:3\n", text.ToString());
        Assert.Matches("actormig.manage +tagged +default\n", text.ToString());
        Assert.Matches("actormig.host-name +kvm1.example.com +environment \\(NAME, x.conf:2\\)\n", text.ToString());
        Assert.Matches("actormig.members.kvm2.address +10.0.0.2:7601 +x.conf:5\n", text.ToString());
        Assert.Matches("actormig.testing.die-after-event +\"\" +default\n", text.ToString());
        Assert.Contains("qemu+tcp://user:(hidden)@host/system", text.ToString(), StringComparison.Ordinal);
        using var json = new StringWriter();
        ConfigurationText.Write(configuration, isJson: true, json);
        Assert.Contains("""{"key":"actormig.mode","value":"auto","from":"file","file":"x.conf","line":3}""", json.ToString(), StringComparison.Ordinal);
        Assert.Contains("""{"key":"actormig.manage","value":"tagged","from":"default"}""", json.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"from\":\"environment\",\"file\":\"x.conf\",\"line\":2,\"variable\":\"NAME\"}", json.ToString(), StringComparison.Ordinal);
        foreach (var secret in (string[])["hunter2", "hush"])
        {
            Assert.DoesNotContain(secret, text.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, json.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("(hidden)", Secrets.Masked("actormig.tls.key-passphrase", "open sesame"));
        Assert.Equal("2s", Secrets.Masked("actormig.barter.policy-timeout", "2s"));
    }

    private static AgentOptions Load(string text) => Read(text).Options;

    private static AgentConfiguration Read(string text)
    {
        var options = new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree, Environment = name => name == "NAME" ? "kvm1.example.com" : null };
        return ConfigurationLoader.BindAll(HoconParser.Parse(text, "x.conf", options), "x.conf");
    }

    private static readonly string[] Units =
    [
        "rounds", "MiB/s", "TCP port", "how many times", "How many members", "How many VMs", "How many migrations", "a number", "a fraction", "a factor", "records", "events", "writes", "messages", "sizes in bytes",
        "most connections", "most requests", "most peers",
        "without unit",
    ];

    /// <summary>The comment of each line with a key: the one above it, or above those that stand right above it, or of the block around it.</summary>
    private static Dictionary<int, string> Comments(string text)
    {
        var comments = new Dictionary<int, string>();
        var blocks = new Stack<string>(["", ""]);
        var (comment, wasComment) = ("", false);
        var number = 0;
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.StartsWith('#'))
            {
                comment = wasComment ? $"{comment} {line}" : line;
            }
            else if (line.Length == 0)
            {
                comment = "";
            }
            else if (line.EndsWith('{'))
            {
                comments[number] = comment;
                blocks.Push(comment);
                comment = "";
            }
            else if (line == "}")
            {
                blocks.Pop();
                comment = "";
            }
            else
            {
                comments[number] = comment.Length > 0 ? comment : blocks.Peek();
            }

            wasComment = line.StartsWith('#');
        }

        return comments;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ActorMig.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
