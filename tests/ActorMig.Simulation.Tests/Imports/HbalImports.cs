using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Tests.Imports;

/// <summary>Clusters in the text format of Ganeti's htools.</summary>
public sealed class HbalImports : IDisposable
{
    private const long GiB = 1L << 30;
    private const string Good =
        """
        rack|uuid-1|preferred||

        n1.example.org|8192|512|3000|9000|5000|16|M|uuid-1|1
        n2.example.org|4096|0|3000|9000|5000|16|N|uuid-1
        n3.example.org|?|?|?|?|?|?|N|uuid-1|1
        n4.example.org|4096|0|3000|9000|5000|16|Y|uuid-1|1

        web1|2048|1024|2|running|Y|n1.example.org||ext||1
        web2|1024|1024|2|ERROR_up|Y|n1.example.org|n2.example.org|drbd|a,b|1|-|N
        down|1024|1024|2|ADMIN_down|Y|n2.example.org||ext||1
        soon|1024|1024|2|running|Y|n2.example.org||ext||1|-|Y
        gone|1024|1024|2|running|Y|n4.example.org||ext||1


        |128,1,1024,1,1,1|128,1,1024,1,1,1;32768,8,1048576,16,8,12|diskless|4.0|32.0

        """;

    private readonly ImportFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Nodes_become_hosts_and_instances_that_run_become_VMs()
    {
        var draft = Read(Good);
        Assert.Equal([("n1.example.org", 8 * GiB, 512L << 20), ("n2.example.org", 4 * GiB, 0)], draft.Hosts.Select(h => (h.Name, h.MemoryBytes, h.ReserveBytes)));
        Assert.Equal([("web1", "n1.example.org", 2 * GiB), ("web2", "n1.example.org", GiB)], draft.Vms.Select(v => (v.Name, v.Host, v.MemoryBytes)));

        // hbal's default is a net_util of 1, and 1 is 1 Mbit/s.
        Assert.All(draft.Vms, v => Assert.Equal([new LoadStep(0, 1e6)], v.Load));
        Assert.Equal(3_600_000, draft.DurationMs);
        Assert.Contains("Nodes that are offline, left out (2): n3.example.org, n4.example.org.", draft.Notes);
        Assert.Contains("Instances that do not run, left out (2): down, soon.", draft.Notes);
        Assert.Contains("Instances on nodes that are left out, left out (1): gone.", draft.Notes);
    }

    [Fact]
    public void A_file_of_utilisation_gives_the_traffic_in_the_unit_that_is_asked_for()
    {
        var util = _files.Write("util", "web1 0.5 1 1 250\n\nweb2\t1 1 1 0\ndown 1 1 1 3\n");
        var draft = Read(Good, new ImportOptions { UtilFile = util, RateBitPerSecond = 2e6, DurationMs = 60_000 });
        Assert.Equal([new LoadStep(0, 500e6)], draft.Vms[0].Load);
        Assert.Empty(draft.Vms[1].Load);
        Assert.Equal(60_000, draft.DurationMs);
    }

    [Theory]
    [InlineData("web1 1 1 1", "util:1: 'web1 1 1 1' is not a name and four numbers; write 'NAME CPU MEMORY DISK NET'.")]
    [InlineData("web1 1 1 1 1\nweb1 1 1 1 1", "util:2: the instance 'web1' is there twice; take one out.")]
    [InlineData("web1 1 1 1 -1", "util:1: '-1' is no utilisation; write a number from 0 on, such as 1.5.")]
    [InlineData("web1 1 1 1 NaN", "util:1: 'NaN' is no utilisation; write a number from 0 on, such as 1.5.")]
    [InlineData("web9 1 1 1 1", "util tells of 'web9', and c has no instance of this name; take it out.")]
    public void A_wrong_utilisation_says_where_and_what(string util, string sentence) =>
        Assert.Equal(sentence, _files.Refused(ImportFormat.Hbal, _files.Write("c", Good), new ImportOptions { UtilFile = _files.Write("util", util) }));

    [Theory]
    [InlineData("uuid-1|preferred", "uuid-1|often", "c:1: 'often' is no allocation policy; write preferred, allocable or unallocable.")]
    [InlineData("n1.example.org|8192", "n1.example.org|8 GB", "c:3: '8 GB' is not the total memory of the node n1.example.org; write whole MiB, such as 4096.")]
    [InlineData("n1.example.org|8192|512", "n1.example.org|8192|8192", "c:3: the node n1.example.org has 8192 MiB and needs 8192 MiB for itself; correct one of them.")]
    [InlineData("|16|N|uuid-1\n", "|16|N|uuid-2\n", "c:4: 'uuid-2' is the UUID of none of the groups above; correct it.")]
    [InlineData("|16|N|uuid-1\n", "|16|maybe|uuid-1\n", "c:4: 'maybe' does not say whether the node n2.example.org is offline; write Y, N, or M for the master.")]
    [InlineData("|16|N|uuid-1\n", "|16|N\n", "c:4: a node has at least 9 columns (name, total, own and free memory, total and free disk, CPUs, offline, group), and this line has 8.")]
    [InlineData("n2.example.org|4096", "n1.example.org|4096", "c:4: the node 'n1.example.org' is there twice; take one out.")]
    [InlineData("web1|2048", "web1|2o48", "c:8: '2o48' is not the memory of the instance web1; write whole MiB, such as 4096.")]
    [InlineData("web1|2048", "web1|99999999999999", "c:8: '99999999999999' is not the memory of the instance web1; write whole MiB, such as 4096.")]
    [InlineData("web1|2048", "|2048", "c:8: '' is no name of an instance; write 1 to 200 characters.")]
    [InlineData("web2|1024", "web1|1024", "c:9: the instance 'web1' is there twice; take one out.")]
    [InlineData("ADMIN_down|Y", "asleep|Y", "c:10: 'asleep' is no status of an instance; write running, ERROR_up, ADMIN_down, ADMIN_offline, ERROR_down, ERROR_nodedown, ERROR_nodeoffline, ERROR_wrongnode or USER_down.")]
    [InlineData("Y|n4.example.org", "Y|n5.example.org", "c:12: the primary node 'n5.example.org' of the instance gone is none of the nodes above; correct it.")]
    [InlineData("rack|uuid-1|preferred||", "rack|uuid-1|preferred||\nlab|uuid-2|allocable||", "c has several groups, and VMs do not move from one to another; name one with --group: rack (uuid-1), lab (uuid-2).")]
    public void A_wrong_line_says_where_and_what_and_what_to_do(string good, string wrong, string sentence)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        Assert.Equal(sentence, _files.Refused(ImportFormat.Hbal, _files.Write("c", Good.Replace(good, wrong, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("rack|uuid-1|preferred||\n", "c has 1 sections, and a cluster has at least 3 with an empty line after each: groups, nodes, instances; write one with `hscan` or `hbal -S FILE`.")]
    [InlineData("", "c has 1 sections, and a cluster has at least 3 with an empty line after each: groups, nodes, instances; write one with `hscan` or `hbal -S FILE`.")]
    [InlineData("\n\n\n", "c has no group in its first section; a cluster has at least one.")]
    [InlineData("rack|u|preferred||\n\n\n\n", "c has no node that is online in the group rack; a cluster has at least one.")]
    [InlineData("rack|u|preferred||\n\nn1|10|0|0|0|0|1|N|u\n\n\n", "c has no instance that runs on a node of this scenario; a scenario has at least one VM.")]
    public void A_file_that_is_no_cluster_is_said(string text, string sentence) => Assert.Equal(sentence, _files.Refused(ImportFormat.Hbal, _files.Write("c", text)));

    [Fact]
    public void Of_several_groups_the_one_that_is_named_counts()
    {
        const string Two = "a|u1|preferred||\nb|u2|allocable||\n\nn1|4096|0|1|1|1|1|N|u1\nn2|4096|0|1|1|1|1|N|u2\n\nv1|512|1|1|running|Y|n1||ext|\nv2|512|1|1|running|Y|n2||ext|\n\n";
        var path = _files.Write("c", Two);
        foreach (var group in (string[])["b", "u2"])
        {
            var draft = ScenarioImport.Read(ImportFormat.Hbal, path, new ImportOptions { Group = group });
            Assert.Equal(("n2", "v2"), (Assert.Single(draft.Hosts).Name, Assert.Single(draft.Vms).Name));
        }

        Assert.Equal("c has no group 'c'; --group is one of a (u1), b (u2).", _files.Refused(ImportFormat.Hbal, path, new ImportOptions { Group = "c" }));
    }

    [Fact]
    public void A_node_that_has_promised_more_than_it_has_gets_as_much()
    {
        var draft = Read(Good.Replace("n1.example.org|8192", "n1.example.org|2048", StringComparison.Ordinal));
        Assert.Equal((3 * GiB) + (512 << 20), draft.Hosts[0].MemoryBytes);
        Assert.Contains("The instances on n1.example.org and the node itself have 3.50 GiB, more than its 2.00 GiB: it has as much here.", draft.Notes);
    }

    [Fact]
    public void A_name_that_a_scenario_cannot_have_is_changed_and_said()
    {
        var draft = Read(Good.Replace("web1|", "web 2|", StringComparison.Ordinal).Replace("web2|", "web/2|", StringComparison.Ordinal));
        Assert.Equal(["web-2", "web-2-2"], draft.Vms.Select(v => v.Name));
        Assert.Contains("Changed names of instances (2), since a name has letters, digits, '-', '_' and '.' and is there once: 'web 2' is web-2, 'web/2' is web-2-2.", draft.Notes);
    }

    private ScenarioDraft Read(string text, ImportOptions? options = null) => ScenarioImport.Read(ImportFormat.Hbal, _files.Write("c", text), options ?? new ImportOptions());
}
