using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>One of the figures that are compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it is, in words.</param>
/// <param name="Of">Reads it from a migration.</param>
/// <param name="Say">Says a value, with its unit.</param>
internal sealed record Measure(string Name, string Text, Func<Trial, double?> Of, Func<double, string> Say)
{
    private const double MiB = 1 << 20;

    public static readonly Measure Total = new("total", "migration time, as libvirt counts it", t => t.TotalMs, Ms);
    public static readonly Measure Wall = new("call to return", "migration time, from the call of the command to its return", t => t.WallMs, Ms);
    public static readonly Measure Downtime = new("downtime", "libvirt's downtime: the guest is active on neither side", t => t.DowntimeMs, Ms);
    public static readonly Measure Gap = new("guest gap", "the longest time without a beat of the guest, seen from outside", t => t.GapMs, Ms);
    public static readonly Measure SwitchGap = new("gap at the switch", "the longest time without a beat from the stop until a second after the guest runs at its destination", t => t.SwitchGapMs, Ms);
    public static readonly Measure CalmGap = new("calm gap", "the same in the same guest right before, without a migration, in a span as long or of 10 s", t => t.CalmGapMs, Ms);

    public static readonly Measure Bytes = new(
        "MiB sent", "bytes that the migration sent", t => t.Bytes / MiB, v => v.ToString("N0", CultureInfo.InvariantCulture));

    public static readonly Measure BytesPerByte = new(
        "per byte in use", "bytes sent for each byte of memory that the guest's kernel has in use", t => t.InUseBytes > 0 ? (double?)t.Bytes / t.InUseBytes : null,
        v => v.ToString("0.00", CultureInfo.InvariantCulture));

    /// <summary>As they stand in the tables.</summary>
    public static readonly IReadOnlyList<Measure> All = [Total, Wall, Downtime, Gap, SwitchGap, CalmGap, Bytes, BytesPerByte];

    /// <summary>Those of which ratios say something, and that are drawn.</summary>
    public static readonly IReadOnlyList<Measure> Compared = [Total, Wall, Downtime, Gap, SwitchGap, Bytes];

    /// <summary>Those of the musts.</summary>
    public static readonly IReadOnlyList<Measure> Musts = [Gap, Downtime, Total];

    /// <summary>The values that could be had.</summary>
    public IReadOnlyList<double> Values(IEnumerable<Trial> trials) => [.. trials.Select(Of).OfType<double>()];

    private static string Ms(double ms) => ms >= 10_000
        ? (ms / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : ms.ToString("0", CultureInfo.InvariantCulture) + " ms";
}
