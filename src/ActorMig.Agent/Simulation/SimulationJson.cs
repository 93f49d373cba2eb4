using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Agent.Commands;
using ActorMig.Bartering;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>A scenario as a list shows it.</summary>
internal sealed record ShippedScenario(string Name, string Title);

/// <summary>What a run showed, and whether it decided what was expected: null where that was not compared.</summary>
internal sealed record ScenarioReply(ScenarioResult Result, bool? IsAsExpected, IReadOnlyList<string> Differences);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KebabCase<BarterKind>), typeof(KebabCase<BarterOutcome>), typeof(KebabCase<LegOutcome>), typeof(KebabCase<Refusal>)])]
[JsonSerializable(typeof(ShippedScenario))]
[JsonSerializable(typeof(ScenarioReply))]
[JsonSerializable(typeof(DraftOutput.DraftReply))]
internal sealed partial class SimulationJson : JsonSerializerContext;

/// <summary>How the simulator's commands write JSON.</summary>
internal static class SimulationOutput
{
    /// <summary>For terminals and pipes, not for web pages: only what JSON itself asks for is escaped.</summary>
    public static SimulationJson Json { get; } = new(new JsonSerializerOptions(SimulationJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
