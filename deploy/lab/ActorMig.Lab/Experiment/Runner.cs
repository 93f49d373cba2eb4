using System.Diagnostics;
using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>Makes the experiment: a cell after the other, each with a guest of its own, and writes down each migration as soon as it is over.</summary>
internal sealed class Runner(Lab lab, ExperimentOptions options, Action<Line> write, Action<string> say)
{
    private const int CalmMsMin = 2_000;

    /// <summary>A look as long as the migration would be fairer to migrations of half a minute, and would double the time of the whole.</summary>
    private const int CalmMsMax = 10_000;
    private readonly LabLog _log = new();

    public async Task RunAsync(CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        foreach (var gbitPerSecond in options.Cells.Select(c => c.LinkGbitPerSecond).Distinct())
        {
            Link.Shape(lab.Hosts, gbitPerSecond);
            var link = new LinkLine(
                gbitPerSecond, await Link.MeasureAsync(lab.Hosts[0], lab.Hosts[1], stop), await Link.MeasureAsync(lab.Hosts[1], lab.Hosts[0], stop));
            write(link);
            say(string.Create(CultureInfo.InvariantCulture, $"link shaped to {gbitPerSecond:0.##} Gbit/s: carries {link.ThereGbitPerSecond:0.00} there and {link.BackGbitPerSecond:0.00} back"));
        }

        await lab.StartAgentsAsync((ulong)options.Seed, "experiment.conf", cancellation: stop);
        await using var stream = new VideoStream();
        await using var watch = new LibvirtWatch(lab.Hosts);
        var followers = lab.Hosts.Select(h => new JournalFollower(h, _log.Add)).ToArray();
        try
        {
            var runner = new TrialRunner(lab, watch, new Mover(_log));
            foreach (var cell in options.Cells)
            {
                if (clock.Elapsed >= options.Limit)
                {
                    say($"{cell.Text}: left out, since the limit of {options.Limit.TotalMinutes:0} minutes is over");
                    continue;
                }

                await RunCellAsync(runner, cell, () => clock.Elapsed >= options.Limit, stop);
            }
        }
        finally
        {
            foreach (var follower in followers)
            {
                await follower.DisposeAsync();
            }

            foreach (var host in lab.Hosts)
            {
                await host.StopAgentAsync();
            }

            Link.Clear(lab.Hosts);
        }
    }

    private async Task RunCellAsync(TrialRunner runner, Cell cell, Func<bool> isTimeUp, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        say($"{cell.Text}: booting the guest and writing {cell.FilledMiB} MiB of its memory");
        Link.Shape(lab.Hosts, cell.LinkGbitPerSecond);
        var guest = await CellGuest.StartAsync(lab, cell, stop);
        var pass = new PassTime(0);
        try
        {
            pass = await runner.TryOutAsync(guest, stop);
            write(new CellLine(cell.Name, pass.Ms));
            say(string.Create(CultureInfo.InvariantCulture, $"{cell.Text}: a pass takes {pass.Ms / 1000.0:0.0} s"));
            await RunBlocksAsync(runner, guest, cell, pass, isTimeUp, stop);
            write(new CellLine(cell.Name, pass.Ms, clock.ElapsedMilliseconds, isTimeUp() ? $"the limit of {options.Limit.TotalMinutes:0} minutes was over" : null));
        }
        catch (InvalidOperationException e)
        {
            write(new CellLine(cell.Name, pass.Ms, clock.ElapsedMilliseconds, e.Message));
            say($"{cell.Text}: ended early: {e.Message}");
        }
        finally
        {
            guest.End();
        }
    }

    private async Task RunBlocksAsync(TrialRunner runner, CellGuest guest, Cell cell, PassTime pass, Func<bool> isTimeUp, CancellationToken stop)
    {
        var blocks = Plan.Blocks([.. options.Modes.Select(m => (m, options.Migrations(cell, m)))], options.Seed);
        var walls = new List<double> { 2 * pass.Ms };
        for (var block = 0; block < blocks.Count; block++)
        {
            if (isTimeUp())
            {
                return;
            }

            foreach (var (mode, migrations) in blocks[block])
            {
                for (var migration = 0; migration < migrations; migration++)
                {
                    var trial = await runner.RunAsync(
                        guest, mode, cell.Name, block, runner.IsAway(guest), pass, Math.Clamp((long)Statistics.Median(walls), CalmMsMin, CalmMsMax), stop);
                    walls.Add(trial.WallMs);
                    write(trial);
                    say(string.Create(CultureInfo.InvariantCulture, $"{cell.Name} {block + 1}/{blocks.Count} {TextReport.Line(trial)}"));
                    if (trial.IsLost)
                    {
                        throw new InvalidOperationException($"{mode.Name} from {trial.From}: {trial.Problem}");
                    }

                    if (trial.Problem is not null)
                    {
                        // The guest is where it was.
                        break;
                    }
                }
            }
        }
    }
}
