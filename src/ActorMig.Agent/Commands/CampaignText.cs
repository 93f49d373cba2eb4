using System.Globalization;
using ActorMig.Simulation;

namespace ActorMig.Agent.Commands;

/// <summary>What a campaign showed, for people.</summary>
internal static class CampaignText
{
    private const string Never = ".";
    private const string Cannot = "-";

    /// <summary>One seed in a line.</summary>
    public static string Line(SeedResult r) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {r.Seed}: {r.Hosts} hosts, {r.Vms} VMs, {r.VirtualMs / 3_600_000.0:0.0} h, {r.Barters} barters, {r.Moves} moves, {r.Faults} faults, {r.Steps} steps, fingerprint {r.Fingerprint}: {r.Violation ?? "all held"}");

    /// <summary>The command that plays this again.</summary>
    public static string Command(CampaignOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"actormig sim campaign --seed {options.FirstSeed}{(options.OnlyEvents is { } only ? " --only-events " + (only.Count == 0 ? "none" : string.Join(",", only)) : "")}{(options.WithoutHosts.Count > 0 ? " --without-hosts " + string.Join(",", options.WithoutHosts) : "")}");

    /// <summary>Averages and tables.</summary>
    public static void Write(CampaignSummary s, TextWriter output)
    {
        if (s.Seeds == 0)
        {
            output.WriteLine("No seed was played to its end.");
            return;
        }

        var n = (double)s.Seeds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{s.Seeds} seeds, {s.Failed} failed. On average {s.VirtualMs / n / 3_600_000:0.0} virtual hours, {s.Hosts / n:0.0} hosts, {s.Barters / n:0.0} barters, {s.Moves / n:0.0} moves, {s.Faults / n:0.0} faults, {s.Replays / n:0.0} replays compared, {s.Steps / n:0} steps checked."));
        WriteTable(s, "migration", ["source", "destination", "both"], output);
        WriteTable(s, "barter", ["offerer", "granter", "both"], output);
        output.WriteLine();
        Table.Write(output, ["refusal", "count"], CampaignCoverage.AllCells.Where(c => c.StartsWith("refusal ", StringComparison.Ordinal))
            .Select(c => (IReadOnlyList<string>)[c["refusal ".Length..], Cell(s, c)]));
        output.WriteLine();
        output.WriteLine($"{Cannot}: cannot happen ({CampaignCoverage.Impossible.Count} cells, each with its reason in --json); {Never}: can happen and did not ({s.EmptyCells().Count} cells).");
        foreach (var cell in s.WrongCells())
        {
            output.WriteLine($"Said to be impossible, and it happened: {cell}.");
        }
    }

    private static void WriteTable(CampaignSummary s, string what, string[] sides, TextWriter output)
    {
        var cells = CampaignCoverage.AllCells.Where(c => c.StartsWith(what + " ", StringComparison.Ordinal)).Select(c => c.Split(' ')).ToArray();
        var rows = cells.Select(c => c[1]).Distinct().ToArray();
        var faults = cells.Select(c => c[2]).Distinct().ToArray();
        output.WriteLine();
        Table.Write(output, [$"{what}: {string.Join("/", sides)}", .. rows], faults.Select(f => (IReadOnlyList<string>)
        [
            f, .. rows.Select(r => string.Join("/", sides.Select(side => $"{what} {r} {f} {side}").Where(CampaignCoverage.AllCells.Contains).Select(c => Cell(s, c)))),
        ]));
    }

    private static string Cell(CampaignSummary s, string cell) =>
        s.Coverage.Cells.TryGetValue(cell, out var count) ? count.ToString(CultureInfo.InvariantCulture) : CampaignCoverage.Impossible.ContainsKey(cell) ? Cannot : Never;
}
