using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig migration</c>: the migrations that leave from this host and come to it, and those that have.</summary>
internal sealed class MigrationCommands(string socket, bool isJson, TextWriter output)
{
    private const string Unknown = "-";
    private const string NoneHasLeft = "No migration has left from this host.";
    private const string NoneHasCome = "No migration has come to this host.";
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The commands.</summary>
    /// <param name="run">Makes this class from the options that all commands have, and runs what it is given, with errors in sentences.</param>
    public static Command Build(Func<ParseResult, Func<MigrationCommands, Task<int>>, Task<int>> run)
    {
        var migration = new Argument<string>("MIGRATION") { Description = "The migration's name, as list shows it." };
        var last = new Option<int>("--last", "-n") { Description = "How many, the newest.", DefaultValueFactory = _ => 20 };
        var averages = new Option<bool>("--averages") { Description = "Their means instead, for each mode and destination; of all that are known, unless --last says how many." };
        var arrivals = new Option<bool>("--arrivals") { Description = "Those that came to this host instead; their figures are with the hosts that they left." };
        var list = new Command("list", "List the newest migrations that left from this host, with their figures and means.") { last, averages, arrivals };
        list.Validators.Add(r =>
        {
            if (r.GetValue(averages) && r.GetValue(arrivals))
            {
                r.AddError("Say either --averages or --arrivals: the figures of what came are with the hosts that it left.");
            }
        });
        list.SetAction((parsed, stop) => run(parsed, c => parsed.GetValue(averages)
            ? c.AveragesAsync(parsed.GetResult(last) is { Implicit: false } ? parsed.GetValue(last) : int.MaxValue, stop)
            : c.ListAsync(parsed.GetValue(last), parsed.GetValue(arrivals), stop)));
        var show = new Command("show", "Show a migration: its phases, when each began, how it ended and its figures.") { migration };
        show.SetAction((parsed, stop) => run(parsed, c => c.ShowAsync(parsed.GetValue(migration)!, stop)));
        var watch = new Command("watch", "Follow a migration to its end; Ctrl-C stops watching, not the migration.") { migration };
        watch.SetAction((parsed, stop) => run(parsed, c => c.WatchAsync(parsed.GetValue(migration)!, stop)));
        var abort = new Command("abort", "Abort a migration while its guest still runs here; in post-copy none can be aborted.") { migration };
        abort.SetAction((parsed, stop) => run(parsed, c => c.AbortAsync(parsed.GetValue(migration)!, stop)));
        var runsOn = new Option<string?>("--runs-on") { Description = "The host on which its guest runs, or is to go on.", HelpName = "HOST" };
        var lost = new Option<bool>("--lost") { Description = "Its guest is lost; nothing is touched." };
        var yes = new Option<bool>("--yes") { Description = "Do it; without this the plan is shown." };
        var plan = new Option<string?>("--plan") { Description = "The plan that was shown: it is refused if either host shows something else by now.", HelpName = "PLAN" };
        var resolve = new Command("resolve", "Resolve a migration that needs an operator; without an option, show both hosts and what each choice would do.") { migration, runsOn, lost, yes, plan };
        resolve.Validators.Add(r =>
        {
            if (r.GetValue(lost) && r.GetValue(runsOn) is not null)
            {
                r.AddError("Say either --runs-on HOST or --lost.");
            }
        });
        resolve.SetAction((parsed, stop) => run(parsed, c => c.ResolveAsync(
            parsed.GetValue(migration)!, parsed.GetValue(runsOn), parsed.GetValue(lost), parsed.GetValue(yes), parsed.GetValue(plan), stop)));
        return new Command("migration", "Migrations that leave from this host, or come to it.") { list, show, watch, abort, resolve };
    }

    private async Task<int> ListAsync(int last, bool areArrivals, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var all = (await client.MigrationsAsync(last, areArrivals, cancellation).ConfigureAwait(false)).Migrations;
        if (isJson)
        {
            foreach (var migration in all)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(migration, ControlJson.Default.MigrationInfo)).ConfigureAwait(false);
            }

            return ExitCodes.Ok;
        }

        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        foreach (var line in (status.Cases?.Where(c => c.Closed is null) ?? []).Select(NeedsOperator).Concat((status.Foreign ?? []).Select(Foreign)))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (all.Count == 0)
        {
            await output.WriteLineAsync(areArrivals ? NoneHasCome : NoneHasLeft).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        if (areArrivals)
        {
            Table.Write(output, ["MIGRATION", "VM", "FROM", "MODE", "BEGAN", "RESULT", "TOOK"], all.Select(m => (IReadOnlyList<string>)
            [
                m.Plan.Migration, m.Plan.Vm.Name, m.Plan.From, Words.Of(m.Plan.Vm.Mode), Time(m.Phases[0].WallMs, "yyyy-MM-dd HH:mm:ss"), Result(m),
                Duration(m.Phases.FirstOrDefault(p => p.Phase == MigrationPhase.Ended)?.WallMs - m.Phases[0].WallMs),
            ]));
            return ExitCodes.Ok;
        }

        Table.Write(output, ["MIGRATION", "VM", "TO", "MODE", "BEGAN", "RESULT", "TOTAL", "DOWNTIME", "BYTES", "PASSES", "ASKED FOR"], all.Select(m => (IReadOnlyList<string>)
        [
            m.Plan.Migration, m.Plan.Vm.Name, m.Plan.To, Words.Of(m.Plan.Vm.Mode), Time(m.Phases[0].WallMs, "yyyy-MM-dd HH:mm:ss"), Result(m),
            Duration(m.Figures?.TotalMs), Duration(m.Figures?.DowntimeMs), Number(m.Figures?.Bytes), Number(m.Figures?.Iterations), Number(m.Figures?.PostCopyRequests),
        ]));
        await output.WriteLineAsync(Means(all)).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private async Task<int> AveragesAsync(int last, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var all = MigrationAverage.Of((await client.MigrationsAsync(last, areArrivals: false, cancellation).ConfigureAwait(false)).Migrations);
        if (isJson)
        {
            foreach (var average in all)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(average, ControlJson.Default.MigrationAverage)).ConfigureAwait(false);
            }
        }
        else if (all.Count == 0)
        {
            await output.WriteLineAsync(NoneHasLeft).ConfigureAwait(false);
        }
        else
        {
            Table.Write(output, ["MODE", "TO", "ENDED", "COMPLETED", "TOTAL", "DOWNTIME", "BYTES", "PASSES", "ASKED FOR"], all.Select(a => (IReadOnlyList<string>)
            [
                Words.Of(a.Mode), a.To, Number(a.Ended), Number(a.Completed), Duration(Whole(a.TotalMs)), Duration(Whole(a.DowntimeMs)), Number(Whole(a.Bytes)), Tenths(a.Iterations), Tenths(a.PostCopyRequests),
            ]));
        }

        return ExitCodes.Ok;

        static long? Whole(double? mean) => mean is { } known ? (long)Math.Round(known) : null;
        static string Tenths(double? mean) => mean is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : Unknown;
    }

    private async Task<int> ShowAsync(string name, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var m = await client.MigrationAsync(name, cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(m, ControlJson.Default.MigrationInfo)).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        await output.WriteLineAsync($"{m.Plan.Migration}  {m.Plan.Vm.Name}  {m.Plan.From} -> {m.Plan.To}  {Words.Of(m.Plan.Vm.Mode)}  ({Words.Of(m.Plan.Kind)}, leg {m.Plan.Leg})").ConfigureAwait(false);
        for (var i = 0; i < m.Phases.Count; i++)
        {
            var (phase, lasted) = (m.Phases[i], i + 1 < m.Phases.Count ? Words.Duration(m.Phases[i + 1].WallMs - m.Phases[i].WallMs) : "");
            await output.WriteLineAsync($"  {Time(phase.WallMs, "HH:mm:ss.fff")}  {Words.Of(phase.Phase),-10}  {lasted,8}  {phase.Text}".TrimEnd()).ConfigureAwait(false);
        }

        if (m.Progress is { } progress)
        {
            await output.WriteLineAsync($"now     {Progress(progress)}").ConfigureAwait(false);
        }

        if (m.Outcome is not null)
        {
            await output.WriteLineAsync($"result  {Result(m)}: {m.Reason}").ConfigureAwait(false);
        }

        if (m.Case is { Closed: { } closed })
        {
            await output.WriteLineAsync($"resolved by {closed.Person}: {closed.Reason}; {closed.Seen}").ConfigureAwait(false);
        }

        if (m.Figures is { } f)
        {
            await output.WriteLineAsync(
                $"figures total {Duration(f.TotalMs)}, downtime {Duration(f.DowntimeMs)}, {Number(f.Bytes)} bytes, {Number(f.Iterations)} passes, {Number(f.PostCopyRequests)} pages asked for").ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    private async Task<int> WatchAsync(string name, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var said = "";
        try
        {
            while (true)
            {
                var m = await client.MigrationAsync(name, cancellation).ConfigureAwait(false);
                var line = isJson ? JsonSerializer.Serialize(m, ControlJson.Default.MigrationInfo)
                    : m.Outcome is not null ? $"{Result(m)}: {m.Reason}"
                    : m.Progress is null ? Words.Of(m.Phases[^1].Phase)
                    : Progress(m.Progress);
                if (line != said)
                {
                    await output.WriteLineAsync(said = line).ConfigureAwait(false);
                }

                if (m.Outcome is { } outcome)
                {
                    return outcome == LegOutcome.Completed ? ExitCodes.Ok : ExitCodes.Failed;
                }

                await Task.Delay(WatchInterval, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Not watched any more; {name} goes on.").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }

    private async Task<int> AbortAsync(string name, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.AbortAsync(name, cancellation).ConfigureAwait(false);
        if (reply.IsAccepted && await EndAsync(client, name, cancellation).ConfigureAwait(false) is { } ended)
        {
            // libvirt may have been asked too late: what has become of it is what counts.
            reply = ended.Outcome switch
            {
                LegOutcome.Failed => new AbortReply(true, $"{name} is aborted; {ended.Plan.Vm.Name} stays on {ended.Plan.From}"),
                LegOutcome.Completed => new AbortReply(false, $"it was too late: {ended.Plan.Vm.Name} runs on {ended.Plan.To}"),
                _ => new AbortReply(false, $"{Result(ended)}: {ended.Reason}"),
            };
        }

        await (reply.IsAccepted ? output : Console.Error)
            .WriteLineAsync(isJson ? JsonSerializer.Serialize(reply, ControlJson.Default.AbortReply) : (reply.IsAccepted ? "" : "Not aborted: ") + reply.Text + ".")
            .ConfigureAwait(false);
        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

    /// <summary>The end of a migration, if it has one soon.</summary>
    private static async Task<MigrationInfo?> EndAsync(ControlClient client, string name, CancellationToken cancellation)
    {
        const int Looks = 75;
        for (var look = 0; look < Looks; look++)
        {
            if (await client.MigrationAsync(name, cancellation).ConfigureAwait(false) is { Outcome: not null } ended)
            {
                return ended;
            }

            await Task.Delay(WatchInterval, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<int> ResolveAsync(string name, string? runsOn, bool isLost, bool isSure, string? plan, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.ResolveAsync(name, new ResolveRequest(runsOn, isLost, null), cancellation).ConfigureAwait(false);
        var isChosen = runsOn is not null || isLost;
        if (!isJson && reply.View is { } view)
        {
            await ShowCaseAsync(view).ConfigureAwait(false);
        }

        if (reply is { IsAccepted: true, Closed: null, View: { } seen } && isChosen && isSure)
        {
            reply = await client.ResolveAsync(name, new ResolveRequest(runsOn, isLost, plan ?? seen.Seen), cancellation).ConfigureAwait(false);
        }

        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply, ControlJson.Default.ResolveReply)).ConfigureAwait(false);
        }
        else if (!reply.IsAccepted)
        {
            await Console.Error.WriteLineAsync($"Not resolved: {reply.Text}.").ConfigureAwait(false);
        }
        else if (reply.Closed is { } closed)
        {
            await output.WriteLineAsync($"{name} is resolved by {closed.Person}: {closed.Reason}.").ConfigureAwait(false);
        }
        else if (isChosen)
        {
            await output.WriteLineAsync(
                $"Nothing was done. To do it: actormig migration resolve {name} {(isLost ? "--lost" : "--runs-on " + runsOn)} --yes --plan {reply.View!.Seen}").ConfigureAwait(false);
        }

        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

    private async Task ShowCaseAsync(CaseView view)
    {
        var plan = view.Case.Plan;
        await output.WriteLineAsync($"{plan.Migration}  {plan.Vm.Name}  {plan.From} -> {plan.To}  needs an operator since {Time(view.Case.WallMs, "yyyy-MM-dd HH:mm:ss")}").ConfigureAwait(false);
        await output.WriteLineAsync($"why  {view.Case.Reason}").ConfigureAwait(false);
        await output.WriteLineAsync($"now  on {plan.From}: {view.OnSource}").ConfigureAwait(false);
        await output.WriteLineAsync($"     on {plan.To}: {view.OnDestination}").ConfigureAwait(false);
        foreach (var option in view.Options)
        {
            var word = option.Choice switch
            {
                CaseChoice.RunsOnDestination => "--runs-on " + plan.To,
                CaseChoice.RunsOnSource => "--runs-on " + plan.From,
                _ => "--lost",
            };
            await output.WriteLineAsync($"  {word}{(option.IsPossible ? "" : " (refused)")}: {option.Text}").ConfigureAwait(false);
        }

        await output.WriteLineAsync($"plan {view.Seen}").ConfigureAwait(false);
    }

    /// <summary>What waits for a person, in a line that is not overlooked.</summary>
    internal static string NeedsOperator(OperatorCase open) =>
        $"OPERATOR  {open.Plan.Migration}: {open.Plan.Vm.Name} {open.Plan.From} -> {open.Plan.To} needs you since {Time(open.WallMs, "yyyy-MM-dd HH:mm:ss")}, and is not moved until then: actormig migration resolve {open.Plan.Migration}";

    /// <summary>What somebody else has begun.</summary>
    internal static string Foreign(ForeignMigration foreign) =>
        $"foreign   {foreign.Name} {(foreign.IsOutgoing ? "leaves" : "comes")} by somebody else's hand since {Time(foreign.WallMs, "HH:mm:ss")}"
        + (foreign.Figures is { TotalBytes: > 0 and { } total, RemainingBytes: { } left } f
            ? FormattableString.Invariant($": pass {f.Iteration ?? 1}, {100 * (total - Math.Min(left, total)) / total} %, {Words.Memory(left)} left")
            : "");

    /// <summary>A migration's progress in a line.</summary>
    internal static string Progress(MigrationProgressed progress)
    {
        if (progress is not { Phase: MigrationPhase.PreCopy or MigrationPhase.Switching or MigrationPhase.PostCopy, Figures: { TotalBytes: > 0 and { } total, RemainingBytes: { } left } f })
        {
            return $"{Words.Of(progress.Phase)}: {progress.Text}";
        }

        var rate = f.BytePerSecond is > 0 and { } bytePerSecond
            ? $", {Words.Rate(8.0 * bytePerSecond)}, {(progress.Phase == MigrationPhase.PreCopy ? "would stop for" : "done in")} {Words.Duration(1_000 * left / bytePerSecond)}"
            : "";
        var pass = f.Iteration is > 0 and { } number ? FormattableString.Invariant($" pass {number},") : "";
        return FormattableString.Invariant($"{Words.Of(progress.Phase)}:{pass} {100 * (total - Math.Min(left, total)) / total} %, {Words.Memory(left)} left{rate}");
    }

    private static string Means(IReadOnlyList<MigrationInfo> all)
    {
        var figures = all.Where(m => m.Outcome == LegOutcome.Completed).Select(m => m.Figures).OfType<MigrationFigures>().ToArray();
        return $"{Number(all.Count)} migrations, {Number(all.Count(m => m.Outcome == LegOutcome.Completed))} completed"
            + (figures.Length == 0 ? "" : $"; of these on average: total {Mean(f => f.TotalMs, Words.Duration)}, downtime {Mean(f => f.DowntimeMs, Words.Duration)}, {Mean(f => f.Bytes, b => Number(b))} bytes");

        string Mean(Func<MigrationFigures, long?> of, Func<long, string> inWords) =>
            figures.Select(of).OfType<long>().ToArray() is { Length: > 0 } known ? inWords((long)Math.Round(known.Average())) : Unknown;
    }

    private static string Result(MigrationInfo m) => m.Case is { Closed: { } closed } ? $"{Words.Of(LegOutcome.NeedsOperator)}, then {Words.Of(closed.Outcome)}"
        : m.Outcome is { } outcome ? Words.Of(outcome) : Words.Of(m.Progress?.Phase ?? m.Phases[^1].Phase) + " ...";

    private static string Duration(long? ms) => ms is { } known ? Words.Duration(known) : Unknown;

    private static string Number(long? number) => number is { } known ? known.ToString(CultureInfo.InvariantCulture) : Unknown;

    private static string Time(long wallMs, string format) => DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToLocalTime().ToString(format, CultureInfo.InvariantCulture);
}
