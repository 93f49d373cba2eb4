using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Simulation;
using ActorMig.Simulation;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim campaign</c>: random clusters, loads, policies and faults, and what must hold whatever crashes.</summary>
internal sealed class SimCampaignCommand(CampaignOptions options, bool isJson, TextWriter output, TextWriter errors)
{
    /// <summary>A thousand seeds must have met every cell that can happen; fewer need not.</summary>
    private const int SeedsForAllCells = 1_000;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);
    private readonly CampaignSummary _summary = new();

    /// <summary>True if progress can be shown.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>True to play on after a seed that fails.</summary>
    public bool KeepsGoing { get; init; }

    public static Command Build()
    {
        var seeds = new Option<int>("--seeds") { Description = "How many seeds.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var first = new Option<ulong>("--first-seed") { Description = "The first of them.", HelpName = "K", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "One seed: shows what it draws and all that is decided.", HelpName = "K" };
        var jobs = new Option<int>("--jobs") { Description = "How many at a time; the output is the same.", HelpName = "J", DefaultValueFactory = _ => 1 };
        var seconds = new Option<double?>("--seconds") { Description = "Begin no further seed after so many seconds.", HelpName = "S" };
        var only = new Option<string?>("--only-events") { Description = "Only these events of what is drawn, as the command that repeats a failure says: 3,7,9, or none.", HelpName = "LIST" };
        var without = new Option<string?>("--without-hosts") { Description = "Without these hosts and what is on them at the start.", HelpName = "LIST" };
        var about = new Option<string?>("--about") { Description = "With --seed, also each journaled event and each message between hosts that contains this: a migration's name, or a VM's UUID.", HelpName = "TEXT" };
        var goOn = new Option<bool>("--keep-going") { Description = "Play on after a seed that fails, and say of each what broke; only the first is made smaller." };
        var command = new Command(
            "campaign", "Play random clusters, loads and faults, check after every step what must always hold, and shrink what fails to one command.")
        {
            seeds, first, seed, jobs, seconds, only, without, about, goOn,
        };
        command.SetAction((parsed, stop) =>
        {
            var one = parsed.GetValue(seed);
            var wrong = parsed.GetValue(seeds) < 1 || parsed.GetValue(jobs) < 1 ? "--seeds and --jobs are 1 or more."
                : one is null && (parsed.GetValue(only) ?? parsed.GetValue(without) ?? parsed.GetValue(about)) is not null ? "--only-events, --without-hosts and --about need --seed."
                : ReadNumbers(parsed.GetValue(only)) is [-1] ? $"--only-events takes numbers with commas between them, or none; '{parsed.GetValue(only)}' is neither."
                : null;
            if (wrong is not null)
            {
                Console.Error.WriteLine(wrong);
                return Task.FromResult(ExitCodes.BadInput);
            }

            var options = new CampaignOptions(one ?? parsed.GetValue(first), one is null ? parsed.GetValue(seeds) : 1, parsed.GetValue(jobs))
            {
                Seconds = parsed.GetValue(seconds),
                OnlyEvents = ReadNumbers(parsed.GetValue(only)),
                About = parsed.GetValue(about),
                WithoutHosts = parsed.GetValue(without)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            };
            var run = new SimCampaignCommand(options, parsed.GetValue<bool>("--json"), Console.Out, Console.Error) { ShowsProgress = !Console.IsErrorRedirected, KeepsGoing = parsed.GetValue(goOn) };
            return Task.Run(() => one is null ? run.PlayMany(stop) : run.PlayOne(stop), CancellationToken.None);
        });
        return command;
    }

    /// <summary>The numbers of a list; null without one; a single -1 if it is none.</summary>
    private static int[]? ReadNumbers(string? list)
    {
        if (list is null or "none")
        {
            return list is null ? null : [];
        }

        var parts = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. parts.Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
            : [-1];
    }

    private int PlayOne(CancellationToken stop)
    {
        foreach (var line in Campaign.Describe(options, options.FirstSeed))
        {
            Say(line);
        }

        var (result, log) = Campaign.PlayOne(options, stop);
        foreach (var line in log)
        {
            Say(line);
        }

        _summary.Add(result);
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(new CampaignReply([SeedReply.Of(result, null)], CampaignReply.CellsOf(result.Coverage)), CampaignOutput.Json.CampaignReply));
        }
        else
        {
            output.WriteLine(CampaignText.Line(result));
        }

        return stop.IsCancellationRequested ? ExitCodes.Stopped : result.Violation is null ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private int PlayMany(CancellationToken stop)
    {
        var replies = new List<SeedReply>();
        var (clock, nextAt, failed) = (Stopwatch.StartNew(), ProgressInterval, (SeedResult?)null);
        Campaign.Play(
            options,
            result =>
            {
                _summary.Add(result);
                failed ??= result.Violation is null ? null : result;
                if (isJson && result != failed)
                {
                    replies.Add(SeedReply.Of(result, null));
                }
                else if (KeepsGoing && result.Violation is not null)
                {
                    Say(CampaignText.Line(result));
                }

                if (ShowsProgress && clock.Elapsed >= nextAt)
                {
                    nextAt = clock.Elapsed + ProgressInterval;
                    errors.Write(string.Create(CultureInfo.InvariantCulture, $"\r{_summary.Seeds} of {options.Seeds} seeds \r"));
                }

                return failed is null || KeepsGoing;
            },
            stop);
        var command = failed is null ? null : Tell(failed, stop);
        if (isJson)
        {
            if (failed is not null)
            {
                replies.Add(SeedReply.Of(failed, command));
            }

            output.WriteLine(JsonSerializer.Serialize(new CampaignReply(replies, CampaignReply.CellsOf(_summary.Coverage)), CampaignOutput.Json.CampaignReply));
        }
        else
        {
            CampaignText.Write(_summary, output);
        }

        errors.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_summary.Seeds} seeds in {clock.Elapsed.TotalSeconds:0.0} s, {Environment.CpuUsage.TotalTime.TotalSeconds / Math.Max(1, _summary.Seeds):0.00} s of CPU each"));
        if (stop.IsCancellationRequested)
        {
            errors.WriteLine("Stopped; this is what was known so far.");
            return ExitCodes.Stopped;
        }

        if (failed is not null)
        {
            return ExitCodes.Failed;
        }

        var empty = _summary.EmptyCells();
        if (_summary.Seeds >= SeedsForAllCells && empty.Count > 0)
        {
            errors.WriteLine($"{empty.Count} cells that can happen are empty after {_summary.Seeds} seeds: the faults are too weak, or the list of cells that cannot happen is too short.");
            return ExitCodes.Failed;
        }

        return ExitCodes.Ok;
    }

    /// <summary>A failing seed: what it drew, what broke, and the one command that repeats it with as little as possible.</summary>
    private string Tell(SeedResult failed, CancellationToken stop)
    {
        foreach (var line in Campaign.Describe(options, failed.Seed))
        {
            Say(line);
        }

        Say(failed.Violation!);
        errors.WriteLine($"Seed {failed.Seed} fails; it is made smaller.");
        var (smaller, tries) = Campaign.Shrink(options, failed, stop);
        var command = CampaignText.Command(smaller);
        Say(string.Create(CultureInfo.InvariantCulture, $"after {tries} tries, {smaller.OnlyEvents!.Count} events and {smaller.WithoutHosts.Count} hosts less fail alike; this repeats it:"));
        Say(command);
        return command;
    }

    private void Say(string line)
    {
        if (!isJson)
        {
            output.WriteLine(line);
        }
    }
}
