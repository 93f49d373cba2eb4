using System.Diagnostics;
using System.Text.Json;
using ActorMig.Agent.Simulation;

namespace ActorMig.Agent.Tests;

/// <summary><c>actormig sim run</c> by the real program.</summary>
public sealed class SimRunTests : IDisposable
{
    private const string Conf =
        """
        duration = 8m
        actormig { mode = auto, manage = all, round.jitter = 0, barter.hold-rounds = 1, host.memory { reserve = 0, overcommit = 1.5 } }
        hosts { h1 { memory = 2GiB }, h2 { memory = 2GiB } }
        vms {
          vm1 { host = h1, memory = 1GiB, load = 300 Mbit/s }
          vm2 { host = h1, memory = 1GiB, load = 160 Mbit/s }
        }

        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_expected_is_written_once_and_compared_from_then_on()
    {
        var scenario = Write(Conf);
        var (code, output, _) = await Actormig.SayAsync("sim", "run", scenario);
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Nothing is expected of this scenario yet; --accept writes decisions.log.", output, StringComparison.Ordinal);
        Assert.Contains("h1 migrate (h2); h1-1-1 settled; vm1 to h2 completed", output, StringComparison.Ordinal);
        Assert.Contains("moves       1", output, StringComparison.Ordinal);

        (code, output, _) = await Actormig.SayAsync("sim", "run", scenario, "--accept");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("  1:00 h1 offers h1-1-1: vm1 to h2 (migrate)", File.ReadAllText(Path.Combine(scenario, ScenarioSource.DecisionsFile)), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, (await Actormig.SayAsync("sim", "run", scenario)).Code);

        // Something has changed: it is shown, and the exit code says so.
        Write(Conf + "actormig.mode = observe\n");
        (code, _, var errors) = await Actormig.SayAsync("sim", "run", scenario);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("-   1:00 h1 offers h1-1-1: vm1 to h2 (migrate)", errors, StringComparison.Ordinal);
        Assert.Contains("+   1:00 h1 observing (h2)", errors, StringComparison.Ordinal);

        // Another seed is another run.
        (code, output, _) = await Actormig.SayAsync("sim", "run", scenario, "--seed", "5");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Not compared with decisions.log: that is for seed 1.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_scenario_says_where_and_what_and_nothing_runs()
    {
        var scenario = Write(Conf + "events = [ { at = 3m, kill-agent = h3 } ]");
        var (code, output, errors) = await Actormig.SayAsync("sim", "run", scenario, "--report", _folder.File("report"));
        Assert.Equal((ExitCodes.BadInput, ""), (code, output));
        Assert.Equal($"{scenario}/scenario.conf:8:36: there is no host 'h3'; there are h1, h2.", errors.Trim());
        Assert.False(Directory.Exists(_folder.File("report")));
    }

    [Theory]
    [InlineData("no-such-scenario", "There is no directory 'no-such-scenario' and no shipped scenario of this name; `actormig sim list` shows those that there are.")]
    [InlineData("/", "/ has no scenario.conf; a scenario is a directory with a README.md and a scenario.conf.")]
    public async Task A_scenario_that_is_not_there_is_said(string name, string sentence)
    {
        var (code, _, errors) = await Actormig.SayAsync("sim", "run", name);
        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Equal(sentence, errors.Trim());
    }

    [Fact]
    public async Task A_shipped_scenario_is_not_written_to()
    {
        var (code, _, errors) = await Actormig.SayAsync("sim", "run", "refusal-calm", "--accept");
        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Equal("refusal-calm is built in, so nothing can be written beside it; name its directory instead.", errors.Trim());
    }

    [Fact]
    public async Task Json_is_one_document_and_the_report_one_page()
    {
        var (code, output, errors) = await Actormig.SayAsync("sim", "run", "paper-2", "--json", "--report", _folder.File("report"));
        Assert.Equal((ExitCodes.Ok, ""), (code, errors));
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("isAsExpected").GetBoolean());
        var result = json.RootElement.GetProperty("result");
        Assert.Equal(("paper-2", 7), (result.GetProperty("scenario").GetString(), result.GetProperty("seed").GetInt32()));
        Assert.Equal("swap", result.GetProperty("barters")[0].GetProperty("kind").GetString());
        Assert.Equal(2, result.GetProperty("withoutBartering").GetArrayLength());
        var page = File.ReadAllText(Path.Combine(_folder.File("report"), "index.html"));
        Assert.Equal(2, page.Split("<svg").Length - 1);
        Assert.Contains("threshold 400", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shipped_scenarios_are_listed_with_what_they_show()
    {
        var (code, output, _) = await Actormig.SayAsync("sim", "list");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("refusal-no-room-to-swap", output, StringComparison.Ordinal);
        Assert.Contains("The paper's first scenario: load on one host only, sometimes busy and sometimes calm", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_stopped_says_what_is_known_so_far()
    {
        using var process = Actormig.Start("sim", "run", Write(Conf.Replace("8m", "366d", StringComparison.Ordinal)));
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        // As Ctrl-C; but a process in the background would not hear that.
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Stopped, process.ExitCode);
        Assert.Matches(@"^Stopped after \d+\.\d s of 31622400\.0 s\.", await errors);
        Assert.Contains("moves       1", await output, StringComparison.Ordinal);
    }

    private string Write(string conf)
    {
        var directory = Directory.CreateDirectory(_folder.File("small")).FullName;
        File.WriteAllText(Path.Combine(directory, ScenarioSource.ConfFile), conf);
        File.WriteAllText(Path.Combine(directory, ScenarioSource.ReadmeFile), "# One VM migrates\n");
        return directory;
    }
}
