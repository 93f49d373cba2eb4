using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim run SCENARIO</c>: plays a scenario and compares what was decided with what was expected.</summary>
internal sealed class SimRunCommand(ScenarioSource source, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Another seed than the scenario's.</summary>
    public ulong? Seed { get; init; }

    /// <summary>True to write one JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>True to take what was decided for what is expected from now on.</summary>
    public bool Accepts { get; init; }

    /// <summary>Where the page goes; null for none.</summary>
    public string? ReportDirectory { get; init; }

    /// <summary>True if progress can be shown.</summary>
    public bool ShowsProgress { get; init; }

    public static Command Build()
    {
        var scenario = new Argument<string>("SCENARIO") { Description = "A scenario's directory, or the name of one that is built in (`actormig sim list`)." };
        var seed = new Option<ulong?>("--seed") { Description = "The seed of all chance, instead of the scenario's own.", HelpName = "N" };
        var report = new Option<string?>("--report") { Description = "Also write an HTML page with charts into this directory.", HelpName = "DIR" };
        var accept = new Option<bool>("--accept") { Description = "Take what was decided for what is expected from now on: writes decisions.log into the scenario's directory." };
        var run = new Command("run", "Play a scenario in virtual time, and compare what was decided with what its decisions.log expects.") { scenario, seed, report, accept };
        run.SetAction((parsed, stop) => Task.FromResult(Guard(() => new SimRunCommand(ScenarioSource.Find(parsed.GetValue(scenario)!), Console.Out, Console.Error)
        {
            Seed = parsed.GetValue(seed),
            IsJson = parsed.GetValue<bool>("--json"),
            Accepts = parsed.GetValue(accept),
            ReportDirectory = parsed.GetValue(report),
            ShowsProgress = !Console.IsErrorRedirected,
        }.Run(stop))));
        return run;
    }

    public int Run(CancellationToken stop)
    {
        var scenario = ScenarioReader.Read(source);
        if (Accepts && source.Directory is null)
        {
            throw new HoconException($"{source.Name} is built in, so nothing can be written beside it; name its directory instead.");
        }

        var expected = source.Text(ScenarioSource.DecisionsFile);
        var result = ScenarioRunner.Run(scenario, Seed ?? scenario.Seed, Progress(scenario), stop);
        var isCompared = result.IsComplete && !Accepts && expected is not null && result.Seed == scenario.Seed;
        var differences = isCompared ? LineDifference.Of(expected!.TrimEnd('\n').Split('\n'), result.Decisions) : [];
        if (IsJson)
        {
            output.WriteLine(JsonSerializer.Serialize(new ScenarioReply(result, isCompared ? differences.Count == 0 : null, differences), SimulationOutput.Json.ScenarioReply));
        }
        else
        {
            ScenarioText.WriteRounds(result, scenario.Hosts[0].Options.RoundMs, output);
            ScenarioText.WriteSummary(result, output);
        }

        WriteReport(scenario, result);
        if (!result.IsComplete)
        {
            errors.WriteLine(result.Violations.Count > 0
                ? $"What must always hold was broken after {Words.Duration(result.DurationMs)}."
                : $"Stopped after {Words.Duration(result.DurationMs)} of {Words.Duration(scenario.DurationMs)}.");
            return ExitCodes.Failed;
        }

        return result.Violations.Count > 0 ? ExitCodes.Failed : Judge(scenario, result, expected, differences);
    }

    private int Judge(Scenario scenario, ScenarioResult result, string? expected, IReadOnlyList<string> differences)
    {
        if (Accepts)
        {
            Write(source.Directory!, ScenarioSource.DecisionsFile, string.Join('\n', result.Decisions) + "\n");
            Say($"{ScenarioSource.DecisionsFile} is written: {result.Decisions.Count.ToString(CultureInfo.InvariantCulture)} lines.");
        }
        else if (expected is null)
        {
            Say($"Nothing is expected of this scenario yet; --accept writes {ScenarioSource.DecisionsFile}.");
        }
        else if (result.Seed != scenario.Seed)
        {
            Say(FormattableString.Invariant($"Not compared with {ScenarioSource.DecisionsFile}: that is for seed {scenario.Seed}."));
        }
        else if (differences.Count > 0)
        {
            errors.WriteLine($"It decided otherwise than {ScenarioSource.DecisionsFile} expects (- expected, + decided):");
            foreach (var line in differences)
            {
                errors.WriteLine(line);
            }

            return ExitCodes.Failed;
        }
        else
        {
            Say("It decided what was expected.");
        }

        return ExitCodes.Ok;
    }

    private void WriteReport(Scenario scenario, ScenarioResult result)
    {
        if (ReportDirectory is { } directory)
        {
            const string File = "index.html";
            Write(directory, File, ScenarioReport.Of(scenario, result, source.Text(ScenarioSource.ReadmeFile) ?? ""));
            Say($"The report is {Path.Combine(directory, File)}.");
        }
    }

    private void Say(string sentence)
    {
        if (!IsJson)
        {
            output.WriteLine(sentence);
        }
    }

    /// <summary>Long work shows how far it is, where a person looks.</summary>
    private Action<double>? Progress(Scenario scenario)
    {
        if (!ShowsProgress)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        var nextAt = ProgressInterval;
        return share =>
        {
            if (clock.Elapsed >= nextAt && share < 1)
            {
                nextAt = clock.Elapsed + ProgressInterval;
                errors.Write(string.Create(CultureInfo.InvariantCulture, $"\r{scenario.Name}: {share * 100:0} % \r"));
            }
        };
    }

    private static void Write(string directory, string file, string text)
    {
        var path = Path.Combine(directory, file);
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException($"{path} cannot be written: {e.Message}");
        }
    }

    private static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (HoconException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.BadInput;
        }
    }
}
