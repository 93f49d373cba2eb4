using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Directories;
using ActorMig.Cluster;
using ActorMig.Hosts;
using ActorMig.Journal;
using ActorMig.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Control;

/// <summary>The local doors: HTTP on a Unix socket for operators, and on a second one for observers, if that is wanted. All commands use them; there is no other.</summary>
internal sealed partial class ControlServer : IAsyncDisposable
{
    private const int TailPage = 500;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>So much longer than a look another host's answer is waited for: the agent itself waits for a peer's findings, or for the way to it.</summary>
    private static readonly TimeSpan PeerGrace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(100);
    private readonly RunningConfiguration _running;
    private readonly AgentOptions _options;
    private readonly IActorSystem _system;
    private readonly ActorRef _host;
    private readonly SqliteJournal _journal;
    private readonly ClusterDoor _cluster;
    private readonly Func<TransportCounters> _counters;
    private readonly MessageRegistry _events = Wire.Events();
    private readonly ILogger _logger;
    private readonly WebApplication _app;

    private ControlServer(
        RunningConfiguration running, IActorSystem system, ActorRef host, SqliteJournal journal, IMembership? watch, Func<TransportCounters> counters, ILogger logger)
    {
        _logger = logger;
        var options = running.Options;
        (_running, _options) = (running, options);
        _system = system;
        _host = host;
        _journal = journal;
        _cluster = new ClusterDoor(running, watch);
        _counters = counters;
        _doctorLooks = new AwayLooks(TimeProvider.System, AwayLimits.Of(options));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 64 << 10;
            if (options.ObserverSocket.Length > 0)
            {
                Listen(options.ObserverSocket, mayChange: false);
            }

            Listen(options.Socket, mayChange: true);

            void Listen(string path, bool mayChange) => kestrel.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(new ControlDoor(mayChange));
                    return next(connection);
                });
            });
        });
        _app = builder.Build();
        MapRoutes();
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">Another process answers at a socket, or it cannot be made.</exception>
    public static async Task<ControlServer> StartAsync(
        RunningConfiguration running, IActorSystem system, ActorRef host, SqliteJournal journal, IMembership? watch, Func<TransportCounters> counters, ILogger logger)
    {
        var options = running.Options;
        UnixSocketFile.RemoveStale(options.Socket);
        if (options.ObserverSocket.Length > 0)
        {
            UnixSocketFile.RemoveStale(options.ObserverSocket, "actormig.observer-socket");
        }

        var server = new ControlServer(running, system, host, journal, watch, counters, logger);
        try
        {
            await server._app.StartAsync().ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException($"no socket can be made at {string.Join(" or ", server.Sockets)} ({e.Message}); set actormig.socket and actormig.observer-socket to paths where this user may write.", e);
        }

        foreach (var socket in server.Sockets)
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        }

        return server;
    }

    private TimeSpan PeerTimeout => PeerGrace + TimeSpan.FromMilliseconds(_options.Core.LookMs);

    private IEnumerable<string> Sockets => _options.ObserverSocket.Length > 0 ? [_options.Socket, _options.ObserverSocket] : [_options.Socket];

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync().ConfigureAwait(false);
        foreach (var socket in Sockets)
        {
            File.Delete(socket);
        }
    }

    private async Task StatusAsync(HttpContext http) =>
        await AnswerAsync(http, await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task BarterAsync(HttpContext http, string barter) =>
        await AnswerAsync(http, await AskAsync(r => new GetBarter(r, barter), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task MoveAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.MoveRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false) is HostStatus { HypervisorError: { } error })
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            await AnswerAsync(http, new MoveReply(false, null, $"libvirt of this host cannot be reached ({error}); see to that first")).ConfigureAwait(false);
            return;
        }

        var person = Person(http);
        var answer = await AskAsync(r => new MoveVm(r, request.Vm, request.To, person, request.Mode, request.IsForced), http.RequestAborted, PeerTimeout).ConfigureAwait(false);
        if (answer is MoveAnswered moved)
        {
            http.Response.StatusCode = moved.IsAccepted ? StatusCodes.Status202Accepted : StatusCodes.Status409Conflict;
            answer = new MoveReply(moved.IsAccepted, moved.Barter, moved.Text);
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
    }

    /// <summary>What a request says; null if it cannot be read, and then it is answered.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        var (why, status) = ("it is null", StatusCodes.Status400BadRequest);
        try
        {
            if (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted).ConfigureAwait(false) is { } request)
            {
                return request;
            }
        }
        catch (JsonException e)
        {
            why = e.Message;
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            // It is too large, or not as long as it has said.
            (why, status) = (e.Message, e.StatusCode);
        }

        await RefuseAsync(http, status, $"The request is not what it should be: {why}").ConfigureAwait(false);
        return null;
    }

    private async Task WhereAsync(HttpContext http)
    {
        var vm = http.Request.Query["vm"].ToString();
        await AnswerAsync(http, await AskAsync(r => new WhereIsVm(r, vm), http.RequestAborted, PeerTimeout).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task MigrationsAsync(HttpContext http)
    {
        const int Most = 10_000;
        var last = int.TryParse(http.Request.Query["last"], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Min(n, Most) : 20;
        var areArrivals = http.Request.Query["arrivals"] == "true";
        await AnswerWithProgressAsync(http, () => MigrationInfo.Newest(_journal, _events, last, areArrivals), all => new MigrationsReply(all)).ConfigureAwait(false);
    }

    private async Task MigrationAsync(HttpContext http, string migration) => await AnswerWithProgressAsync(
        http,
        () => MigrationInfo.Find(_journal, _events, migration) is { } info ? [info] : [],
        found =>
        {
            if (found is [var only])
            {
                return only;
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return new ErrorReply(
                $"No migration {migration} has left from {_options.Core.HostName} or come to it, or its events are older than actormig.journal.events-age-max; `actormig migration list` names those that are known, with --arrivals those that came.");
        }).ConfigureAwait(false);

    private async Task AnswerWithProgressAsync(HttpContext http, Func<IReadOnlyList<MigrationInfo>> read, Func<IReadOnlyList<MigrationInfo>, object> reply)
    {
        // First, so that what ends meanwhile is shown as ended.
        var status = await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false) as HostStatus;
        await AnswerAsync(http, reply([.. read().Select(m => m.Outcome is not null ? m : m with
        {
            Progress = status?.Migrations.LastOrDefault(p => p.Plan.Migration == m.Plan.Migration),
        }).Select(m => m with { Case = status?.Cases?.FirstOrDefault(c => c.IsArrival == m.IsArrival && c.Plan.Migration == m.Plan.Migration) })])).ConfigureAwait(false);
    }

    private async Task AbortAsync(HttpContext http, string migration)
    {
        var person = Person(http);
        var answer = await AskAsync(r => new AbortMigration(r, migration, person), http.RequestAborted).ConfigureAwait(false);
        if (answer is AbortAnswered answered)
        {
            http.Response.StatusCode = answered.IsAccepted ? StatusCodes.Status202Accepted : StatusCodes.Status409Conflict;
            answer = new AbortReply(answered.IsAccepted, answered.Text);
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
    }

    private async Task ResolveAsync(HttpContext http, string migration)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.ResolveRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        // Both hosts are asked before and after each step (decided, let go on or destroyed, undefined, autostart), and a silent one is waited for each time.
        const int Looks = 5;
        var core = _running.Options.Core;
        var limit = ResolveTimeout + TimeSpan.FromMilliseconds(Looks * core.AnswerMs * (core.AnswerTries + 1));
        var person = Person(http);
        var answer = await AskAsync(
            r => new ResolveMigration(r, migration, request.RunsOn, request.IsLost, request.Seen, person), http.RequestAborted, limit).ConfigureAwait(false);
        if (answer is CaseAnswered answered)
        {
            http.Response.StatusCode = answered.IsAccepted ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
            answer = new ResolveReply(answered.IsAccepted, answered.Text, answered.View, answered.Closed);
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
    }

    private async Task AcceptLossAsync(HttpContext http)
    {
        var person = Person(http);
        var answer = await AskAsync(r => new AcceptJournalLoss(r, person), http.RequestAborted).ConfigureAwait(false);
        if (answer is JournalLossAnswered answered)
        {
            http.Response.StatusCode = answered.IsAccepted ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
            answer = new AcceptLossReply(answered.IsAccepted, answered.Text);
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
    }

    /// <summary>Journal entries as JSON lines, after a position or from some entries before the end; with <c>follow=true</c> until the client goes.</summary>
    private async Task JournalAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var last = int.TryParse(query["last"], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 20;
        var follow = query["follow"] == "true";
        var position = JournalPosition.TryParse(query["after"], out var after) ? after : _journal.End(last);
        http.Response.ContentType = "application/x-ndjson";
        while (!http.RequestAborted.IsCancellationRequested)
        {
            var entries = _journal.Read(position, TailPage);
            foreach (var entry in entries)
            {
                await JsonSerializer.SerializeAsync(http.Response.Body, entry, ControlJson.Default.JournalEntry, http.RequestAborted).ConfigureAwait(false);
                await http.Response.WriteAsync("\n", http.RequestAborted).ConfigureAwait(false);
                position = entry.Position;
            }

            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            if (entries.Count < TailPage)
            {
                if (!follow)
                {
                    return;
                }

                await Task.Delay(FollowInterval, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<object> AskAsync(Func<ActorRef, object> question, CancellationToken cancellation, TimeSpan? limit = null)
    {
        var timeout = limit ?? AskTimeout;
        try
        {
            return await _system.AskAsync(_host, question, timeout, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new ErrorReply($"The agent did not answer itself in {timeout.TotalSeconds:0} s; its log says why.");
        }
    }

    private static Task RefuseAsync(HttpContext http, int status, string why)
    {
        http.Response.StatusCode = status;
        return AnswerAsync(http, new ErrorReply(why));
    }

    private static Task AnswerAsync(HttpContext http, object answer)
    {
        if (answer is ErrorReply && http.Response.StatusCode == StatusCodes.Status200OK)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        if (answer is ClusterAnswer { IsAccepted: false })
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
        }

        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, answer, answer.GetType(), ControlJson.Default, http.RequestAborted);
    }

    /// <summary>Who is at the other end of the socket, by the kernel's word (SO_PEERCRED).</summary>
    private static string Person(HttpContext http)
    {
        const int SolSocket = 1;
        const int SoPeercred = 17;
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return "somebody";
        }

        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeercred, credentials);
        return FormattableString.Invariant($"user {BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..])}");
    }
}
