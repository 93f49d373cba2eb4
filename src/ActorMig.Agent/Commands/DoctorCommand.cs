using System.CommandLine;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.PreFlight;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig doctor</c>: what would stand in the way of migrations, before one is tried.</summary>
internal static class DoctorCommand
{
    /// <summary>The command.</summary>
    /// <param name="socket">The local agent's socket.</param>
    /// <param name="json">Whether JSON is wanted.</param>
    /// <param name="guard">Runs it, with errors in sentences.</param>
    public static Command Build(Option<string> socket, Option<bool> json, Func<Func<Task<int>>, Task<int>> guard)
    {
        var what = new Argument<string?>("HOST|VM") { Description = "A host; or, with --to, a VM of this host. None: this host and the way to all members.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string?>("--to") { Description = "The host to which the VM is to go.", HelpName = "HOST" };
        var command = new Command("doctor", "Look for what would stand in the way of migrations: releases, post-copy, the way to each host, and a VM's devices, disks and CPU.") { what, to };
        command.SetAction((parsed, stop) => guard(() => RunAsync(parsed.GetValue(socket)!, parsed.GetValue(json), parsed.GetValue(what), parsed.GetValue(to), stop)));
        return command;
    }

    private static async Task<int> RunAsync(string socket, bool isJson, string? what, string? to, CancellationToken cancellation)
    {
        if (to is not null && what is null)
        {
            throw new ControlException("Which VM is to go there? Say `actormig doctor VM --to HOST`.", ExitCodes.BadInput);
        }

        using var client = new ControlClient(socket);
        var findings = (await client.DoctorAsync(what, to, cancellation).ConfigureAwait(false)).Findings;
        if (isJson)
        {
            foreach (var finding in findings)
            {
                Console.WriteLine(JsonSerializer.Serialize(finding, ControlJson.Default.Finding));
            }
        }
        else
        {
            foreach (var group in findings.GroupBy(f => f.About))
            {
                Console.WriteLine(group.Key);
                foreach (var finding in group)
                {
                    Console.WriteLine($"  {Words.Of(finding.Level),-8}  {finding.Text}");
                }
            }

            Console.WriteLine($"{findings.Count(f => f.Level == FindingLevel.Refusal)} refusals, {findings.Count(f => f.Level == FindingLevel.Warning)} warnings");
        }

        return findings.Any(f => f.Level == FindingLevel.Refusal) ? ExitCodes.Refused : ExitCodes.Ok;
    }
}
