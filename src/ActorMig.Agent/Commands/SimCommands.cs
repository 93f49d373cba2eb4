using System.CommandLine;

namespace ActorMig.Agent.Commands;

/// <summary>The commands of the simulator.</summary>
internal static class SimCommands
{
    public static Command Build() => new("sim", "The same actors in virtual time: hosts, networks and faults in one process.")
    {
        SimRunCommand.Build(),
        SimListCommand.Build(),
        SimCampaignCommand.Build(),
        SimBenchCommand.Build(),
        SimImportCommand.Build(),
        SimExportCommand.Build(),
    };
}
