using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Simulation;

namespace ActorMig.Agent.Simulation;

/// <summary>What came of one seed; <paramref name="Command"/> repeats its failure with as little as possible.</summary>
internal sealed record SeedReply(
    ulong Seed, string? Violation, string? Command, int Hosts, int Vms, int Barters, int Moves, int Faults, long VirtualMs, string Fingerprint)
{
    public static SeedReply Of(SeedResult r, string? command) =>
        new(r.Seed, r.Violation, command, r.Hosts, r.Vms, r.Barters, r.Moves, r.Faults, r.VirtualMs, r.Fingerprint);
}

/// <summary>A cell of the tables: how often it happened, or why it cannot.</summary>
internal sealed record CellReply(string Cell, long Count, string? CannotHappen);

/// <summary>What a campaign showed.</summary>
internal sealed record CampaignReply(IReadOnlyList<SeedReply> Seeds, IReadOnlyList<CellReply> Cells)
{
    public static IReadOnlyList<CellReply> CellsOf(CampaignCoverage coverage) =>
    [
        .. CampaignCoverage.AllCells.Select(c => new CellReply(
            c, coverage.Cells.TryGetValue(c, out var count) ? count : 0, CampaignCoverage.Impossible.TryGetValue(c, out var why) ? why : null)),
    ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CampaignReply))]
internal sealed partial class CampaignJson : JsonSerializerContext;

/// <summary>How a campaign is written as JSON.</summary>
internal static class CampaignOutput
{
    /// <summary>For terminals and pipes, not for web pages: only what JSON itself asks for is escaped.</summary>
    public static CampaignJson Json { get; } = new(new JsonSerializerOptions(CampaignJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
