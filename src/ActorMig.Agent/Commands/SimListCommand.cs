using System.CommandLine;
using System.Text.Json;
using ActorMig.Agent.Simulation;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim list</c>: the scenarios that are built in.</summary>
internal static class SimListCommand
{
    public static Command Build()
    {
        var list = new Command("list", "List the scenarios that are built in.");
        list.SetAction(parsed => Write(parsed.GetValue<bool>("--json"), Console.Out));
        return list;
    }

    public static int Write(bool isJson, TextWriter output)
    {
        var all = ShippedScenarios.Names.Select(n => new ShippedScenario(n, new ScenarioSource(n, null).Title()));
        if (!isJson)
        {
            Table.Write(output, ["SCENARIO", "SHOWS"], all.Select(s => (IReadOnlyList<string>)[s.Name, s.Title]));
            return ExitCodes.Ok;
        }

        foreach (var scenario in all)
        {
            output.WriteLine(JsonSerializer.Serialize(scenario, SimulationOutput.Json.ShippedScenario));
        }

        return ExitCodes.Ok;
    }
}
