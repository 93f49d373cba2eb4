using System.CommandLine;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Agent.Why;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig barter</c>: what is bartered with a VM, and why.</summary>
internal sealed class BarterCommands(string socket, bool isJson, TextWriter output)
{
    public static Command Build(Func<ParseResult, Func<BarterCommands, Task<int>>, Task<int>> run)
    {
        var vm = new Argument<string>("VM") { Description = "Its name or UUID; it may have left this host." };
        var why = new Command("why", "Say why a VM is where it is: what forbids that it moves, what was decided and bartered with it, and what would have to change.") { vm };
        why.SetAction((parsed, stop) => run(parsed, c => c.WhyAsync(parsed.GetValue(vm)!, stop)));
        var barter = new Argument<string>("BARTER") { Description = "The barter's name, as status, why and the journal show it." };
        var show = new Command("show", "Show a barter: what was offered and agreed on, how it ended, what it was to come to and what it came to.") { barter };
        show.SetAction((parsed, stop) => run(parsed, c => c.ShowAsync(parsed.GetValue(barter)!, stop)));
        return new Command("barter", "What this host barters, and why.") { why, show };
    }

    public async Task<int> ShowAsync(string barter, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        foreach (var entry in (await client.StoryAsync(barter, cancellation).ConfigureAwait(false)).Entries)
        {
            await output.WriteLineAsync(isJson ? JsonSerializer.Serialize(entry, ControlJson.Default.JournalEntry) : JournalText.Of(entry)).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    public async Task<int> WhyAsync(string vm, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var why = await client.WhyAsync(vm, cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(why, ControlJson.Default.WhyReply)).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        foreach (var line in WhyText.Lines(why))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }
}
