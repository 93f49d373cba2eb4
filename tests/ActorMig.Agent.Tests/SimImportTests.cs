using System.Text.Json;
using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Tests;

/// <summary><c>actormig sim import</c>: what it writes is read and played as a scenario, and what is wrong writes nothing.</summary>
public sealed class SimImportTests : IDisposable
{
    private const string Cluster =
        """
        rack|uuid-1|preferred||

        n1.example.org|8192|512|3000|9000|5000|16|M|uuid-1|1
        n2.example.org|8192|512|3000|9000|5000|16|N|uuid-1|1

        web1|2048|1024|2|running|Y|n1.example.org||ext||1
        true|2048|1024|2|running|Y|n1.example.org||ext||1
        web/3|1024|1024|2|running|Y|n2.example.org||ext||1

        """;

    private const string Csv = "Timestamp [ms];\tMemory capacity provisioned [KB];\tNetwork received throughput [KB/s];\tNetwork transmitted throughput [KB/s]\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<ImportFormat> Formats() => [.. Enum.GetValues<ImportFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_imported_is_read_as_it_was_meant_and_played_twice_alike_with_nothing_broken(ImportFormat format)
    {
        var draft = ScenarioImport.Read(format, Input(format), Options(format));
        ScenarioFolder.Write(_folder.File("out"), draft, "a test", TestContext.Current.CancellationToken);
        var scenario = ScenarioReader.Read(ScenarioSource.Find(_folder.File("out")));
        Assert.Equal((draft.Title, draft.DurationMs), (scenario.Title, scenario.DurationMs));
        Assert.Equal(
            draft.Hosts.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => (h.Name, h.MemoryBytes, h.ReserveBytes)),
            scenario.Hosts.Select(h => (h.Name, h.Options.MemoryTotalBytes, h.Options.MemoryReserveBytes)));
        Assert.Equal(draft.Vms.Count, scenario.Vms.Count);
        foreach (var (wanted, vm) in draft.Vms.OrderBy(v => v.Name, StringComparer.Ordinal).Zip(scenario.Vms))
        {
            Assert.Equal((wanted.Name, wanted.Host, wanted.MemoryBytes), (vm.Name, vm.Host, vm.MemoryBytes));
            Assert.Equal(wanted.Load, vm.Load);
        }

        var first = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        var second = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(first.Violations);
        Assert.True(first.IsComplete);
        Assert.Equal(first.Decisions, second.Decisions);

        // The first host is overloaded, and the second has room: it is no still life.
        Assert.True(first.Moves > 0, string.Join('\n', first.Decisions));
    }

    [Fact]
    public async Task The_command_writes_a_folder_that_sim_run_plays()
    {
        var (code, output, errors) = await Actormig.SayAsync("sim", "import", "--from", "hbal", Input(ImportFormat.Hbal), "--util-file", _folder.File("util"), "--out", _folder.File("now"), "--duration", "8m");
        Assert.Equal((ExitCodes.Ok, ""), (code, errors));
        Assert.StartsWith($"{_folder.File("now")} is a scenario: 2 hosts, 3 VMs, 8 min; `actormig sim run {_folder.File("now")}` plays it.", output, StringComparison.Ordinal);
        Assert.Contains("The busiest host is n1.example.org, with 450.0 Mbit/s after 0 ms, before anything moves.", output, StringComparison.Ordinal);
        Assert.Equal(["README.md", "scenario.conf"], Directory.EnumerateFiles(_folder.File("now")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("'web/3' is web-3", File.ReadAllText(Path.Combine(_folder.File("now"), ScenarioSource.ReadmeFile)), StringComparison.Ordinal);

        (code, output, _) = await Actormig.SayAsync("sim", "run", _folder.File("now"));
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("moves       1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_programs_there_is_one_object()
    {
        var (code, output, _) = await Actormig.SayAsync("sim", "import", "--from", "planetlab", Input(ImportFormat.Planetlab), "--hosts", "2", "--out", _folder.File("now"), "--json");
        Assert.Equal(ExitCodes.Ok, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal((2, 3), (json.RootElement.GetProperty("hosts").GetInt32(), json.RootElement.GetProperty("vms").GetInt32()));
        Assert.Equal("h1", json.RootElement.GetProperty("busiest").GetProperty("host").GetString());
        Assert.True(json.RootElement.GetProperty("notes").GetArrayLength() > 0);
    }

    [Theory]
    [InlineData("--from planetlab day --out now", "day/vm_2:1: 'x' is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace.")]
    [InlineData("--from planetlab day --out there", "there exists already, and nothing is written over; name another folder with --out, or remove it.")]
    [InlineData("--from planetlab nothing --out now", "There is no file and no folder 'nothing'.")]
    [InlineData("--from planetlab day --out now --group rack", "--group means nothing with --from planetlab; leave it out.")]
    [InlineData("--from hbal day/vm_1 --out now --hosts 2", "--hosts means nothing with --from hbal; leave it out.")]
    [InlineData("--from bitbrains day --out now --rate 1Mbit/s", "--rate means nothing with --from bitbrains; leave it out.")]
    [InlineData("--from planetlab day --out now --hosts 1001", "--hosts is '1001'; write a number from 1 to 1000.")]
    [InlineData("--from planetlab day --out now --vms 0", "--vms is '0'; write a number from 1 to 10000.")]
    [InlineData("--from planetlab day --out now --vm-memory 64", "--vm-memory is '64'; write a size from 1MiB on, such as 64GiB.")]
    [InlineData("--from planetlab day --out now --rate fast", "--rate is 'fast'; write a rate such as '100 Mbit/s'.")]
    [InlineData("--from planetlab day --out now --duration 400d", "--duration is '400d'; write a time with its unit from 1s to 366d, such as 2h.")]
    [InlineData("--from planetlab day --vms 1 --out day/vm_1/now", "day/vm_1/now cannot be written: ")]
    public async Task What_is_wrong_is_one_sentence_and_nothing_is_written(string arguments, string sentence)
    {
        Input(ImportFormat.Planetlab);
        Write("day/vm_2", "x\n");
        Directory.CreateDirectory(_folder.File("there"));
        var before = Everything();
        var (code, output, errors) = await Actormig.SayAsync([
            "sim", "import", .. arguments.Split(' ').Select(a => a is "day" or "now" or "there" or "nothing" || a.StartsWith("day/", StringComparison.Ordinal) ? _folder.File(a) : a)]);
        Assert.Equal((ExitCodes.BadInput, ""), (code, output));
        Assert.StartsWith(sentence, errors.Replace(_folder.Path + "/", "", StringComparison.Ordinal).TrimEnd(), StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.Equal(before, Everything());
    }

    [Fact]
    public void What_is_stopped_or_cannot_be_read_again_leaves_nothing()
    {
        var draft = ScenarioImport.Read(ImportFormat.Hbal, Input(ImportFormat.Hbal), new ImportOptions());
        var before = Everything();
        Assert.Throws<OperationCanceledException>(() => ScenarioFolder.Write(_folder.File("out"), draft, "a test", new CancellationToken(canceled: true)));
        Assert.Throws<HoconException>(() => ScenarioFolder.Write(_folder.File("out"), draft with { Events = ["{ at = 0s, drain = nobody }"] }, "a test", TestContext.Current.CancellationToken));
        Assert.Equal(before, Everything());
    }

    private List<string> Everything() => [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private ImportOptions Options(ImportFormat format) => format switch
    {
        ImportFormat.Hbal => new ImportOptions { UtilFile = _folder.File("util"), DurationMs = 1_800_000 },
        ImportFormat.Planetlab => new ImportOptions { Hosts = 2, RateBitPerSecond = 300e6 },
        _ => new ImportOptions { Hosts = 2 },
    };

    /// <summary>Three VMs, of which two are on the first host, with more than 400 Mbit/s together.</summary>
    private string Input(ImportFormat format)
    {
        switch (format)
        {
            case ImportFormat.Hbal:
                Write("util", "web1 1 1 1 200\ntrue 1 1 1 250\nweb/3 1 1 1 10\n");
                Write("cluster", Cluster);
                return _folder.File("cluster");
            case ImportFormat.Planetlab:
                Write("day/vm_1", "90\n90\n100\n100\n100\n");
                Write("day/vm_2", "5\n6\n7\n");
                Write("day/vm_3", "60\n60\n60\n60\n60\n");
                return _folder.File("day");
            default:
                Write("rnd/1.csv", Csv + Rows(30_000));
                Write("rnd/2.csv", Csv + Rows(1_000));
                Write("rnd/3.csv", Csv + Rows(25_000));
                return _folder.File("rnd");
        }
    }

    private static string Rows(int kilobytes) =>
        string.Concat(Enumerable.Range(0, 6).Select(i => FormattableString.Invariant($"{1376314846 + (300 * i)};\t1048576.0;\t{kilobytes};\t{i}.5\n")));

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
        File.WriteAllText(_folder.File(file), text);
    }
}
