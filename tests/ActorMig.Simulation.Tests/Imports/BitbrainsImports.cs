using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Tests.Imports;

/// <summary>Traces of Bitbrains (GWA-T-12).</summary>
public sealed class BitbrainsImports : IDisposable
{
    private const long GiB = 1L << 30;
    private const string Header =
        "Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\tMemory capacity provisioned [KB];\tMemory usage [KB];\t"
        + "Disk read throughput [KB/s];\tDisk write throughput [KB/s];\tNetwork received throughput [KB/s];\tNetwork transmitted throughput [KB/s]\n";

    private readonly ImportFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_is_what_was_received_and_transmitted_and_a_KB_is_1024_bytes()
    {
        // 6.7108864E7 KB are 64 GiB, as a VM has them.
        Write("1", Row("1376314846", "6.7108864E7", "1000", "0"), Row("1376315146", "6.7108864E7", "500", "500.0"), Row("1376315446", "3.3554432E7", "0.0", "12.5"));
        var vm = Assert.Single(Read().Vms);
        Assert.Equal(("vm1", 64 * GiB), (vm.Name, vm.MemoryBytes));
        Assert.Equal([new LoadStep(0, 8_192_000), new LoadStep(600_000, 102_000)], vm.Load);

        // The last sample counts as long as the one before it did.
        Assert.Equal(900_000, Read().DurationMs);
    }

    [Fact]
    public void All_files_have_one_clock_in_seconds_or_in_milliseconds()
    {
        Write("1", Row("1376314846000", "1024", "125", "0"), Row("1376315146000", "1024", "250", "0"));
        Write("2", Row("1376314546", "1025", "125", "0"), Row("1376314846", "1025", "0", "0"));
        var draft = Read(new ImportOptions { Hosts = 1 });
        Assert.Equal([new LoadStep(300_000, 1_024_000), new LoadStep(600_000, 2_048_000)], draft.Vms[0].Load);
        Assert.Equal([new LoadStep(0, 1_024_000), new LoadStep(300_000, 0)], draft.Vms[1].Load);
        Assert.Equal((900_000, 2L << 20), (draft.DurationMs, draft.Vms[1].MemoryBytes));
    }

    [Fact]
    public void Files_are_taken_in_the_order_of_their_numbers_and_those_without_a_line_in_time_are_left_out()
    {
        Write("10", Row("1000", "1024", "1", "0"), Row("9000", "1024", "2", "0"));
        Write("2", Row("1000", "1024", "1", "0"));
        Write("3", Row("5000", "1024", "1", "0"));
        _files.Write("rnd/readme.txt", "no trace");
        var draft = Read(new ImportOptions { DurationMs = 600_000 });
        Assert.Equal(["vm2", "vm10"], draft.Vms.Select(v => v.Name));
        Assert.Single(draft.Vms[1].Load);
        Assert.Contains("Files with no line within the time that is wanted (--duration), left out: 1.", draft.Notes);
    }

    [Fact]
    public void Columns_are_found_by_their_names()
    {
        _files.Write("rnd/7.csv", "Network transmitted throughput [KB/s];Network received throughput [KB/s];Timestamp [ms];Memory capacity provisioned [KB]\n1;2;1000;2048\n");
        var vm = Assert.Single(Read().Vms);
        Assert.Equal((2L << 20, 25_000), (vm.MemoryBytes, vm.Load[0].BitPerSecond));
    }

    [Fact]
    public void A_VM_whose_trace_tells_no_memory_needs_an_option()
    {
        Write("1", Row("1000", "0", "1", "0"));
        Assert.Equal("rnd/1.csv tells no memory in any line; say with --vm-memory how much such a VM has, or take the file out.", Refused());
        Assert.Equal(GiB, Read(new ImportOptions { VmMemoryBytes = GiB }).Vms[0].MemoryBytes);
    }

    [Theory]
    [InlineData("1000", "1024", "1,5", "0", "rnd/1.csv:3: '1,5' is no 'Network received throughput [KB/s]'; write a number from 0 on, such as 12.5.")]
    [InlineData("1000", "1024", "1", "-2", "rnd/1.csv:3: '-2' is no 'Network transmitted throughput [KB/s]'; write a number from 0 on, such as 12.5.")]
    [InlineData("1000", "1e99", "1", "2", "rnd/1.csv:3: '1e99' is no 'Memory capacity provisioned [KB]'; write a number from 0 on, such as 12.5.")]
    [InlineData("12.08.2013 13:40:46", "1024", "1", "2", "rnd/1.csv:3: '12.08.2013 13:40:46' is no 'Timestamp [ms]'; write a number from 0 on, such as 12.5.")]
    [InlineData("900", "1024", "1", "2", "rnd/1.csv:3: '900' is not later than the line before it; put the lines in order.")]
    [InlineData("1000;1", "1024", "1", "2", "rnd/1.csv:3: '1000;1;?4;?1;?1;?1;?1024;?1;?1;?1;?1;?2' has 12 columns, and the first line names 11; complete the line or take it out.")]
    public void A_wrong_line_says_where_and_what_and_what_to_do(string time, string memory, string received, string transmitted, string sentence)
    {
        Write("1", Row("900", "1024", "1", "0"), Row(time, memory, received, transmitted));
        Assert.Equal(sentence, Refused());
    }

    [Fact]
    public void A_header_with_other_units_is_refused()
    {
        _files.Write("rnd/1.csv", Header.Replace("received throughput [KB/s]", "received throughput [MB/s]", StringComparison.Ordinal) + "1\n");
        Assert.Equal(
            "rnd/1.csv:1: 'Timestamp [ms];?CPU cores;?CPU capacity provisioned [MHZ];?C...' names no column 'Network received throughput [KB/s]'; the first line names the columns with their units, as GWA-T-12 does.",
            Refused());
        _files.Write("rnd/1.csv", Header);
        Assert.Equal("rnd/1.csv has no line after the one that names the columns; take the file out.", Refused());
        _files.Write("rnd/1.csv", "");
        Assert.Equal("rnd/1.csv is empty; a trace has a line that names its columns, and one for each sample. Take the file out.", Refused());
    }

    private static string Row(string time, string memory, string received, string transmitted) =>
        $"{time};\t4;\t1;\t1;\t1;\t{memory};\t1;\t1;\t1;\t{received};\t{transmitted}\n";

    private void Write(string name, params string[] rows) => _files.Write($"rnd/{name}.csv", Header + string.Concat(rows));

    private ScenarioDraft Read(ImportOptions? options = null) => ScenarioImport.Read(ImportFormat.Bitbrains, Path.Combine(_files.Path, "rnd"), options ?? new ImportOptions());

    private string Refused() => _files.Refused(ImportFormat.Bitbrains, Path.Combine(_files.Path, "rnd"));
}
