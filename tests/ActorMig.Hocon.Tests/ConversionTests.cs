namespace ActorMig.Hocon.Tests;

/// <summary>Values as types: the specification's units, and what is no such value.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData(" 1.5 m ", 90_000)]
    [InlineData("250", 250)]
    [InlineData("1d", 86_400_000)]
    [InlineData("2 hours", 7_200_000)]
    [InlineData("1500000 ns", 2)]
    [InlineData("2000us", 2)]
    [InlineData("1e3 millis", 1_000)]
    [InlineData("99999999999999999999999d", long.MaxValue)]
    [InlineData("1e400d", long.MaxValue)]
    public void Durations(string text, long ms) => Assert.Equal(ms, Value(text).Milliseconds());

    [Fact]
    public void Durations_have_the_names_of_the_specification()
    {
        foreach (var (names, ticks) in new[]
        {
            ("ns nano nanos nanosecond nanoseconds", 1L), ("us micro micros microsecond microseconds", 1_000), ("ms milli millis millisecond milliseconds", 1_000_000),
            ("s second seconds", 1_000_000_000), ("m minute minutes", 60_000_000_000), ("h hour hours", 3_600_000_000_000), ("d day days", 86_400_000_000_000),
        })
        {
            Assert.All(names.Split(' '), name => Assert.Equal(TimeSpan.FromTicks(ticks), Value("100 " + name).Duration()));
        }
    }

    [Theory]
    [InlineData("7", 0, 0, 7)]
    [InlineData("2 weeks", 0, 0, 14)]
    [InlineData("3m", 0, 3, 0)]
    [InlineData("3 mo", 0, 3, 0)]
    [InlineData("-1 year", -1, 0, 0)]
    public void Periods(string text, int years, int months, int days) => Assert.Equal(new HoconPeriod(years, months, days), Value(text).Period());

    [Theory]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("192 MiB", 192L << 20)]
    [InlineData("10", 10)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1 kB", 1_000)]
    [InlineData("1k", 1_024)]
    [InlineData("1.5 kibibytes", 1_536)]
    [InlineData("3 exabytes", 3_000_000_000_000_000_000)]
    [InlineData("9007199254740993", 9_007_199_254_740_993)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, Value(text).Bytes());

    [Fact]
    public void Rates_and_numbers_and_booleans()
    {
        Assert.Equal(400e6, Value("400 Mbit/s").BitPerSecond());
        Assert.Equal(-1.5e3, Value("-1.5e3").Number());
        Assert.Equal(-7, Value("-7").Whole());
        Assert.Equal([true, true, true, false, false, false], new[] { "true", "yes", "on", "false", "no", "off" }.Select(t => Value(t).Boolean()));
        Assert.Equal(HoconKind.Object, Value("object").OneOf<HoconKind>());
    }

    [Fact]
    public void An_object_whose_keys_are_numbers_is_an_array()
    {
        Assert.Equal(["a", "b"], Read.Value("x.2 = b, x.0 = a, x.y = c").AsObject().Find("x")!.Array().Select(v => v.Text));
        Assert.Equal("x.conf:1:1: an object is not an array such as [a, b].", Assert.Throws<HoconException>(() => Read.Value("x = 1").Array()).Message);
    }

    [Theory]
    [InlineData("soon", "a duration such as '60s' or '500 ms'")]
    [InlineData("-1s", "a duration such as '60s' or '500 ms'")]
    [InlineData("1 fortnight", "a duration such as '60s' or '500 ms'")]
    [InlineData("1 S", "a duration such as '60s' or '500 ms'")]
    [InlineData("", "a duration such as '60s' or '500 ms'")]
    public void A_wrong_duration_names_the_place_and_an_example(string text, string expected) =>
        Assert.Equal($"f:3:4: '{text}' is not {expected}.", Assert.Throws<HoconException>(() => Value(text).Milliseconds()).Message);

    [Fact]
    public void What_is_no_such_value_is_said()
    {
        Assert.Contains("'NaN' is not a number.", Assert.Throws<HoconException>(() => Value("NaN").Number()).Message, StringComparison.Ordinal);
        Assert.Contains("'1e999' is not a number.", Assert.Throws<HoconException>(() => Value("1e999").Number()).Message, StringComparison.Ordinal);
        Assert.Contains("'1.5' is not a whole number.", Assert.Throws<HoconException>(() => Value("1.5").Whole()).Message, StringComparison.Ordinal);
        Assert.Contains("'1 YiB' is not a size that 64 bits hold", Assert.Throws<HoconException>(() => Value("1 YiB").Bytes()).Message, StringComparison.Ordinal);
        Assert.Contains("'1.5d' is not a period", Assert.Throws<HoconException>(() => Value("1.5d").Period()).Message, StringComparison.Ordinal);
        Assert.Contains("'maybe' is not true or false.", Assert.Throws<HoconException>(() => Value("maybe").Boolean()).Message, StringComparison.Ordinal);
        Assert.Contains("'3' is not one of string, number, boolean, null, array, object.", Assert.Throws<HoconException>(() => Value("3").OneOf<HoconKind>()).Message, StringComparison.Ordinal);
        Assert.Contains("x.conf:1:5: 'null' is not a duration", Assert.Throws<HoconException>(() => Read.Value("a = null").AsObject().Find("a")!.Duration()).Message, StringComparison.Ordinal);
        Assert.Contains("an array is not a single value", Assert.Throws<HoconException>(() => Read.Value("[1]").Text).Message, StringComparison.Ordinal);
        Assert.Contains("x.conf:1:1: an array is not an object", Assert.Throws<HoconException>(() => Read.Value("[1]").AsObject()).Message, StringComparison.Ordinal);
    }

    private static HoconScalar Value(string text) => new(text, new HoconPosition("f", 3, 4));
}
