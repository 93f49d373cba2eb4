using ActorMig.Hosts;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>This host's place in the cluster.</content>
internal sealed partial class ControlServer
{
    private async Task JoinAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlJson.Default.JoinRequest).ConfigureAwait(false) is { } request)
        {
            await AnswerAsync(http, await _cluster.JoinAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync(HttpContext http)
    {
        // A leave that is begun goes on without the client.
        var status = await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false) as HostStatus;
        var busy = status is null ? "the agent does not say whether migrations are under way; try again in a moment"
            : status.Migrations.Count > 0 ? $"migrations are under way ({string.Join(", ", status.Migrations.Select(m => m.Plan.Migration))}), which the other hosts must be told of; wait for their ends"
            : null;
        await AnswerAsync(http, await _cluster.LeaveAsync(busy, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ForgetAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlJson.Default.ForgetRequest).ConfigureAwait(false) is { } request)
        {
            await AnswerAsync(http, await _cluster.ForgetAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }
}
