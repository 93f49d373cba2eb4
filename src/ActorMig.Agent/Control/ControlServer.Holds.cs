using ActorMig.Brakes;
using ActorMig.Hosts;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>The brake of the cluster, and the drain of a host.</content>
internal sealed partial class ControlServer
{
    private async Task BrakeAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.BrakeRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (WhyNot(request.Why, request.ForMs) is { } wrong)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, wrong).ConfigureAwait(false);
            return;
        }

        var person = Person(http);
        await AnswerHoldAsync(http, await AskAsync(r => new SetBrake(r, request.IsFrozen, request.ForMs, request.Why, person), http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task DrainAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.DrainRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (WhyNot(request.Why, request.DeadlineMs) is { } wrong)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, wrong).ConfigureAwait(false);
            return;
        }

        var person = Person(http);
        await AnswerHoldAsync(http, await AskAsync(r => new DrainHost(r, request.Host, request.DeadlineMs, request.Why, person), http.RequestAborted, LimitOf(request.Host)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task CancelDrainAsync(HttpContext http)
    {
        var (host, person) = (http.Request.Query["host"].ToString(), Person(http));
        await AnswerHoldAsync(http, await AskAsync(r => new CancelDrain(r, host, person), http.RequestAborted, LimitOf(host)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ShowDrainAsync(HttpContext http)
    {
        var host = http.Request.Query["host"].ToString() is { Length: > 0 } named ? named : _options.Core.HostName;
        var answer = await AskAsync(r => new ShowDrain(r, host), http.RequestAborted, LimitOf(host)).ConfigureAwait(false);
        if (answer is DrainAnswered { IsSilent: false, IsAccepted: false } unknown)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            answer = new ErrorReply(unknown.Text + ".");
        }
        else if (answer is DrainAnswered shown)
        {
            answer = shown.IsSilent ? new ErrorReply(shown.Text + ".") : new DrainReply(host, shown.Drain, shown.IsBusy);
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
    }

    /// <summary>Another host's answer takes as long as the agent waits for it.</summary>
    private TimeSpan LimitOf(string host)
    {
        var core = _running.Options.Core;
        return host == core.HostName ? AskTimeout : AskTimeout + TimeSpan.FromMilliseconds(core.AnswerMs * core.AnswerTries);
    }

    private static string? WhyNot(string why, long? ms) => why.Length > BrakeSet.TextMax
        ? FormattableString.Invariant($"The reason has {why.Length} characters; {BrakeSet.TextMax} is the most.")
        : ms <= 0 ? "A duration of no time or less makes no sense; leave it out, or name one."
        : ms > BrakeSet.SpanMaxMs ? $"A duration is of {Words.Span(ms.Value)}; {Words.Span(BrakeSet.SpanMaxMs)} is the most." : null;

    private static Task AnswerHoldAsync(HttpContext http, object answer)
    {
        var reply = answer switch
        {
            BrakeAnswered brake => new HoldReply(brake.IsAccepted, brake.Text),
            DrainAnswered { IsSilent: false } drain => new HoldReply(drain.IsAccepted, drain.Text),
            _ => null,
        };
        if (reply is { IsAccepted: false })
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
        }

        return AnswerAsync(http, reply ?? (answer is DrainAnswered silent ? new ErrorReply(silent.Text + ".") : answer));
    }
}
