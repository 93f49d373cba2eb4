using System.Globalization;

namespace ActorMig.Rules;

/// <summary>Hours of the week, such as <c>Mon-Fri 08:00-18:00</c>, <c>Sat 22:00-02:00</c> or <c>06:00-07:30</c>. What ends before it begins ends on the next day.</summary>
/// <param name="FirstDay">From which day on, 0 is Sunday.</param>
/// <param name="LastDay">To which.</param>
/// <param name="FromMinute">From which minute of these days on.</param>
/// <param name="ToMinute">To which, exclusively.</param>
public sealed record RuleHours(int FirstDay, int LastDay, int FromMinute, int ToMinute)
{
    private const int DayMinutes = 1_440;
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>Reads them; null if they are none.</summary>
    /// <param name="text">The text.</param>
    public static RuleHours? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var days = parts.Length == 2 ? parts[0].Split('-') : ["Sun", "Sat"];
        var times = parts.Length is 1 or 2 ? parts[^1].Split('-') : [];
        return days.Length is 1 or 2 && times.Length == 2 && Day(days[0]) is >= 0 and var first && Day(days[^1]) is >= 0 and var last
            && Minute(times[0]) is { } from && Minute(times[1]) is { } to && from != to && from < DayMinutes
            ? new RuleHours(first, last, from, to)
            : null;
    }

    /// <summary>True if a time is within them.</summary>
    /// <param name="localMs">The time by the clock on the wall, in milliseconds since the first of January 1970 by that clock.</param>
    public bool Has(long localMs)
    {
        var (day, minute) = Of(localMs);
        return FromMinute < ToMinute
            ? IsDay(day) && minute >= FromMinute && minute < ToMinute
            : (IsDay(day) && minute >= FromMinute) || (IsDay((day + 6) % 7) && minute < ToMinute);
    }

    /// <summary>A time in words, such as <c>Mon 08:15</c>.</summary>
    /// <param name="localMs">The time, as in <see cref="Has"/>.</param>
    public static string InWords(long localMs)
    {
        var (day, minute) = Of(localMs);
        return FormattableString.Invariant($"{Days[day]} {minute / 60:00}:{minute % 60:00}");
    }

    private static (int Day, int Minute) Of(long localMs)
    {
        const int Thursday = 4;
        var minutes = Math.Max(0, localMs) / 60_000;
        return ((int)(((minutes / DayMinutes) + Thursday) % 7), (int)(minutes % DayMinutes));
    }

    private bool IsDay(int day) => FirstDay <= LastDay ? day >= FirstDay && day <= LastDay : day >= FirstDay || day <= LastDay;

    private static int Day(string name) => Array.FindIndex(Days, d => d.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static int? Minute(string text) => text.Split(':') is [{ Length: 2 } h, { Length: 2 } m]
        && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
        && minute < 60 && ((hour * 60) + minute) is var all and <= DayMinutes
        ? all
        : null;
}
