using ActorMig.Actors;
using ActorMig.Agent.Why;
using ActorMig.Directories;
using ActorMig.Hosts;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>Why a VM is where it is.</content>
internal sealed partial class ControlServer
{
    private readonly MessageRegistry _records = Wire.Records();

    private Task StoryAsync(HttpContext http, string barter) => VmHistoryReader.EntriesOf(_journal, barter) is { Count: > 0 } entries
        ? AnswerAsync(http, new BarterStory(barter, entries))
        : RefuseAsync(
            http, StatusCodes.Status404NotFound,
            $"The journal of {_options.Core.HostName} tells of no barter {barter}, or of none so old; `actormig journal tail` names those of late.");

    private async Task WhyAsync(HttpContext http)
    {
        var vm = http.Request.Query["vm"].ToString();

        // First, so that what ends meanwhile is told as ended.
        var answer = await AskAsync(r => new GetHostStatus(r), http.RequestAborted).ConfigureAwait(false);
        if (answer is not HostStatus status)
        {
            await AnswerAsync(http, answer).ConfigureAwait(false);
            return;
        }

        var (told, back) = VmHistoryReader.Entries(_journal, _events, _records);
        if (WhyAnswer.Of(status, vm, told, m => MigrationInfo.Find(_journal, _events, m)?.Figures, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), back) is not { } why)
        {
            await RefuseAsync(
                http, StatusCodes.Status404NotFound,
                $"No VM '{vm}' runs on {status.Host}, and its journal tells of none; ask its own host (`actormig vm where {vm}`).").ConfigureAwait(false);
        }
        else if (why.View is null
            && await AskAsync(r => new WhereIsVm(r, why.Uuid), http.RequestAborted, PeerTimeout).ConfigureAwait(false) is VmLocated located)
        {
            await AnswerAsync(http, why with { Where = located.Where }).ConfigureAwait(false);
        }
        else
        {
            await AnswerAsync(http, why).ConfigureAwait(false);
        }
    }
}
