using ActorMig.Brakes;
using ActorMig.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>The brake of the cluster, and the drain of this host.</content>
internal sealed partial class ControlServer
{
    private void MapHolds()
    {
        _app.MapPost("/v1/brake", BrakeAsync);
        _app.MapPost("/v1/drain", DrainAsync);
        _app.MapDelete("/v1/drain", CancelDrainAsync);
    }

    private async Task BrakeAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlJson.Default.BrakeRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (WhyNot(request.Why, request.ForMs) is { } wrong)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await AnswerAsync(http, new ErrorReply(wrong)).ConfigureAwait(false);
            return;
        }

        var person = Person(http);
        await AnswerHoldAsync(http, await AskAsync(r => new SetBrake(r, request.IsFrozen, request.ForMs, request.Why, person), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task DrainAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlJson.Default.DrainRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (WhyNot(request.Why, request.DeadlineMs) is { } wrong)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await AnswerAsync(http, new ErrorReply(wrong)).ConfigureAwait(false);
            return;
        }

        var person = Person(http);
        await AnswerHoldAsync(http, await AskAsync(r => new DrainHost(r, request.Host, request.DeadlineMs, request.Why, person), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task CancelDrainAsync(HttpContext http)
    {
        var (host, person) = (http.Request.Query["host"].ToString(), Person(http));
        await AnswerHoldAsync(http, await AskAsync(r => new CancelDrain(r, host, person), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static string? WhyNot(string why, long? ms) => why.Length > BrakeSet.TextMax
        ? FormattableString.Invariant($"The reason has {why.Length} characters; {BrakeSet.TextMax} is the most.")
        : ms <= 0 ? "A duration of no time or less makes no sense; leave it out, or name one." : null;

    private static Task AnswerHoldAsync(HttpContext http, object answer)
    {
        var reply = answer switch
        {
            BrakeAnswered brake => new HoldReply(brake.IsAccepted, brake.Text),
            DrainAnswered drain => new HoldReply(drain.IsAccepted, drain.Text),
            _ => null,
        };
        if (reply is { IsAccepted: false })
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
        }

        return AnswerAsync(http, reply ?? answer);
    }
}
