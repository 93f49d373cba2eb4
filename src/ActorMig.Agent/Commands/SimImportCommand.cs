using System.CommandLine;
using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation.Imports;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim import</c>: makes a scenario from a cluster of Ganeti's, or from traces.</summary>
internal static class SimImportCommand
{
    public static Command Build()
    {
        var from = new Option<string>("--from")
        {
            Description = "What it is: hbal (a text file of Ganeti's htools), planetlab (a folder with a file of CPU percents for each VM) or bitbrains (a folder of CSV files, GWA-T-12).",
            HelpName = "FORMAT",
            Required = true,
        };
        from.AcceptOnlyFromAmong([.. Enum.GetValues<ImportFormat>().Select(Words.Of)]);
        var path = new Argument<string>("PATH") { Description = "The file, or the folder with a file for each VM." };
        var output = new Option<string>("--out") { Description = "The scenario's folder, which must not exist yet.", HelpName = "DIR", Required = true };
        var hosts = new Option<int?>("--hosts") { Description = $"Traces: the VMs are dealt out to so many hosts, in turn ({Number(ImportOptions.HostsDefault)}).", HelpName = "N" };
        var vms = new Option<int?>("--vms") { Description = "Traces: only so many, the first by name (all).", HelpName = "N" };
        var hostMemory = new Option<string?>("--host-memory") { Description = "Traces: the memory of each host (half as much again as the VMs of the fullest have).", HelpName = "SIZE" };
        var vmMemory = new Option<string?>("--vm-memory")
        {
            Description = $"Traces: the memory of a VM whose trace does not tell it (planetlab: {Words.Memory(ImportOptions.VmMemoryDefaultBytes)}).", HelpName = "SIZE",
        };
        var rate = new Option<string?>("--rate")
        {
            Description = $"The traffic that stands for a net_util of 1 (hbal: {Words.Rate(ImportOptions.UtilRateDefault)}) or for 100 % of CPU (planetlab: {Words.Rate(ImportOptions.CpuRateDefault)}).",
            HelpName = "RATE",
        };
        var duration = new Option<string?>("--duration")
        {
            Description = $"How long the scenario is (hbal: {Words.Span(ImportOptions.StillDurationDefaultMs)}; traces: as long as they are).", HelpName = "TIME",
        };
        var util = new Option<string?>("--util-file") { Description = "hbal: the file with each instance's dynamic utilisation, hbal's -U.", HelpName = "FILE" };
        var group = new Option<string?>("--group") { Description = "hbal: the node group, by name or UUID, if there are several.", HelpName = "GROUP" };
        var import = new Command("import", "Make a scenario from a cluster of Ganeti's (hbal) or from VM traces (PlanetLab, Bitbrains).")
        {
            path, from, output, hosts, vms, hostMemory, vmMemory, rate, duration, util, group,
        };

        // Not on this thread: Ctrl-C is listened for only once this call has returned.
        import.SetAction((parsed, stop) => DraftOutput.GuardAsync(Console.Error, () => Task.Run(
            () =>
            {
                var format = Enum.GetValues<ImportFormat>().First(f => Words.Of(f) == parsed.GetValue(from));
                RefuseIdle(format, parsed, format switch
                {
                    ImportFormat.Hbal => [hosts, vms, hostMemory, vmMemory],
                    ImportFormat.Planetlab => [util, group],
                    _ => [util, group, rate],
                });
                var options = new ImportOptions
                {
                    Hosts = DraftOutput.Within("--hosts", parsed.GetValue(hosts), ImportLimits.HostsMax),
                    Vms = DraftOutput.Within("--vms", parsed.GetValue(vms), ImportLimits.VmsMax),
                    HostMemoryBytes = DraftOutput.Memory("--host-memory", parsed.GetValue(hostMemory)),
                    VmMemoryBytes = DraftOutput.Memory("--vm-memory", parsed.GetValue(vmMemory)),
                    RateBitPerSecond = DraftOutput.Rate("--rate", parsed.GetValue(rate)),
                    DurationMs = DraftOutput.Duration("--duration", parsed.GetValue(duration)),
                    UtilFile = parsed.GetValue(util),
                    Group = parsed.GetValue(group),
                };
                var directory = parsed.GetValue(output)!;
                ScenarioFolder.CheckIsFree(directory);
                var draft = ScenarioImport.Read(format, parsed.GetValue(path)!, options, stop);
                ScenarioFolder.Write(directory, draft, $"actormig sim import --from {Words.Of(format)}", stop);
                DraftOutput.Say(draft, directory, parsed.GetValue<bool>("--json"), Console.Out);
                return ExitCodes.Ok;
            },
            CancellationToken.None)));
        return import;
    }

    /// <summary>What would do nothing is a mistake.</summary>
    private static void RefuseIdle(ImportFormat format, ParseResult parsed, IReadOnlyList<Option> idle)
    {
        if (idle.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } option)
        {
            throw new HoconException($"{option.Name} means nothing with --from {Words.Of(format)}; leave it out.");
        }
    }

    private static string Number(int n) => FormattableString.Invariant($"{n}");
}
