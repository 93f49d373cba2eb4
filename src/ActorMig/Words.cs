using System.Globalization;
using System.Text.Json;

namespace ActorMig;

/// <summary>How numbers and enums are said to people.</summary>
public static class Words
{
    /// <summary>An enum's value as the protocol and the documentation write it: <c>BothOverloaded</c> is <c>both-overloaded</c>.</summary>
    /// <param name="value">The value.</param>
    /// <typeparam name="T">The enum.</typeparam>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>A rate, such as <c>43.1 Mbit/s</c>.</summary>
    /// <param name="bitPerSecond">The rate in bit/s.</param>
    public static string Rate(double bitPerSecond) => (bitPerSecond / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " Mbit/s";

    /// <summary>An amount of memory, such as <c>1.50 GiB</c> or <c>128 MiB</c>.</summary>
    /// <param name="bytes">The amount in bytes.</param>
    public static string Memory(long bytes) => bytes >= 1L << 30
        ? ((double)bytes / (1L << 30)).ToString("0.00", CultureInfo.InvariantCulture) + " GiB"
        : ((double)bytes / (1L << 20)).ToString("0", CultureInfo.InvariantCulture) + " MiB";

    /// <summary>A duration, such as <c>80 ms</c> or <c>12.3 s</c>.</summary>
    /// <param name="ms">The duration in milliseconds.</param>
    public static string Duration(long ms) => ms < 1_000
        ? ms.ToString(CultureInfo.InvariantCulture) + " ms"
        : (ms / 1e3).ToString("0.0", CultureInfo.InvariantCulture) + " s";

    /// <summary>A longer duration, such as <c>2 h 5 min</c> or <c>3 min</c>; below a minute as <see cref="Duration"/>.</summary>
    /// <param name="ms">The duration in milliseconds.</param>
    public static string Span(long ms)
    {
        const long Minute = 60_000;
        const long Hour = 60 * Minute;
        const long Day = 24 * Hour;
        return ms switch
        {
            >= Day => Both(ms / Day, "d", ms % Day / Hour, "h"),
            >= Hour => Both(ms / Hour, "h", ms % Hour / Minute, "min"),
            >= Minute => Both(ms / Minute, "min", ms % Minute / 1_000, "s"),
            _ => Duration(ms),
        };
    }

    private static string Both(long big, string bigUnit, long small, string smallUnit) =>
        small == 0 ? FormattableString.Invariant($"{big} {bigUnit}") : FormattableString.Invariant($"{big} {bigUnit} {small} {smallUnit}");
}
