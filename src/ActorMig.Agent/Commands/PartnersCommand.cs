using System.CommandLine;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Hosts;
using ActorMig.Vms;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig vm partners</c>: who talks to whom.</summary>
internal sealed class PartnersCommand(string socket, bool isJson, TextWriter output)
{
    private static readonly string[] Head = ["VM", "TALKS WITH", "ON", "SENDS", "HEARS"];

    public static Command Build(Func<ParseResult, Func<PartnersCommand, Task<int>>, Task<int>> run)
    {
        var vm = new Argument<string?>("VM") { Description = "Its name or UUID; without one, all VMs of the host.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("partners", "Show who talks to whom: with which VMs those of this host talk, and how much.") { vm };
        command.SetAction((parsed, stop) => run(parsed, c => c.RunAsync(parsed.GetValue(vm), stop)));
        return command;
    }

    public async Task<int> RunAsync(string? vm, CancellationToken cancellation)
    {
        using var client = new ControlClient(socket);
        return Show(await client.StatusAsync(cancellation).ConfigureAwait(false), vm);
    }

    /// <summary>Shows it.</summary>
    internal int Show(HostStatus status, string? vm)
    {
        VmView[] shown = [.. status.Barter.Vms.Where(v => vm is null || v.Facts.Name == vm || v.Facts.Uuid == vm)];
        if (vm is not null && shown.Length == 0)
        {
            Console.Error.WriteLine($"No VM '{vm}' runs on {status.Host}; ask its own host (`actormig vm where {vm}`).");
            return ExitCodes.Refused;
        }

        if (isJson)
        {
            foreach (var view in shown)
            {
                output.WriteLine(JsonSerializer.Serialize(new PartnersInfo(view.Facts.Name, view.Facts.Uuid, view.Traffic), ControlJson.Default.PartnersInfo));
            }

            return ExitCodes.Ok;
        }

        if (status.TrafficUnseen is { } unseen)
        {
            output.WriteLine($"It cannot be seen who talks to whom: {unseen}.");
            return ExitCodes.Ok;
        }

        Table.Write(output, Head, shown.SelectMany(Rows));
        return ExitCodes.Ok;
    }

    /// <summary>The pairs of VMs that talk most, in one line; null if none does.</summary>
    internal static string? Busiest(IEnumerable<VmView> vms)
    {
        const int Most = 3;
        var pairs = vms.SelectMany(v => (v.Traffic?.Partners ?? []).Select(p => (From: v.Facts.Name, p.Name, p.SentBitPerSecond)))
            .OrderByDescending(p => p.SentBitPerSecond).ThenBy(p => p.From, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)
            .Take(Most).Select(p => $"{p.From} -> {p.Name} {Words.Rate(p.SentBitPerSecond)}").ToArray();
        return pairs.Length == 0 ? null : string.Join(", ", pairs);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(VmView vm)
    {
        var name = vm.Facts.Name;
        switch (vm.Traffic)
        {
            case null:
                yield return [name, "(not known yet)", "-", "-", "-"];
                break;
            case { IsUnseen: true }:
                yield return [name, "(what it sends passes no bridge of this host)", "-", "-", "-"];
                break;
            case var traffic:
                foreach (var partner in traffic.Partners)
                {
                    yield return [name, partner.Name, partner.Host, Words.Rate(partner.SentBitPerSecond), partner.HeardBitPerSecond is { } heard ? Words.Rate(heard) : "counted there"];
                }

                yield return [name, "(other VMs)", "-", Words.Rate(traffic.OthersBitPerSecond), "-"];
                yield return [name, "(no VM: routed)", "-", Words.Rate(traffic.RoutedBitPerSecond), "-"];
                yield return [name, "(broadcast and multicast)", "-", Words.Rate(traffic.GroupBitPerSecond), "-"];
                break;
        }
    }
}
