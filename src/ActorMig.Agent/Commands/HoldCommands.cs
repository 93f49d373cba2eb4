using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Brakes;
using ActorMig.Hocon;
using ActorMig.Hosts;

namespace ActorMig.Agent.Commands;

/// <summary>What a person holds up: <c>actormig cluster freeze | thaw</c>, and <c>actormig host drain</c>.</summary>
internal sealed class HoldCommands(string socket, bool isJson, TextWriter output)
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>So long it is waited for the other hosts to say that they know it.</summary>
    private static readonly TimeSpan ToldLimit = TimeSpan.FromSeconds(5);

    /// <summary>The commands of the cluster.</summary>
    /// <param name="run">Makes this class from the options that all commands have, and runs what it is given, with errors in sentences.</param>
    public static IEnumerable<Command> OfCluster(Func<ParseResult, Func<HoldCommands, Task<int>>, Task<int>> run)
    {
        var howLong = DurationOption("--for", "For how long, such as 2h; without it until somebody thaws it.");
        var why = WhyOption(isRequired: true);
        var freeze = new Command("freeze", "From now on no agent of the cluster begins a move; those that have begun are followed to their end.") { howLong, why };
        freeze.SetAction((parsed, stop) => run(parsed, c => c.SetBrakeAsync(new BrakeRequest(true, parsed.GetValue(howLong), parsed.GetValue(why)!), stop)));
        var thaw = new Command("thaw", "Moves may begin again.");
        thaw.SetAction((parsed, stop) => run(parsed, c => c.SetBrakeAsync(new BrakeRequest(false, null, ""), stop)));
        return [freeze, thaw];
    }

    /// <summary>The commands of a host.</summary>
    /// <param name="run">As in <see cref="OfCluster"/>.</param>
    public static Command OfHost(Func<ParseResult, Func<HoldCommands, Task<int>>, Task<int>> run)
    {
        var host = new Argument<string>("HOST") { Description = "The host: this one, or any other of the cluster." };
        var deadline = DurationOption("--deadline", "How long it may take, such as 30m; later nothing more leaves.");
        var why = WhyOption(isRequired: false);
        var cancel = new Option<bool>("--cancel") { Description = "End the drain, finished or not: VMs may come again." };
        var show = new Option<bool>("--show") { Description = "Only show how it stands, and follow it; nothing is changed." };
        var watched = new Option<bool>("--watch") { Description = "Watch it to its end; --watch=false ends the command at once.", DefaultValueFactory = _ => true };
        var drain = new Command("drain", "Empty a host: all its VMs leave by bartering, and nothing comes to it until --cancel. Ctrl-C stops watching, not the drain.")
        {
            host, deadline, why, cancel, show, watched,
        };
        drain.Validators.Add(r =>
        {
            if (r.GetValue(show) && r.GetValue(cancel))
            {
                r.AddError("--show changes nothing, and --cancel does: say one of them.");
            }
        });
        drain.SetAction((parsed, stop) => run(parsed, c => parsed.GetValue(cancel)
            ? c.CancelDrainAsync(parsed.GetValue(host)!, stop)
            : parsed.GetValue(show) ? c.ShowDrainAsync(parsed.GetValue(host)!, parsed.GetValue(watched), stop)
            : c.DrainAsync(new DrainRequest(parsed.GetValue(host)!, parsed.GetValue(deadline), parsed.GetValue(why)!), parsed.GetValue(watched), stop)));
        return new Command("host", "A host of the cluster.") { drain };
    }

    private async Task<int> SetBrakeAsync(BrakeRequest request, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.SetBrakeAsync(request, cancellation).ConfigureAwait(false);
        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        for (var left = ToldLimit; reply.IsAccepted && status.Brake is { Untold.Count: > 0 } && left > TimeSpan.Zero; left -= WatchInterval)
        {
            await Task.Delay(WatchInterval, cancellation).ConfigureAwait(false);
            status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        }

        var untold = status.Brake?.Untold ?? [];
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply with { Untold = untold }, ControlJson.Default.HoldReply)).ConfigureAwait(false);
        }
        else
        {
            await SayAsync(reply).ConfigureAwait(false);
            if (reply.IsAccepted && status.Members.Count > 0)
            {
                await output.WriteLineAsync(untold.Count == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"All {status.Members.Count} other hosts know it.")
                    : $"Not heard yet that they know it: {string.Join(", ", untold)}. They are told again until they do, at the latest before they could begin a barter.").ConfigureAwait(false);
            }
        }

        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

    private async Task<int> DrainAsync(DrainRequest request, bool isWatched, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.DrainAsync(request, cancellation).ConfigureAwait(false);
        await SayAsync(reply).ConfigureAwait(false);
        if (!reply.IsAccepted)
        {
            return ExitCodes.Refused;
        }

        return isWatched ? await WatchAsync(client, request.Host, cancellation).ConfigureAwait(false) : ExitCodes.Ok;
    }

    private async Task<int> ShowDrainAsync(string host, bool isWatched, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var shown = await client.ShowDrainAsync(host, cancellation).ConfigureAwait(false);
        if (shown.Drain is null)
        {
            await output.WriteLineAsync(isJson ? JsonSerializer.Serialize(shown, ControlJson.Default.DrainReply) : $"{host} is not being drained.").ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        if (isWatched)
        {
            return await WatchAsync(client, host, cancellation).ConfigureAwait(false);
        }

        await output.WriteLineAsync(Text(shown.Drain)).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private async Task<int> CancelDrainAsync(string host, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.CancelDrainAsync(host, cancellation).ConfigureAwait(false);
        await SayAsync(reply).ConfigureAwait(false);
        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

    /// <summary>To its end, or until Ctrl-C. A host that does not answer any more ends it, too: the drain goes on without being watched.</summary>
    private async Task<int> WatchAsync(ControlClient client, string host, CancellationToken cancellation)
    {
        var said = "";
        try
        {
            while (true)
            {
                var shown = await client.ShowDrainAsync(host, cancellation).ConfigureAwait(false);
                if (shown.Drain is not { } drain)
                {
                    await Console.Error.WriteLineAsync("The drain was ended by somebody else.").ConfigureAwait(false);
                    return ExitCodes.Failed;
                }

                if (Text(drain) is var text && text != said)
                {
                    said = text;
                    await output.WriteLineAsync(text).ConfigureAwait(false);
                }

                if (drain is { Left.Count: 0 } or { IsOverdue: true, Left: not null } && !shown.IsBusy)
                {
                    return drain.Left.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
                }

                await Task.Delay(WatchInterval, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Not watched any more; the drain goes on (`actormig host drain {host} --show` shows it, --cancel ends it).").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }

    private string Text(DrainStatus drain) => isJson ? JsonSerializer.Serialize(drain, ControlJson.Default.DrainStatus) : string.Join('\n', Lines(drain));

    /// <summary>How a drain stands, for <c>status</c>, too.</summary>
    internal static IReadOnlyList<string> Lines(DrainStatus drain)
    {
        var until = drain.Began.DeadlineWallMs is { } ms ? $", until {Time(ms)}" : "";
        var by = $"drain     by {drain.Began.Who()} since {Time(drain.Began.WallMs)}{until}{(drain.Began.Why.Length > 0 ? $": {drain.Began.Why}" : "")}";
        return drain.Left switch
        {
            null => [$"{by}; nothing has been looked at yet"],
            [] => [$"{by}; the host is empty"],
            _ => [$"{by}; {(drain.IsOverdue ? "its time is over, and " : "")}{Count(drain.Left.Count + drain.More)} left", .. drain.Left.Select(l => $"          {l.Vm}: {l.Why}"), .. More(drain.More)],
        };
    }

    private static string[] More(int count) => count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"          and {count} more")];

    /// <summary>Why nothing moves, for <c>status</c>.</summary>
    internal static string Frozen(BrakeStatus brake) =>
        $"frozen    {brake.Frozen} ({(brake.UntilWallMs is { } ms ? $"until {Time(ms)}" : "until somebody thaws it")})";

    private static string Count(int vms) => vms == 1 ? "1 VM is" : string.Create(CultureInfo.InvariantCulture, $"{vms} VMs are");

    private static string Time(long wallMs) => DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task SayAsync(HoldReply reply)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply, ControlJson.Default.HoldReply)).ConfigureAwait(false);
        }
        else
        {
            await (reply.IsAccepted ? output : Console.Error).WriteLineAsync($"{char.ToUpperInvariant(reply.Text[0])}{reply.Text[1..]}.").ConfigureAwait(false);
        }
    }

    private static Option<string> WhyOption(bool isRequired)
    {
        var option = new Option<string>("--message", "-m")
        {
            Description = "Why, for those who wonder.", HelpName = "WHY", Required = isRequired,
        };
        if (!isRequired)
        {
            option.DefaultValueFactory = _ => "";
        }

        option.Validators.Add(r =>
        {
            if (r.GetValue(option) is { } why && (why.Length > BrakeSet.TextMax || (isRequired && string.IsNullOrWhiteSpace(why))))
            {
                r.AddError(string.Create(CultureInfo.InvariantCulture, $"-m has {why.Length} characters; say why in 1 to {BrakeSet.TextMax}."));
            }
        });
        return option;
    }

    private static Option<long?> DurationOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => ParseDuration(name, result),
    };

    /// <summary>As in the configuration: a number and a unit.</summary>
    private static long? ParseDuration(string name, ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        try
        {
            var ms = char.IsAsciiLetter(text.LastOrDefault()) ? new HoconScalar(text, new HoconPosition(name, 1, 1)).Milliseconds() : 0;
            if (ms is > 0 and <= BrakeSet.SpanMaxMs)
            {
                return ms;
            }
        }
        catch (HoconException)
        {
            // Said below, without a file's position.
        }

        result.AddError($"{name} is '{text}'; write a duration such as 90s, 30m or 2h, of at most 365d.");
        return null;
    }
}
