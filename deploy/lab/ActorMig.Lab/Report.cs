using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Lab;

/// <summary>What a run of the lab showed. Times are milliseconds since the start; a figure that could not be had is null.</summary>
internal sealed record Report(
    bool Ok,
    IReadOnlyList<string> Problems,
    ulong Seed,
    string Scale,
    double ThresholdBitPerSecond,
    double WindowLowBitPerSecond,
    double WindowHighBitPerSecond,
    long DurationMs,
    IReadOnlyList<PhaseReport> Phases,
    IReadOnlyList<HostReport> Hosts,
    IReadOnlyList<BarterReport> Barters,
    IReadOnlyList<MigrationReport> Migrations,
    IReadOnlyList<GuestReport> Guests)
{
    /// <summary>The scale, which stands in <c>hocon/lab.conf</c>.</summary>
    public const string ScaleText = "1:10 (400 : 200-300 Mbit/s is 40 : 20-30; guests of 96 MiB in hosts of 192 MiB, overcommit 1.5)";

    /// <summary>Gathers a report from the journals, the heartbeats and the disks.</summary>
    public static Report Gather(Lab lab, LabLog log, IReadOnlyList<PhaseReport> phases, IReadOnlyList<string> problems, ulong seed, ThresholdOptions threshold)
    {
        long T(long wallMs) => wallMs - log.StartMs;
        var hosts = lab.Hosts.Select(h =>
        {
            var samples = log.Of<RoundMeasured>().Where(r => r.Host == h.Name).Select(r => new SampleReport(T(r.WallMs), r.Message.HostBitPerSecond)).ToArray();
            return new HostReport(h.Name, samples, samples.Length == 0 ? null : samples.Average(s => s.BitPerSecond));
        }).ToArray();
        var barters = log.Barters().Select(b => new BarterReport(
            b.Id, Kind(b.Kind), b.From, b.To, b.Vms, b.Outcome is { } o ? Words.Of(o) : null,
            b.EndReason ?? "it has not ended", b.OfferReason, b.GrantReason, T(b.StartMs), b.EndMs is { } e ? T(e) : null));

        // A decision to do nothing is told once, when a host comes to it.
        var nothings = new List<BarterReport>();
        foreach (var host in lab.Hosts)
        {
            var before = "";
            foreach (var (name, wallMs, decided) in log.Decisions.Where(d => d.Host == host.Name))
            {
                if (decided.Answer != before && decided.Answer is "calm" or "both-overloaded" or "peer-too-full" or "no-fitting-vm")
                {
                    nothings.Add(new BarterReport(
                        FormattableString.Invariant($"{name}-round-{decided.Round}"), "none", name, decided.Peer, [], decided.Answer, decided.Reason, null, null, T(wallMs), T(wallMs)));
                }

                before = decided.Answer;
            }
        }

        var migrations = log.Migrations().Select(m =>
        {
            var guest = lab.Guests.First(g => g.Name == m.Plan.Vm.Name);
            var figures = m.Settled?.Figures;
            return new MigrationReport(
                m.Plan.Migration, m.Plan.Vm.Name, m.Plan.From, m.Plan.To, m.HasSwitched ? "hybrid (post-copy)" : "hybrid (converged in pre-copy)",
                m.Settled is null ? null : Words.Of(m.Settled.Outcome), figures?.TotalMs, figures?.DowntimeMs,
                m.EndMs is { } end ? lab.Heartbeats!.LongestGapMs(guest, m.StartMs, end + 1_000) : null,
                figures?.Bytes, T(m.StartMs), m.EndMs is { } ended ? T(ended) : null);
        }).ToArray();
        var guests = lab.Guests.Select(g =>
        {
            var where = lab.Where(g);
            var running = where.Where(w => w.State.StartsWith("running", StringComparison.Ordinal)).ToArray();
            var disk = DiskChecker.Check(g.Disk);
            var lastMs = lab.Heartbeats!.LastMs(g);
            return new GuestReport(
                g.Name, running.Length == 1 ? running[0].Host : null, running.Length == 1 && lastMs is { } beat && Heartbeats.NowMs - beat < 2_000,
                where.Count, disk.Missing, disk.Double, disk.Count, lab.Heartbeats.LongestGapMs(g, log.StartMs, long.MaxValue));
        }).ToArray();
        return new Report(
            problems.Count == 0, problems, seed, ScaleText,
            threshold.OverloadBitPerSecond, threshold.WindowLowBitPerSecond, threshold.WindowHighBitPerSecond,
            T(Heartbeats.NowMs), phases, hosts, [.. barters.Concat(nothings).OrderBy(b => b.StartMs)], migrations, guests);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    private static string Kind(BarterKind kind) => kind switch
    {
        BarterKind.Migrate => "migrate",
        BarterKind.Swap => "swap",
        BarterKind.Remigrate => "remigrate",
        _ => "command",
    };
}

/// <summary>A phase of the story.</summary>
internal sealed record PhaseReport(string Name, string Expects, long StartMs, long EndMs, bool Ok, string Saw);

/// <summary>A host's load over time.</summary>
internal sealed record HostReport(string Name, IReadOnlyList<SampleReport> Samples, double? MeanBitPerSecond);

/// <summary>A host's load at one time.</summary>
internal sealed record SampleReport(long T, double BitPerSecond);

/// <summary>A barter, or a decision that there is none. The reason is how it ended in words, the others are why it was offered and granted.</summary>
internal sealed record BarterReport(
    string Id, string Kind, string From, string? To, IReadOnlyList<string> Vms, string? Outcome, string Reason, string? OfferReason, string? GrantReason,
    long StartMs, long? EndMs);

/// <summary>A migration.</summary>
internal sealed record MigrationReport(
    string Id, string Vm, string From, string To, string Mode, string? Outcome, long? TotalMs, long? DowntimeMs, long? GuestGapMs, long? Bytes,
    long StartMs, long? EndMs);

/// <summary>A guest at the end.</summary>
internal sealed record GuestReport(
    string Name, string? Host, bool Alive, int Copies, int CountersMissing, int CountersDouble, int CountersWritten, long? LongestGapMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
