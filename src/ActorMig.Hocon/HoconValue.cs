using System.Globalization;

namespace ActorMig.Hocon;

/// <summary>A plain value and where it stands.</summary>
/// <param name="Text">The value, without quotes.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public sealed record HoconValue(string Text, string File, int Line, int Column)
{
    private static readonly (string[] Units, double Ms)[] DurationUnits =
    [
        (["ms", "milli", "millis", "millisecond", "milliseconds"], 1),
        (["s", "second", "seconds"], 1_000),
        (["m", "minute", "minutes"], 60_000),
        (["h", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
    ];

    private static readonly (string[] Units, double Bytes)[] SizeUnits =
    [
        (["B", "b", "byte", "bytes"], 1),
        (["K", "k", "Ki", "KiB", "kibibyte", "kibibytes"], 1L << 10),
        (["M", "m", "Mi", "MiB", "mebibyte", "mebibytes"], 1L << 20),
        (["G", "g", "Gi", "GiB", "gibibyte", "gibibytes"], 1L << 30),
        (["T", "t", "Ti", "TiB", "tebibyte", "tebibytes"], 1L << 40),
        (["kB", "kilobyte", "kilobytes"], 1e3),
        (["MB", "megabyte", "megabytes"], 1e6),
        (["GB", "gigabyte", "gigabytes"], 1e9),
    ];

    private static readonly (string[] Units, double BitPerSecond)[] RateUnits =
    [
        (["bit/s"], 1), (["kbit/s"], 1e3), (["Mbit/s"], 1e6), (["Gbit/s"], 1e9),
    ];

    /// <summary>File and line, as error messages begin.</summary>
    public string Where => FormattableString.Invariant($"{File}:{Line}:{Column}");

    /// <summary>A duration in milliseconds; without a unit it is milliseconds.</summary>
    public long Milliseconds() => (long)Math.Round(Quantity(DurationUnits, "a duration such as '60s' or '500 ms'"));

    /// <summary>A size in bytes; without a unit it is bytes.</summary>
    public long Bytes() => (long)Math.Round(Quantity(SizeUnits, "a size such as '2GiB'"));

    /// <summary>A rate in bit/s; without a unit it is bit/s.</summary>
    public double BitPerSecond() => Quantity(RateUnits, "a rate such as '400 Mbit/s'");

    /// <summary>A number.</summary>
    public double Number() => double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Wrong("a number");

    /// <summary>A whole number.</summary>
    public long Whole() => long.TryParse(Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Wrong("a whole number");

    /// <summary>One of an enum's values, written as <c>kebab-case</c> or in one word.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    public T OneOf<T>()
        where T : struct, Enum => Enum.TryParse<T>(Text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) && !char.IsDigit(Text[0])
            ? value
            : throw Wrong("one of " + string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())));

    /// <summary>The error for a value that is not what it should be.</summary>
    /// <param name="expected">What it should be.</param>
    public HoconException Wrong(string expected) => new($"{Where}: '{Text}' is not {expected}.");

    private double Quantity((string[] Units, double Factor)[] units, string expected)
    {
        var split = Text.Length;
        while (split > 0 && !char.IsAsciiDigit(Text[split - 1]))
        {
            split--;
        }

        var unit = Text[split..].Trim();
        if (!double.TryParse(Text[..split].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number < 0)
        {
            throw Wrong(expected);
        }

        if (unit.Length == 0)
        {
            return number;
        }

        foreach (var (names, factor) in units)
        {
            if (names.Contains(unit, StringComparer.Ordinal))
            {
                return number * factor;
            }
        }

        throw Wrong(expected);
    }
}
