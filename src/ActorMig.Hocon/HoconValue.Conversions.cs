using System.Globalization;

namespace ActorMig.Hocon;

/// <content>What a value is when somebody asks for a type. A wrong one is said with its place, the value and an example.</content>
public abstract partial class HoconValue
{
    /// <summary>The value as a text; numbers as they were written.</summary>
    /// <exception cref="HoconException">It is an array or an object.</exception>
    public virtual string Text => throw Wrong("a single value; write one text or number");

    /// <summary>A boolean: true, yes, on, false, no or off.</summary>
    public bool Boolean() => Plain("true or false") switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => throw Wrong("true or false"),
    };

    /// <summary>A number by JSON's rules.</summary>
    public double Number() => IsNumber(Plain("a number")) && double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
        ? number
        : throw Wrong("a number");

    /// <summary>A whole number.</summary>
    public long Whole() => long.TryParse(Plain("a whole number"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Wrong("a whole number");

    /// <summary>The elements of an array; an object whose keys are numbers is one too.</summary>
    public IReadOnlyList<HoconValue> Array() => this switch
    {
        HoconArray array => array.Items,
        HoconObject o when o.ToArray() is { } array => array.Items,
        _ => throw Wrong("an array such as [a, b]"),
    };

    /// <summary>A duration, which is not negative; without a unit it is milliseconds.</summary>
    public TimeSpan Duration() => TimeSpan.FromTicks(Clamp(Nanoseconds() / 100));

    /// <summary>A duration in milliseconds, which is not negative; one that 64 bits do not hold counts as the longest that they do.</summary>
    public long Milliseconds() => Clamp(Nanoseconds() / 1_000_000);

    /// <summary>A period of the calendar; without a unit it is days.</summary>
    public HoconPeriod Period()
    {
        const string Expected = "a period such as '7d', '2 weeks', '3 mo' or '1y'";
        if (!HoconUnits.TrySplit(Plain(Expected), out var number, out var unit) || decimal.Truncate(number) != number || Math.Abs(number) > int.MaxValue / 7)
        {
            throw Wrong(Expected);
        }

        return HoconUnits.Periods.TryGetValue(unit.Length == 0 ? "d" : unit, out var one)
            ? new HoconPeriod(one.Years * (int)number, one.Months * (int)number, one.Days * (int)number)
            : throw Wrong(Expected);
    }

    /// <summary>A size in bytes; without a unit it is bytes.</summary>
    public long Bytes() => Quantity(HoconUnits.Sizes, 1, "a size such as '2GiB'") is var bytes && bytes <= long.MaxValue
        ? (long)decimal.Round(bytes)
        : throw Wrong("a size that 64 bits hold; write a smaller one");

    /// <summary>A rate in bit/s; without a unit it is bit/s.</summary>
    public double BitPerSecond() => (double)Quantity(HoconUnits.Rates, 1, "a rate such as '400 Mbit/s'");

    /// <summary>One of an enum's values, written as <c>kebab-case</c> or in one word.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    public T OneOf<T>()
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        var expected = "one of " + string.Join(", ", names.Select(n => n.ToLowerInvariant()));
        var word = Plain(expected).Replace("-", "", StringComparison.Ordinal);
        return names.FirstOrDefault(n => n.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name) : throw Wrong(expected);
    }

    private static bool IsNumber(string text) => text.Length > 0 && HoconLexer.NumberLength(text, 0) == text.Length;

    private static long Clamp(decimal number) => number >= long.MaxValue ? long.MaxValue : (long)decimal.Round(number);

    /// <summary>Null is no value, whatever is asked for.</summary>
    private string Plain(string expected) => this is HoconScalar { Kind: not HoconKind.Null } ? Text : throw Wrong(expected);

    private decimal Nanoseconds() => Quantity(HoconUnits.Durations, 1_000_000, "a duration such as '60s' or '500 ms'");

    private decimal Quantity(IReadOnlyDictionary<string, decimal> units, decimal withoutUnit, string expected)
    {
        if (!HoconUnits.TrySplit(Plain(expected), out var number, out var unit) || number < 0)
        {
            throw Wrong(expected);
        }

        return unit.Length == 0 ? HoconUnits.Times(number, withoutUnit)
            : units.TryGetValue(unit, out var factor) ? HoconUnits.Times(number, factor)
            : throw Wrong(expected);
    }
}
