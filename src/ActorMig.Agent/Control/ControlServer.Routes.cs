using ActorMig.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Control;

/// <content>All that people can ask, and who may.</content>
internal sealed partial class ControlServer
{
    /// <summary>Every route. Showing what <c>migration resolve</c> would do is a change: a case that is found to be resolved already is closed by it.</summary>
    internal static IReadOnlyList<ControlRoute> Routes { get; } =
    [
        Reads("/v1/status", "actormig status", (s, http) => s.StatusAsync(http)),
        Reads("/v1/barters/{barter}", "actormig status", (s, http) => s.BarterAsync(http, Named(http, "barter"))),
        Reads("/v1/barters/{barter}/story", "actormig barter show", (s, http) => s.StoryAsync(http, Named(http, "barter"))),
        Reads("/v1/journal", "actormig journal tail", (s, http) => s.JournalAsync(http)),
        Reads("/v1/doctor", "actormig doctor", (s, http) => s.DoctorAsync(http)),
        Reads("/v1/migrations", "actormig migration list", (s, http) => s.MigrationsAsync(http)),
        Reads("/v1/migrations/{migration}", "actormig migration show", (s, http) => s.MigrationAsync(http, Named(http, "migration"))),
        Reads("/v1/vms/where", "actormig vm where", (s, http) => s.WhereAsync(http)),
        Reads("/v1/vms/why", "actormig barter why", (s, http) => s.WhyAsync(http)),
        Reads("/v1/drain", "actormig host drain --show", (s, http) => s.ShowDrainAsync(http)),
        Reads("/v1/cluster", "actormig cluster show", (s, http) => AnswerAsync(http, s._cluster.Show())),
        Reads("/v1/cluster/counters", "actormig cluster show --counters", (s, http) => s.CountersAsync(http)),
        Reads("/v1/actors", "actormig actor hierarchy", (s, http) => AnswerAsync(http, new ActorsReply(s._system.DeadLetters, s._system.Hierarchy()))),
        Changes("POST", "/v1/moves", "actormig migrate", (s, http) => s.MoveAsync(http)),
        Changes("POST", "/v1/migrations/{migration}/abort", "actormig migration abort", (s, http) => s.AbortAsync(http, Named(http, "migration"))),
        Changes("POST", "/v1/migrations/{migration}/resolve", "actormig migration resolve", (s, http) => s.ResolveAsync(http, Named(http, "migration"))),
        Changes("POST", "/v1/journal/accepted-loss", "actormig journal accept-loss", (s, http) => s.AcceptLossAsync(http)),
        Changes("POST", "/v1/brake", "actormig cluster freeze", (s, http) => s.BrakeAsync(http)),
        Changes("POST", "/v1/drain", "actormig host drain", (s, http) => s.DrainAsync(http)),
        Changes("DELETE", "/v1/drain", "actormig host drain --cancel", (s, http) => s.CancelDrainAsync(http)),
        Changes("POST", "/v1/cluster/join", "actormig cluster join", (s, http) => s.JoinAsync(http)),
        Changes("POST", "/v1/cluster/leave", "actormig cluster leave", (s, http) => s.LeaveAsync(http)),
        Changes("POST", "/v1/cluster/forget", "actormig cluster forget", (s, http) => s.ForgetAsync(http)),
    ];

    private static ControlRoute Reads(string path, string command, Func<ControlServer, HttpContext, Task> answer) =>
        new("GET", path, ControlAccess.Reads, command, answer);

    private static ControlRoute Changes(string method, string path, string command, Func<ControlServer, HttpContext, Task> answer) =>
        new(method, path, ControlAccess.Changes, command, answer);

    private static string Named(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";

    private void MapRoutes()
    {
        foreach (var route in Routes)
        {
            RequestDelegate answer = http => LetInAsync(route, http);
            _app.MapMethods(route.Path, [route.Method], answer);
        }
    }

    /// <summary>Who has not come in by the operators' socket changes nothing. What fails is said to who has asked, and logged unless that is all there is to say.</summary>
    private async Task LetInAsync(ControlRoute route, HttpContext http)
    {
        try
        {
            await (route.Access == ControlAccess.Reads || http.Features.Get<ControlDoor>() is { MayChange: true }
                ? route.Answer(this, http)
                : RefuseAsync(
                    http, StatusCodes.Status403Forbidden,
                    $"`{route.Command}` is not for observers, and {_options.ObserverSocket} is their socket: say it with --socket {_options.Socket}, as root or a member of that file's group."))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested || e is OperationCanceledException)
        {
            // Who has asked is gone, or this agent ends.
            http.Abort();
        }
#pragma warning disable CA1031 // Else the server would answer with a number, and nobody would know of what.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await SayFailureAsync(route, http, e).ConfigureAwait(false);
        }
    }

    private async Task SayFailureAsync(ControlRoute route, HttpContext http, Exception e)
    {
        if (http.Response.HasStarted)
        {
            // A part of the answer is told already: no other can be given.
            LogFailed(_logger, route.Command, e);
            http.Abort();
        }
        else if (e is JournalException)
        {
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await AnswerAsync(http, new ErrorReply(e.Message, IsOfJournal: true)).ConfigureAwait(false);
        }
        else
        {
            LogFailed(_logger, route.Command, e);
            http.Response.Clear();
            await RefuseAsync(
                http, StatusCodes.Status500InternalServerError,
                $"The agent failed on `{route.Command}` ({e.GetType().Name}: {e.Message.TrimEnd('.')}), which is a fault of this program; its log says where (actormig[913]).").ConfigureAwait(false);
        }
    }

    [LoggerMessage(913, LogLevel.Error, "What `{Command}` asked for failed.")]
    private static partial void LogFailed(ILogger logger, string command, Exception cause);
}
