using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent.Configuration;
using Spectre.Console;

namespace ActorMig.Lab;

/// <summary><c>deploy/lab/run</c>: makes the lab, plays the story, shows it, and writes the report.</summary>
internal static class StoryCommand
{
    /// <summary>The story, with its lab, must not take longer once everything is installed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    public static async Task<int> RunAsync(string repository, string output, ulong seed, bool keep, CancellationToken stop)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 160;
        }

        var directory = output.Length > 0 ? output : Path.Combine(repository, "artifacts", "lab");
        Directory.CreateDirectory(directory);
        void Say(string text) => Console.WriteLine("lab: " + text);
        Say($"scale {Report.ScaleText}, seed {seed}");
        await using var lab = await Lab.StartAsync(repository, Say, GuestShape.Usual, LabSize.Usual with { IsCluster = true }, stop);
        await lab.BootAsync(Say, cancellation: stop);
        Say(lab.Hosts[0].Engine is { Length: > 0 } engine ? $"starting two agents on the engine {engine}" : "starting two agents");
        var log = new LabLog();
        await lab.StartAgentsAsync(seed, cancellation: stop);
        var followers = lab.Hosts.Select(h => new JournalFollower(h, log.Add)).ToArray();
        var view = new StoryView(lab, log);
        var story = new Story(lab, log, view);
        try
        {
            await PlayAsync(story, view, log, stop);
        }
        finally
        {
            foreach (var follower in followers)
            {
                await follower.DisposeAsync();
            }
        }

        var threshold = ConfigurationLoader.Load(lab.Hosts[0].Dir + "/actormig.conf").Core.Threshold;
        var problems = story.Problems.ToList();
        var report = Report.Gather(lab, log, story.Phases, problems, seed, threshold);
        problems.AddRange(ProblemsOf(report));
        var took = DateTime.Now - Process.GetCurrentProcess().StartTime;
        if (took > Limit)
        {
            problems.Add($"It took {took.TotalSeconds:0} s, which is more than {Limit.TotalSeconds:0} s; is this machine busy with something else?");
        }

        report = report with { Ok = problems.Count == 0 };
        await File.WriteAllTextAsync(Path.Combine(directory, "report.json"), report.ToJson(), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(directory, "report.html"), ReportHtml.Of(report), CancellationToken.None);
        foreach (var host in lab.Hosts)
        {
            File.Copy(host.AgentLog, Path.Combine(directory, host.Name + ".log"), overwrite: true);
        }

        Show(report, directory);
        lab.IsKept = keep && report.Ok;
        if (keep && !report.Ok)
        {
            Say("removed in spite of --keep, because not all of it happened");
        }
        else if (keep)
        {
            Say($"left running; try: ip netns exec {LabNames.Namespace("h1")} {Lab.AgentProgram()} status --socket {lab.Hosts[0].Socket}");
            Say("end it with: deploy/lab/run --down");
        }

        return report.Ok ? 0 : 1;
    }

    private static async Task PlayAsync(Story story, StoryView view, LabLog log, CancellationToken stop)
    {
        var play = story.PlayAsync(stop);
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            await FollowInLinesAsync(play, view, log, stop);
            return;
        }

        await AnsiConsole.Live(Text.Empty).AutoClear(false).StartAsync(async live =>
        {
            while (!play.IsCompleted)
            {
                await view.RefreshAsync(stop);
                live.UpdateTarget(view.Render());
                await Task.WhenAny(play, Task.Delay(250, stop));
            }
        });
        await play;
    }

    /// <summary>Where there is no terminal: what happens, a line each.</summary>
    private static async Task FollowInLinesAsync(Task play, StoryView view, LabLog log, CancellationToken stop)
    {
        var shown = 0;
        var phase = "";
        var decisions = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            if (view.Phase != phase)
            {
                phase = view.Phase;
                Console.WriteLine($"--- {phase}: {view.Expects}");
            }

            var all = log.All;
            foreach (var line in all.Skip(shown))
            {
                var text = StoryView.Line(line);
                if (line.Message is ActorMig.Edges.RoundDecided decided && decisions.GetValueOrDefault(line.Host) != decided.Answer)
                {
                    decisions[line.Host] = decided.Answer;
                    text = $"decides {decided.Answer}: {decided.Reason}";
                }

                if (text is not null)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(line.WallMs - log.StartMs) / 1000.0,7:0.0}  {line.Host}  {text}"));
                }
            }

            shown = all.Count;
            if (play.IsCompleted)
            {
                await play;
                return;
            }

            await Task.WhenAny(play, Task.Delay(250, stop));
        }
    }

    private static IEnumerable<string> ProblemsOf(Report report)
    {
        foreach (var g in report.Guests)
        {
            if (!g.Alive || g.Copies != 1)
            {
                yield return $"{g.Name} should be alive exactly once: {g.Copies} copies, {(g.Alive ? "alive" : "not alive")}.";
            }

            if (g.CountersMissing > 0 || g.CountersDouble > 0 || g.CountersWritten == 0)
            {
                yield return $"{g.Name} wrote {g.CountersWritten} numbers; {g.CountersMissing} are missing and {g.CountersDouble} double.";
            }
        }

        foreach (var m in report.Migrations.Where(m => m.Outcome != "completed"))
        {
            yield return $"Migration {m.Id} of {m.Vm} ended as {m.Outcome ?? "nothing"}.";
        }

        if (report.Migrations.All(m => m.Mode != "hybrid (post-copy)"))
        {
            yield return "No migration reached post-copy.";
        }
    }

    private static void Show(Report report, string directory)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Migrations") };
        foreach (var column in (string[])["migration", "VM", "way", "mode", "outcome", "total", "downtime", "guest gap", "bytes"])
        {
            table.AddColumn(column);
        }

        foreach (var m in report.Migrations)
        {
            table.AddRow(
                m.Id, m.Vm, $"{m.From} → {m.To}", Markup.Escape(m.Mode), m.Outcome ?? "-", Ms(m.TotalMs), Ms(m.DowntimeMs), Ms(m.GuestGapMs),
                m.Bytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "-");
        }

        AnsiConsole.Write(table);
        foreach (var phase in report.Phases)
        {
            AnsiConsole.MarkupLineInterpolated($"{(phase.Ok ? "yes" : "NO ")}  {phase.Name,-10} {phase.Expects}: {phase.Saw}");
        }

        foreach (var g in report.Guests)
        {
            AnsiConsole.MarkupLineInterpolated($"{g.Name} on {g.Host ?? "?"}: {(g.Alive ? "alive" : "NOT ALIVE")}, {g.Copies} copy, {g.CountersWritten} numbers, {g.CountersMissing} missing, {g.CountersDouble} double");
        }

        foreach (var problem in report.Problems)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]");
        }

        AnsiConsole.MarkupLineInterpolated($"{(report.Ok ? "All of it happened." : "Not all of it happened.")} Report: {directory}/report.html");
    }

    private static string Ms(long? ms) => ms is null ? "-" : ms.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms";
}
