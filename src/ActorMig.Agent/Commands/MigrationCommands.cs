using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig migration</c>: the migrations that leave from this host, and those that have left.</summary>
internal sealed class MigrationCommands(string socket, bool isJson, TextWriter output)
{
    private const string Unknown = "-";
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The commands.</summary>
    /// <param name="run">Makes this class from the options that all commands have, and runs what it is given, with errors in sentences.</param>
    public static Command Build(Func<ParseResult, Func<MigrationCommands, Task<int>>, Task<int>> run)
    {
        var migration = new Argument<string>("MIGRATION") { Description = "The migration's name, as list shows it." };
        var last = new Option<int>("--last", "-n") { Description = "How many, the newest.", DefaultValueFactory = _ => 20 };
        var list = new Command("list", "List the newest migrations that left from this host, with their figures and means.") { last };
        list.SetAction((parsed, stop) => run(parsed, c => c.ListAsync(parsed.GetValue(last), stop)));
        var show = new Command("show", "Show a migration: its phases, when each began, how it ended and its figures.") { migration };
        show.SetAction((parsed, stop) => run(parsed, c => c.ShowAsync(parsed.GetValue(migration)!, stop)));
        var watch = new Command("watch", "Follow a migration to its end; Ctrl-C stops watching, not the migration.") { migration };
        watch.SetAction((parsed, stop) => run(parsed, c => c.WatchAsync(parsed.GetValue(migration)!, stop)));
        var abort = new Command("abort", "Abort a migration while its guest still runs here; in post-copy none can be aborted.") { migration };
        abort.SetAction((parsed, stop) => run(parsed, c => c.AbortAsync(parsed.GetValue(migration)!, stop)));
        return new Command("migration", "Migrations that leave from this host.") { list, show, watch, abort };
    }

    private async Task<int> ListAsync(int last, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var all = (await client.MigrationsAsync(last, cancellation).ConfigureAwait(false)).Migrations;
        if (isJson)
        {
            foreach (var migration in all)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(migration, ControlJson.Default.MigrationInfo)).ConfigureAwait(false);
            }

            return ExitCodes.Ok;
        }

        if (all.Count == 0)
        {
            await output.WriteLineAsync("No migration has left from this host.").ConfigureAwait(false);
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
            return ExitCodes.Stopped;
        }
    }

    private async Task<int> AbortAsync(string name, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.AbortAsync(name, cancellation).ConfigureAwait(false);
        await (reply.IsAccepted ? output : Console.Error)
            .WriteLineAsync(isJson ? JsonSerializer.Serialize(reply, ControlJson.Default.AbortReply) : (reply.IsAccepted ? "" : "Not aborted: ") + reply.Text + ".")
            .ConfigureAwait(false);
        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

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

    private static string Result(MigrationInfo m) => m.Outcome is { } outcome ? Words.Of(outcome) : Words.Of(m.Progress?.Phase ?? m.Phases[^1].Phase) + " ...";

    private static string Duration(long? ms) => ms is { } known ? Words.Duration(known) : Unknown;

    private static string Number(long? number) => number is { } known ? known.ToString(CultureInfo.InvariantCulture) : Unknown;

    private static string Time(long wallMs, string format) => DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToLocalTime().ToString(format, CultureInfo.InvariantCulture);
}
