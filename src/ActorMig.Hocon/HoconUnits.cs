using System.Globalization;

namespace ActorMig.Hocon;

/// <summary>The units that the specification names, and rates besides; names are case-sensitive.</summary>
internal static class HoconUnits
{
    /// <summary>In nanoseconds.</summary>
    public static readonly IReadOnlyDictionary<string, decimal> Durations = Names(
        (1, "ns nano nanos nanosecond nanoseconds"),
        (1_000, "us micro micros microsecond microseconds"),
        (1_000_000, "ms milli millis millisecond milliseconds"),
        (1_000_000_000, "s second seconds"),
        (60_000_000_000, "m minute minutes"),
        (3_600_000_000_000, "h hour hours"),
        (86_400_000_000_000, "d day days"));

    /// <summary>In bytes.</summary>
    public static readonly IReadOnlyDictionary<string, decimal> Sizes = Names(
    [
        (1, "B b byte bytes"),
        .. Powers(1_000, "kB kilobyte", "MB megabyte", "GB gigabyte", "TB terabyte", "PB petabyte", "EB exabyte", "ZB zettabyte", "YB yottabyte"),
        .. Powers(
            1_024, "K k Ki KiB kibibyte", "M m Mi MiB mebibyte", "G g Gi GiB gibibyte", "T t Ti TiB tebibyte", "P p Pi PiB pebibyte",
            "E e Ei EiB exbibyte", "Z z Zi ZiB zebibyte", "Y y Yi YiB yobibyte"),
    ]);

    /// <summary>In days, months or years: which, says the first letter of the name that stands first.</summary>
    public static readonly IReadOnlyDictionary<string, (int Years, int Months, int Days)> Periods =
        new Dictionary<string, (int, int, int)>(StringComparer.Ordinal)
        {
            ["d"] = (0, 0, 1), ["day"] = (0, 0, 1), ["days"] = (0, 0, 1),
            ["w"] = (0, 0, 7), ["week"] = (0, 0, 7), ["weeks"] = (0, 0, 7),
            ["m"] = (0, 1, 0), ["mo"] = (0, 1, 0), ["month"] = (0, 1, 0), ["months"] = (0, 1, 0),
            ["y"] = (1, 0, 0), ["year"] = (1, 0, 0), ["years"] = (1, 0, 0),
        };

    /// <summary>In bit/s.</summary>
    public static readonly IReadOnlyDictionary<string, decimal> Rates = Names(
        (1, "bit/s"), (1_000, "kbit/s"), (1_000_000, "Mbit/s"), (1_000_000_000, "Gbit/s"));

    /// <summary>Divides a text into a number and the name of a unit; false if it does not begin with a number.</summary>
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = HoconLexer.Trim(text);
        var length = HoconLexer.NumberLength(trimmed, 0);
        unit = HoconLexer.Trim(trimmed[length..]);
        return TryNumber(trimmed[..length], out number);
    }

    private static bool TryNumber(string text, out decimal number)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        // What is too large for a decimal is too large for everything: the largest one stands for it.
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var large))
        {
            number = large > 0 ? decimal.MaxValue : decimal.MinValue;
            return true;
        }

        return false;
    }

    /// <summary>The product, or the largest number that there is.</summary>
    public static decimal Times(decimal number, decimal factor) =>
        number > 0 && number > decimal.MaxValue / factor ? decimal.MaxValue
        : number < 0 && number < decimal.MinValue / factor ? decimal.MinValue
        : number * factor;

    private static Dictionary<string, decimal> Names(params IEnumerable<(decimal Factor, string Names)> units)
    {
        var all = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (factor, names) in units)
        {
            foreach (var name in names.Split(' '))
            {
                all.Add(name, factor);
            }
        }

        return all;
    }

    private static IEnumerable<(decimal Factor, string Names)> Powers(decimal step, params string[] names)
    {
        var factor = 1m;
        foreach (var name in names)
        {
            factor *= step;
            yield return (factor, $"{name} {name.Split(' ')[^1]}s");
        }
    }
}
