using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Edges;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig cluster</c>: who the hosts are, and this host's place among them.</summary>
internal sealed class ClusterCommands(string socket, bool isJson, TextWriter output)
{
    /// <summary>The commands.</summary>
    /// <param name="run">Makes an instance for a command line and runs it, with errors in sentences.</param>
    public static Command Build(Func<ParseResult, Func<ClusterCommands, Task<int>>, Task<int>> run)
    {
        var counters = new Option<bool>("--counters") { Description = "Instead, what has gone to each of them and come from it since this agent's start, and who was refused." };
        var show = new Command("show", "Show the hosts of the cluster: how they are, where their agents listen, their versions and distances.") { counters };
        show.SetAction((parsed, stop) => run(parsed, c => parsed.GetValue(counters) ? c.ShowCountersAsync(stop) : c.ShowAsync(stop)));
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = "Hosts of the cluster, as addresses or names, with serf's port unless it is 7946; with actormig.membership.kind = akka, addresses with the agents' ports. None: those of actormig.membership.serf.join.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var join = new Command("join", "Let this host join a cluster, or come back after it has left.") { addresses };
        join.SetAction((parsed, stop) => run(parsed, c => c.JoinAsync(parsed.GetValue(addresses) ?? [], stop)));
        var leave = new Command("leave", "Let this host leave the cluster; its agent goes on alone, also after a restart, until it joins again. With actormig.membership.kind = akka it joins again at its agent's next start if akka.cluster.seed-nodes names other hosts, and else by `actormig cluster join` then.");
        leave.SetAction((parsed, stop) => run(parsed, c => c.LeaveAsync(stop)));
        var host = new Argument<string>("HOST") { Description = "A host that has failed and will not be back." };
        var forget = new Command("forget", "Let all hosts forget one that has failed.") { host };
        forget.SetAction((parsed, stop) => run(parsed, c => c.ForgetAsync(parsed.GetValue(host)!, stop)));
        return new Command("cluster", "The hosts of the cluster.") { show, join, leave, forget };
    }

    public async Task<int> ShowAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var cluster = await client.ClusterAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            foreach (var host in cluster.Hosts)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(host, ControlJson.Default.ClusterHostInfo)).ConfigureAwait(false);
            }

            return ExitCodes.Ok;
        }

        Table.Write(output, ["HOST", "STATE", "ADDRESS", "VERSION", "DISTANCE"], cluster.Hosts.Select(h => (IReadOnlyList<string>)
        [
            h.IsSelf ? $"{h.Host} (here)" : h.Host,
            h is { State: MemberState.Failed, IsStopped: true } ? "stopped" : h.State is { } state ? Words.Of(state) : cluster.Kind == "static" ? "configured" : "-",
            h.Address,
            h.Version ?? "-",
            h.DistanceMs is { } ms ? ms.ToString("0.0", CultureInfo.InvariantCulture) + " ms" : "-",
        ]));
        if (cluster.HasLeft)
        {
            await output.WriteLineAsync(cluster.Kind == "akka"
                ? "This host has left the cluster, or was forgotten by the others; it joins again when its agent is restarted, if akka.cluster.seed-nodes names other hosts; else say `actormig cluster join` again then."
                : "This host has left the cluster; `actormig cluster join` brings it back.").ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    public async Task<int> ShowCountersAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        var counters = await client.CountersAsync(cancellation).ConfigureAwait(false);
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(counters, ControlJson.Default.CountersReply)).ConfigureAwait(false);
        }
        else
        {
            CountersText.Write(output, counters);
        }

        return ExitCodes.Ok;
    }

    public async Task<int> JoinAsync(IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        return await SayAsync(await client.JoinAsync(new JoinRequest(addresses), cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task<int> LeaveAsync(CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        return await SayAsync(await client.LeaveAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task<int> ForgetAsync(string host, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        return await SayAsync(await client.ForgetAsync(new ForgetRequest(host), cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<int> SayAsync(ClusterAnswer answer)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(answer, ControlJson.Default.ClusterAnswer)).ConfigureAwait(false);
        }
        else
        {
            await (answer.IsAccepted ? output : Console.Error).WriteLineAsync($"{char.ToUpperInvariant(answer.Text[0])}{answer.Text[1..]}.").ConfigureAwait(false);
        }

        return answer.IsAccepted ? ExitCodes.Ok : ExitCodes.Refused;
    }
}
