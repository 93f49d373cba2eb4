using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Simulation.Bench;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim bench</c>: worlds of 100, 1,000 and 10,000 hosts until they are quiet; what that costs, and how it grows.</summary>
internal sealed class SimBenchCommand(BenchOptions options, TextWriter output, TextWriter errors)
{
    private const int HostsMax = 100_000;

    /// <summary>True to write JSON, one object a line.</summary>
    public bool IsJson { get; init; }

    /// <summary>Where the page goes; null for none.</summary>
    public string? ReportDirectory { get; init; }

    /// <summary>True if a line on the terminal can be written again and again.</summary>
    public bool IsTerminal { get; init; }

    public static Command Build()
    {
        var hosts = new Option<string>("--hosts") { Description = "How many hosts each world has.", HelpName = "N,N", DefaultValueFactory = _ => "100,1000,10000" };
        var seed = new Option<ulong>("--seed") { Description = "The seed of all chance.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var report = new Option<string?>("--report") { Description = "Also write an HTML page with charts into this directory.", HelpName = "DIR" };
        var objects = new Option<int?>("--objects-from")
        {
            Description = "From how many hosts on messages cross as objects: quicker than as JSON, and the same happens.", HelpName = "HOSTS",
        };
        var bench = new Command("bench", "Play clusters of different sizes until they are quiet: time, memory, rounds, messages per host and round.") { hosts, seed, report, objects };
        bench.SetAction((parsed, stop) => Task.Run(
            () => Parse(parsed.GetValue(hosts)!) is { } sizes
                ? new SimBenchCommand(
                    new BenchOptions { Hosts = sizes, Seed = parsed.GetValue(seed), ObjectsFromHosts = parsed.GetValue(objects) ?? int.MaxValue }, Console.Out, Console.Error)
                {
                    IsJson = parsed.GetValue<bool>("--json"),
                    ReportDirectory = parsed.GetValue(report),
                    IsTerminal = !Console.IsErrorRedirected,
                }.Run(stop)
                : Refuse($"--hosts is '{parsed.GetValue(hosts)}'; write numbers from 2 to {HostsMax} with commas between, such as 100,1000."),
            CancellationToken.None));
        return bench;
    }

    /// <summary>The sizes, smallest first; null if they are none.</summary>
    public static IReadOnlyList<int>? Parse(string hosts)
    {
        var sizes = new SortedSet<int>();
        foreach (var part in hosts.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 2 or > HostsMax)
            {
                return null;
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }

    /// <summary>Plays, and writes what is known at the end, also if that is early.</summary>
    public int Run(CancellationToken stop)
    {
        var results = new List<BenchResult>();
        foreach (var hosts in options.Hosts)
        {
            if (stop.IsCancellationRequested)
            {
                break;
            }

            var result = SimBench.Play(options, hosts, Progress(), stop);
            Clear();
            results.Add(result);
            if (IsJson)
            {
                output.WriteLine(JsonSerializer.Serialize(result, BenchJson.Default.BenchResult));
            }

            // The next world is measured without the last one's garbage.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        var targets = SimBench.Targets(results);
        Write(results, targets);
        var violations = results.SelectMany(r => r.Violations.Select(v => FormattableString.Invariant($"{r.Hosts} hosts: {v}"))).ToArray();
        foreach (var violation in violations)
        {
            errors.WriteLine(violation);
        }

        if (ReportDirectory is { } directory && !TryWriteReport(directory, results))
        {
            return ExitCodes.BadInput;
        }

        var isStopped = stop.IsCancellationRequested;
        if (isStopped)
        {
            errors.WriteLine("Stopped; this is what was known so far.");
        }

        return isStopped ? ExitCodes.Stopped
            : violations.Length > 0 || targets.Any(t => !t.IsMet) || results.Any(r => r.End != BenchEnd.Quiet) ? ExitCodes.Failed
            : ExitCodes.Ok;
    }

    private static int Refuse(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return ExitCodes.BadInput;
    }

    private void Write(List<BenchResult> results, IReadOnlyList<BenchTarget> targets)
    {
        if (IsJson)
        {
            foreach (var target in targets)
            {
                output.WriteLine(JsonSerializer.Serialize(target, BenchJson.Default.BenchTarget));
            }

            return;
        }

        foreach (var note in BenchReport.Notes(options))
        {
            output.WriteLine(note);
        }

        output.WriteLine();
        Table.Write(output, BenchReport.Head(results), BenchReport.Rows(results));
        output.WriteLine();
        foreach (var line in results.SelectMany(r => r.StillOver.Select(l => FormattableString.Invariant($"of {r.Hosts:N0} hosts still over: {l}"))))
        {
            output.WriteLine(line);
        }

        foreach (var target in targets)
        {
            output.WriteLine($"{(target.IsMet ? "PASS" : "MISSED")}  {target.Text}");
        }
    }

    private bool TryWriteReport(string directory, List<BenchResult> results)
    {
        var path = Path.Combine(directory, "index.html");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(path, BenchReport.Html(options, results));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{path} cannot be written: {e.Message}");
            return false;
        }

        if (!IsJson)
        {
            output.WriteLine($"The report is {path}.");
        }

        return true;
    }

    /// <summary>On a terminal one line that is written again; else a line now and then.</summary>
    private Action<BenchProgress> Progress()
    {
        var interval = TimeSpan.FromSeconds(IsTerminal ? 0.25 : 10);
        var (clock, nextAt) = (Stopwatch.StartNew(), TimeSpan.Zero);
        return p =>
        {
            if (clock.Elapsed < nextAt)
            {
                return;
            }

            nextAt = clock.Elapsed + interval;
            var line = p.Round == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{p.Hosts:N0} hosts: placing the VMs")
                : string.Create(CultureInfo.InvariantCulture, $"{p.Hosts:N0} hosts: round {p.Round}, {p.HostsOver:N0} over, {p.Moves:N0} VMs moved, {Words.Memory(p.PeakBytes)}, {clock.Elapsed.TotalSeconds:0} s");
            if (IsTerminal)
            {
                errors.Write("\r\x1b[K" + line);
            }
            else
            {
                errors.WriteLine(line);
            }
        };
    }

    private void Clear()
    {
        if (IsTerminal)
        {
            errors.Write("\r\x1b[K");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(KebabCase<BenchEnd>)])]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(BenchTarget))]
internal sealed partial class BenchJson : JsonSerializerContext;
