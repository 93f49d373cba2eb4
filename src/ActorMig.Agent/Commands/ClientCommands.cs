using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Hosts;
using ActorMig.Vms;

namespace ActorMig.Agent.Commands;

/// <summary>What the commands do that talk to the local agent.</summary>
internal sealed class ClientCommands(string socket, bool isJson, TextWriter output)
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    public async Task<int> StatusAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            return WriteJson(status);
        }

        await output.WriteLineAsync($"{status.Host}  mode {Words.Of(status.Mode)}  incarnation {status.Incarnation}  round {status.Round} (every {Words.Duration(status.RoundMs)})").ConfigureAwait(false);
        foreach (var open in status.Cases?.Where(c => c.Closed is null) ?? [])
        {
            await output.WriteLineAsync(MigrationCommands.NeedsOperator(open)).ConfigureAwait(false);
        }

        if (status.Brake is { Frozen: not null } brake)
        {
            await output.WriteLineAsync(HoldCommands.Frozen(brake)).ConfigureAwait(false);
        }

        foreach (var line in status.Drain is { } drain ? HoldCommands.Lines(drain) : [])
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        await output.WriteLineAsync($"load      {Words.Rate(status.LoadBitPerSecond)} of {Words.Rate(status.OverloadBitPerSecond)}").ConfigureAwait(false);
        await output.WriteLineAsync($"memory    {Words.Memory(status.Barter.PromisedBytes)} of {Words.Memory(status.Barter.CapacityBytes)} promised").ConfigureAwait(false);
        await output.WriteLineAsync($"libvirt   {LibvirtOf(status)}").ConfigureAwait(false);
        await output.WriteLineAsync($"members   {(status.Members.Count == 0 ? "none" : string.Join(", ", status.Members.Select(m => WithState(m, status))))}").ConfigureAwait(false);
        if ((status.TrafficUnseen is { } unseen ? $"who talks to whom is not seen: {unseen}" : PartnersCommand.Busiest(status.Barter.Vms)) is { } traffic)
        {
            await output.WriteLineAsync($"traffic   {traffic}").ConfigureAwait(false);
        }

        if (status.JournalAlarm is { } alarm)
        {
            await output.WriteLineAsync($"journal   {alarm}").ConfigureAwait(false);
        }

        foreach (var broken in status.Barter.BrokenRules ?? [])
        {
            await output.WriteLineAsync($"rule      {broken.Why}{(broken.Cannot is { } cannot ? $"; that cannot be mended: {cannot}" : "; that is to be mended")}").ConfigureAwait(false);
        }

        foreach (var off in status.Barter.PredictionsOff ?? [])
        {
            await output.WriteLineAsync($"policy    {off.InWords()}").ConfigureAwait(false);
        }

        await output.WriteLineAsync($"decision  {status.Barter.Decision}").ConfigureAwait(false);
        await output.WriteLineAsync($"barter    {status.Barter.Sentence}").ConfigureAwait(false);
        foreach (var m in status.Migrations)
        {
            await output.WriteLineAsync($"migration {m.Plan.Migration}: {m.Plan.Vm.Name} {m.Plan.From} -> {m.Plan.To}, {Words.Of(m.Phase)}: {m.Text}").ConfigureAwait(false);
        }

        foreach (var foreign in status.Foreign ?? [])
        {
            await output.WriteLineAsync(MigrationCommands.Foreign(foreign)).ConfigureAwait(false);
        }

        if (status.Barter.Refusals.Count > 0)
        {
            await output.WriteLineAsync($"refusals  {string.Join(", ", status.Barter.Refusals.Select(r => $"{Words.Of(r.Refusal)} {r.Count}"))}").ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    private static string LibvirtOf(HostStatus status) =>
        status.HypervisorError ?? (status.HypervisorSilent is { } silent ? $"connected and silent: {silent}" : "connected");

    public async Task<int> ListVmsAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            foreach (var vm in status.Barter.Vms)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(vm, ControlJson.Default.VmView)).ConfigureAwait(false);
            }

            return ExitCodes.Ok;
        }

        Table.Write(output, ["VM", "STATUS", "LOAD", "MEMORY", "MANAGED", "ORIGIN", "MOVES", "RESTS"], status.Barter.Vms.Select(v => (IReadOnlyList<string>)
        [
            v.Facts.Name, StatusOf(v, status), Words.Rate(v.Facts.LoadBitPerSecond), Words.Memory(v.Facts.MemoryBytes), v.IsManaged ? "yes" : "no",
            v.Facts.Origin ?? "-", FormattableString.Invariant($"{v.Facts.Moves}"), v.Facts.CoolDownLeftMs > 0 ? Words.Duration(v.Facts.CoolDownLeftMs) : "-",
        ]));
        foreach (var vm in status.Barter.Vms.Where(v => v.CannotMove is not null))
        {
            await output.WriteLineAsync($"{vm.Facts.Name} cannot be moved: {vm.CannotMove}").ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    /// <summary>Where a VM of the cluster is.</summary>
    public async Task<int> WhereAsync(string vm, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var located = await client.WhereAsync(vm, cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(located, ControlJson.Default.VmLocated)).ConfigureAwait(false);
        }
        else if (located.Where.Count == 0)
        {
            await Console.Error.WriteLineAsync($"No host that answers knows of a VM '{vm}'; a name, a UUID or the address of a NIC is asked for. One that does not run is nowhere.").ConfigureAwait(false);
        }
        else
        {
            foreach (var sighting in located.Where)
            {
                await output.WriteLineAsync(sighting.IsConfirmed
                    ? $"{sighting.Name} ({sighting.Uuid}) is on {sighting.Host}."
                    : $"{sighting.Name} ({sighting.Uuid}) was on {sighting.Host} {Words.Span(sighting.AgeMs)} ago; that host does not answer now.").ConfigureAwait(false);
            }
        }

        return located.Where.Any(w => w.IsConfirmed) ? ExitCodes.Ok : ExitCodes.Refused;
    }

    /// <summary>Begins a move and watches it, if that is wanted; Ctrl-C stops watching, not the move.</summary>
    public async Task<int> MigrateAsync(string vm, string to, string? mode, bool isForced, bool isWatched, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.MoveAsync(new MoveRequest(vm, to, mode is null ? null : Enum.GetValues<MigrationMode>().First(m => Words.Of(m) == mode), isForced), cancellation).ConfigureAwait(false);
        if (!reply.IsAccepted)
        {
            await Console.Error.WriteLineAsync($"Not moved: {reply.Text}.").ConfigureAwait(false);
            return ExitCodes.Refused;
        }

        await SayAsync($"{reply.Text} (barter {reply.Barter})").ConfigureAwait(false);
        if (!isWatched)
        {
            return ExitCodes.Ok;
        }

        try
        {
            return await WatchAsync(client, reply.Barter!, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Not watched any more; barter {reply.Barter} goes on (`actormig migration list`).").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }

    private async Task<int> WatchAsync(ControlClient client, string barter, CancellationToken cancellation)
    {
        var said = "";
        while (true)
        {
            var info = await client.BarterAsync(barter, cancellation).ConfigureAwait(false);
            var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
            said = await SayProgressAsync(status, barter, said).ConfigureAwait(false);
            if (info.Outcome is { } outcome)
            {
                return await EndAsync(info, outcome).ConfigureAwait(false);
            }

            await Task.Delay(WatchInterval, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A person accepts that an earlier journal is lost: the host acts again.</summary>
    public async Task<int> AcceptJournalLossAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.AcceptJournalLossAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply, ControlJson.Default.AcceptLossReply)).ConfigureAwait(false);
        }
        else
        {
            await (reply.IsAccepted ? output : Console.Error).WriteLineAsync($"{char.ToUpperInvariant(reply.Text[0])}{reply.Text[1..]}.").ConfigureAwait(false);
        }

        return reply.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }

    /// <summary>The agent's actors as a tree, with what waits for each.</summary>
    public async Task<int> ShowActorsAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var reply = await client.ActorsAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply, ControlJson.Default.ActorsReply)).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        Table.Write(output, ["ACTOR", "CLASS", "WAITING", "AT MOST", "HANDLED", "RESTARTS", "DROPPED"], reply.Actors.Select(a => (IReadOnlyList<string>)
        [
            Indented(a.Path), a.IsPersistent ? a.Kind + " (persistent)" : a.Kind, Number(a.MailboxDepth), Number(a.MailboxMax), Number(a.Handled),
            Number(a.Restarts), Number(a.Dropped),
        ]));
        await output.WriteLineAsync($"{Number(reply.Actors.Count)} actors, {Number(reply.DeadLetters)} dead letters").ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    public async Task<int> TailJournalAsync(int last, bool follow, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        try
        {
            await foreach (var entry in client.JournalAsync(last, follow, cancellation).ConfigureAwait(false))
            {
                await output.WriteLineAsync(isJson ? JsonSerializer.Serialize(entry, ControlJson.Default.JournalEntry) : JournalText.Of(entry)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C ends the watching.
        }

        return ExitCodes.Ok;
    }

    /// <summary>What somebody else does to it is told, too.</summary>
    private static string StatusOf(VmView vm, HostStatus status) => status.Foreign?.FirstOrDefault(f => f.Uuid == vm.Facts.Uuid) is { } foreign
        ? foreign.IsOutgoing ? "foreign (leaves)" : "foreign (comes)"
        : Words.Of(vm.Status);

    /// <summary>A member, and how it is unless it is alive.</summary>
    private static string WithState(string member, HostStatus status) =>
        status.MembersAway?.FirstOrDefault(m => m.Host == member) is { } away ? $"{member} ({Words.Of(away.State)})" : member;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The last name of a path, as far in as it is deep: a parent comes right before its children.</summary>
    private static string Indented(string path) => new string(' ', 2 * (path.Count(c => c == '/') - 1)) + path[path.LastIndexOf('/')..];

    private async Task<int> EndAsync(BarterInfo info, BarterOutcome outcome)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(info, ControlJson.Default.BarterInfo)).ConfigureAwait(false);
        }
        else
        {
            await SayAsync($"{Words.Of(outcome)}: {info.Reason}").ConfigureAwait(false);
        }

        return outcome switch
        {
            BarterOutcome.Settled => ExitCodes.Ok,
            BarterOutcome.Declined or BarterOutcome.Withdrawn => ExitCodes.Refused,
            _ => ExitCodes.Failed,
        };
    }

    private async Task<string> SayProgressAsync(HostStatus status, string barter, string said)
    {
        if (status.Migrations.LastOrDefault(m => m.Plan.Barter == barter) is { } migration)
        {
            var text = $"{migration.Plan.Migration}: {MigrationCommands.Progress(migration)}";
            if (text != said)
            {
                await SayAsync(text).ConfigureAwait(false);
            }

            return text;
        }

        return said;
    }

    private Task SayAsync(string text) => isJson ? Task.CompletedTask : output.WriteLineAsync(text);

    private int WriteJson(HostStatus status)
    {
        output.WriteLine(JsonSerializer.Serialize(status, ControlJson.Default.HostStatus));
        return ExitCodes.Ok;
    }
}
