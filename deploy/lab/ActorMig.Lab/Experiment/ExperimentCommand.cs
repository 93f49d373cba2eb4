using System.CommandLine;
using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary><c>deploy/lab/experiment</c>: paper A's experiment, and its report.</summary>
internal static class ExperimentCommand
{
    private const int SmallMigrations = 2;
    private const string LinesFile = "trials.jsonl";

    /// <summary>The command and its options.</summary>
    public static Command Create(Option<string> repository)
    {
        var small = new Option<bool>("--small") { Description = "A version for CI: small guests, a few minutes." };
        var pairs = new Option<int>("--pairs") { Description = "Migrations by hybrid, and as many by virsh, twice, in the cell with the musts.", DefaultValueFactory = _ => Verdict.PairsNeeded };
        var repetitions = new Option<int>("--repetitions") { Description = "Migrations by each mode in every other cell, and by the other modes in that one.", DefaultValueFactory = _ => 3 };
        var cells = new Option<string[]>("--cell") { Description = $"WORKLOAD,GB,GBIT, such as {Cell.Chosen.Name}; can be given again. Without it: all {Cell.Matrix.Count}.", DefaultValueFactory = _ => [] };
        var modes = new Option<string>("--modes") { Description = $"Of {string.Join(",", Competitor.All.Select(m => m.Name))}.", DefaultValueFactory = _ => string.Join(',', Competitor.Usual.Select(m => m.Name)) };
        var seed = new Option<int>("--seed") { Description = "Seeds the order in which modes take turns.", DefaultValueFactory = _ => 1 };
        var limit = new Option<int>("--limit") { Description = "Minutes after which nothing more is begun.", DefaultValueFactory = _ => 24 * 60 };
        var output = new Option<string>("--out") { Description = "Where the report and trials.jsonl go.", DefaultValueFactory = _ => "" };
        var again = new Option<string>("--report") { Description = "Make the report anew from such a folder, also of a run that was interrupted; nothing is migrated.", DefaultValueFactory = _ => "" };
        var command = new Command("experiment", "Paper A's experiment: guests at work, migrated by ActorMig and by virsh.")
        {
            small, pairs, repetitions, cells, modes, seed, limit, output, again, repository,
        };
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(again) is { Length: > 0 } folder)
            {
                return Task.FromResult(ReportAgain(folder));
            }

            var isSmall = parsed.GetValue(small);
            var given = parsed.GetValue(cells)!.Select(Cell.Parse).Distinct().ToArray();
            bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
            var options = new ExperimentOptions(
                isSmall,
                given.Length > 0 ? given : isSmall ? Cell.Small : Cell.Matrix,
                Competitor.Parse(parsed.GetValue(modes)!),
                Positive("--pairs", isSmall && !IsGiven(pairs) ? SmallMigrations : parsed.GetValue(pairs)),
                Positive("--repetitions", isSmall && !IsGiven(repetitions) ? SmallMigrations : parsed.GetValue(repetitions)),
                parsed.GetValue(seed),
                TimeSpan.FromMinutes(Positive("--limit", parsed.GetValue(limit))));
            var root = parsed.GetValue(repository)!;
            var directory = parsed.GetValue(output) is { Length: > 0 } named ? named : Path.Combine(root, "artifacts", "experiment");
            return RunAsync(root, directory, options, Console.WriteLine, stop);
        });
        return command;
    }

    /// <summary>Makes the experiment, writes its report, and says what came of it.</summary>
    /// <returns>0 if no must was missed.</returns>
    public static async Task<int> RunAsync(string repository, string directory, ExperimentOptions options, Action<string> say, CancellationToken stop)
    {
        await using var lab = await Lab.StartAsync(repository, text => say("experiment: " + text), GuestShape.Usual, cancellation: stop);
        return await RunAsync(lab, directory, options, say, stop);
    }

    /// <summary>The same in a lab that is there already.</summary>
    public static async Task<int> RunAsync(Lab lab, string directory, ExperimentOptions options, Action<string> say, CancellationToken stop)
    {
        Directory.CreateDirectory(directory);
        var lines = new List<Line>();
        await using var file = new StreamWriter(Path.Combine(directory, LinesFile), append: false) { AutoFlush = true };
        void Write(Line line)
        {
            lines.Add(line);
            file.WriteLine(line.ToJson());
        }

        try
        {
            Write(new RunLine(
                Heartbeats.NowMs, lab.Machine, Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20, Versions(lab), options.Seed, options.IsSmall,
                options.ChosenCell?.Name ?? ""));
            await new Runner(lab, options, Write, text => say("experiment: " + text)).RunAsync(stop);
        }
        finally
        {
            if (lines.OfType<Trial>().Any())
            {
                WriteReport(directory, lines, say);
            }
        }

        var results = new Results(lines);
        var isWhole = results.Cells.All(c => c.Line is { TookMs: not null, Problem: null }) && results.Trials.All(t => t.Problem is null);
        return Verdict.Of(results).Any(v => v is { IsMust: true, IsMet: false }) || !isWhole ? 1 : 0;
    }

    private static int ReportAgain(string folder)
    {
        var path = Path.Combine(folder, LinesFile);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"There is no {path}, so there is nothing to report.");
        }

        var lines = new List<Line>();
        foreach (var (text, number) in File.ReadLines(path).Select((text, i) => (text, i + 1)))
        {
            try
            {
                lines.Add(Line.Parse(text));
            }
            catch (System.Text.Json.JsonException e)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Line {number} of {path} cannot be read: {e.Message}"));
            }
        }

        WriteReport(folder, lines, Console.WriteLine);
        return 0;
    }

    private static void WriteReport(string directory, IReadOnlyList<Line> lines, Action<string> say)
    {
        var results = new Results(lines);
        var text = TextReport.Of(results);
        File.WriteAllText(Path.Combine(directory, "report.txt"), text);
        File.WriteAllText(Path.Combine(directory, "report.html"), ExperimentHtml.Of(results));
        say("");
        say(text);
        say($"Report: {directory}/report.html, report.txt and {LinesFile}");
    }

    private static string Versions(Lab lab)
    {
        var said = lab.Hosts[0].Virsh("version").Split('\n').Where(l => l.StartsWith("Using library", StringComparison.Ordinal) || l.StartsWith("Running hypervisor", StringComparison.Ordinal))
            .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
        return string.Join(", ", said.Prepend("Linux " + Environment.OSVersion.Version));
    }

    private static int Positive(string option, int value) =>
        value is > 0 and <= 100_000 ? value : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; that is a number from 1 up."));
}
