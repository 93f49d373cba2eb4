using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Tests.Imports;

/// <summary>CPU traces of PlanetLab, as CloudSim has them.</summary>
public sealed class PlanetLabImports : IDisposable
{
    private const long GiB = 1L << 30;
    private readonly ImportFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_line_is_five_minutes_and_a_percentage_a_share_of_the_rate()
    {
        _files.Write("day/b_10", "50\n50\n0\n");
        _files.Write("day/b_2", "# 4\n0\n12.5\n100\n7\n\n");
        var draft = Read(new ImportOptions { RateBitPerSecond = 200e6 });

        // 2 comes before 10. What is as before is not said again, and what has ended is silent.
        Assert.Equal(["b_2", "b_10"], draft.Vms.Select(v => v.Name));
        Assert.Equal([new LoadStep(300_000, 25e6), new LoadStep(600_000, 200e6), new LoadStep(900_000, 14e6)], draft.Vms[0].Load);
        Assert.Equal([new LoadStep(0, 100e6), new LoadStep(600_000, 0)], draft.Vms[1].Load);
        Assert.Equal(4 * 300_000, draft.DurationMs);
        Assert.All(draft.Vms, v => Assert.Equal(GiB, v.MemoryBytes));
    }

    [Fact]
    public void VMs_are_dealt_out_to_hosts_in_turn_and_the_hosts_have_room_for_half_as_much_again()
    {
        foreach (var i in Enumerable.Range(1, 5))
        {
            _files.Write($"day/{i}", "1\n");
        }

        var draft = Read(new ImportOptions { Hosts = 2, VmMemoryBytes = 2 * GiB });
        Assert.Equal([("vm1", "h1"), ("vm2", "h2"), ("vm3", "h1"), ("vm4", "h2"), ("vm5", "h1")], draft.Vms.Select(v => (v.Name, v.Host)));
        Assert.Equal([("h1", 9 * GiB), ("h2", 9 * GiB)], draft.Hosts.Select(h => (h.Name, h.MemoryBytes)));
        Assert.Equal(10, Read(new ImportOptions()).Hosts.Count);
        Assert.Equal(["vm1", "vm2"], Read(new ImportOptions { Vms = 2 }).Vms.Select(v => v.Name));
        Assert.Equal(
            "The VMs of the fullest host have 3.00 GiB, and --host-memory is 2.00 GiB; give more, or take more hosts with --hosts.",
            _files.Refused(ImportFormat.Planetlab, Path.Combine(_files.Path, "day"), new ImportOptions { Hosts = 2, HostMemoryBytes = 2 * GiB }));
    }

    [Fact]
    public void What_lies_beyond_the_time_that_is_wanted_is_not_read()
    {
        _files.Write("day/a", "1\n2\n3\nnot read\n");
        var draft = Read(new ImportOptions { DurationMs = 400_000 });
        Assert.Equal([new LoadStep(0, 1e6), new LoadStep(300_000, 2e6)], draft.Vms[0].Load);
        Assert.Equal(400_000, draft.DurationMs);
    }

    [Theory]
    [InlineData("1\n101\n", "day/a:2: '101' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("1\n\n2\n", "day/a:2: '' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("-1\n", "day/a:1: '-1' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("1,5\n", "day/a:1: '1,5' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("\0\u0001\n", "day/a:1: '??' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("", "day/a is empty; a trace has a line for each five minutes. Take the file out.")]
    public void A_wrong_line_says_where_and_what_and_what_to_do(string text, string sentence)
    {
        _files.Write("day/a", text);
        Assert.Equal(sentence, _files.Refused(ImportFormat.Planetlab, Path.Combine(_files.Path, "day")));
    }

    [Fact]
    public void What_is_no_folder_of_traces_is_said()
    {
        _files.Write("all/day1/a", "1\n");
        Assert.Equal("There is no file and no folder 'no'.", _files.Refused(ImportFormat.Planetlab, Path.Combine(_files.Path, "no")));
        Assert.Equal("all has no files with traces; name one folder with them, such as all/day1.", _files.Refused(ImportFormat.Planetlab, Path.Combine(_files.Path, "all")));
        Assert.Equal("/dev/zero is larger than 64 MiB, which is the most of one file; cut it into a shorter one.", _files.Refused(ImportFormat.Planetlab, "/dev/zero"));
    }

    [Fact]
    public void More_changes_than_a_VM_may_have_are_refused()
    {
        _files.Write("day/a", string.Join('\n', Enumerable.Range(0, ImportLimits.StepsOfVmMax).Select(i => i % 2 == 0 ? "1" : "2")));
        Assert.Equal("day/a has 100000 changes of load, and 99999 is the most of one VM; take less of it with --duration.", _files.Refused(ImportFormat.Planetlab, Path.Combine(_files.Path, "day")));
        Assert.Equal(3, Read(new ImportOptions { DurationMs = 900_000 }).Vms[0].Load.Count);
    }

    private ScenarioDraft Read(ImportOptions options) => ScenarioImport.Read(ImportFormat.Planetlab, Path.Combine(_files.Path, "day"), options);
}
