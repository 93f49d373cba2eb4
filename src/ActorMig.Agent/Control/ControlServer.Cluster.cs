using ActorMig.Hosts;
using ActorMig.Migrations;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>This host's place in the cluster.</content>
internal sealed partial class ControlServer
{
    private async Task CountersAsync(HttpContext http)
    {
        var status = await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false) as HostStatus;
        var counted = _counters();
        await AnswerAsync(http, new CountersReply(counted.Peers, counted.Refused, counted.RefusedOthers, status?.ForeignMessages)).ConfigureAwait(false);
    }

    private async Task JoinAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.JoinRequest).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        if (request.Addresses.Any(string.IsNullOrWhiteSpace))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "The request is not what it should be: an address is empty").ConfigureAwait(false);
            return;
        }

        if (await IsJournaledAsync(http, request.Addresses.Count == 0 ? "join the cluster" : $"join the cluster at {string.Join(", ", request.Addresses)}").ConfigureAwait(false))
        {
            await AnswerAsync(http, await _cluster.JoinAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync(HttpContext http)
    {
        // A leave that is begun goes on without the client.
        var status = await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false) as HostStatus;
        string[] underWay = [.. status?.Migrations.Where(m => m.Phase != MigrationPhase.Ended).Select(m => m.Plan.Migration) ?? []];
        var busy = status is null ? "the agent does not say whether migrations are under way; try again in a moment"
            : underWay.Length > 0 ? $"migrations are under way ({string.Join(", ", underWay)}), which the other hosts must be told of; wait for their ends"
            : null;
        if (busy is null && !await IsJournaledAsync(http, "leave the cluster").ConfigureAwait(false))
        {
            return;
        }

        await AnswerAsync(http, await _cluster.LeaveAsync(busy, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ForgetAsync(HttpContext http)
    {
        if (await ReadAsync(http, ControlRequestJson.Default.ForgetRequest).ConfigureAwait(false) is { } request
            && await IsJournaledAsync(http, $"let all hosts forget {request.Host}").ConfigureAwait(false))
        {
            await AnswerAsync(http, await _cluster.ForgetAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Who wants it stands in the journal before it is done; false, and answered, if that cannot be had. What is refused anyway is no change.</summary>
    private async Task<bool> IsJournaledAsync(HttpContext http, string what)
    {
        if (!_cluster.CanChange)
        {
            return true;
        }

        var (person, text) = (Person(http), what[..Math.Min(what.Length, ClusterChangeWanted.TextMax)]);
        var answer = await AskAsync(r => new WantClusterChange(r, person, text), http.RequestAborted).ConfigureAwait(false);
        if (answer is ClusterChangeNoted)
        {
            return true;
        }

        await AnswerAsync(http, answer).ConfigureAwait(false);
        return false;
    }
}
