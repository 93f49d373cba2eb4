using ActorMig.Agent.Configuration;
using ActorMig.Hocon;

namespace ActorMig.Agent.Tests;

public sealed class ConfigurationTests
{
    private const string Good = "actormig { host-name = kvm1 }";

    [Fact]
    public void The_code_and_reference_conf_have_the_same_keys() =>
        Assert.Equal(ConfigurationKeys.All.Keys, HoconParser.Parse(ConfigurationLoader.Reference, "reference.conf").Keys);

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
            Assert.Equal("kvm1", ConfigurationLoader.Bind(HoconParser.Parse(text, file), file).Core.HostName);
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

    [Theory]
    [InlineData("actormig { host-name = a\n barter.leese = 3s }", "x.conf:2:17: 'actormig.barter.leese' is no key; did you mean 'actormig.barter.lease'?")]
    [InlineData("actormig { host-name = a, mode = sometimes }", "x.conf:1:34: 'sometimes' is not one of observe, recommend, auto.")]
    [InlineData("actormig { host-name = a, round.interval = often }", "'often' is not a duration such as")]
    [InlineData("actormig { host-name = a, barter.margin = 2 }", "'2' is not between 0 and 1.")]
    [InlineData("actormig { host-name = a, listen.port = 70000 }", "'70000' is not between 1 and 65535.")]
    [InlineData("actormig { host-name = a, listen.address = 8.8.8.8 }", "only loopback and private addresses")]
    [InlineData("actormig { host-name = \"a b\" }", "set it to this host's name")]
    [InlineData("actormig { mode = auto }", "actormig.host-name is ''")]
    [InlineData("actormig { host-name = a, threshold.window-low = 350 Mbit/s }", "window-low <= window-high <= overload")]
    [InlineData("actormig { host-name = a, members.b { address = \"10.0.0.2:7601\" } }", "the member 'b' has no 'libvirt'")]
    [InlineData("actormig { host-name = a, members.b { address = nowhere, libvirt = l, data = d } }", "'nowhere' is not an address with a port")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = Infinity }", "'Infinity' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = NaN }", "'NaN' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = 0 }", "'0' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, host.memory.overcommit = -1 }", "'-1' is not above 0 and at most 100.")]
    [InlineData("actormig { host-name = a, round.smoothing = 0 }", "'0' is not above 0 and at most 1.")]
    [InlineData("actormig { host-name = a, socket = \"\" }", "'' is not a socket's path of 1 to 107 bytes; set a shorter one.")]
    [InlineData("actormig { host-name = a, data-dir = \"\" }", "'' is not a folder's path; set it to one.")]
    [InlineData("actormig { host-name = a, round.interval = 3651d }", "'3651d' is not a duration of at most 10d.")]
    [InlineData("actormig { host-name = a, round.interval = 99999999999999999999999d }", "is not a duration of at most 10d.")]
    [InlineData("actormig { host-name = a, barter.answer-timeout = 1d }", "'1d' is not a duration of at most 12h.")]
    [InlineData("actormig { host-name = a, barter.cool-down-max = 3651d }", "'3651d' is not a duration of at most 10 years (3650d).")]
    [InlineData("actormig { host-name = a, testing.seed = -1 }", "'-1' is not between 0 and")]
    public void What_is_wrong_is_said_with_place_value_and_remedy(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<HoconException>(() => Load(text)).Message, StringComparison.Ordinal);

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

    private static AgentOptions Load(string text) => ConfigurationLoader.Bind(HoconParser.Parse(text, "x.conf"), "x.conf");

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
