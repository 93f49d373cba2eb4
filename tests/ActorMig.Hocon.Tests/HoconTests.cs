namespace ActorMig.Hocon.Tests;

public sealed class HoconTests
{
    [Fact]
    public void Objects_paths_comments_and_values()
    {
        var values = HoconParser.Parse(
            """
            # a comment
            a { b = 1, c : two words // another
              d { e = "quoted # not a comment" } }
            a.b = 3
            f = [1, 2,
                 "three"]
            """,
            "x.conf");
        Assert.Equal(["a.b=3", "a.c=two words", "a.d.e=quoted # not a comment", "f=1\n2\nthree"], values.Select(v => $"{v.Key}={v.Value.Text}"));
    }

    [Theory]
    [InlineData("a { b = 1", "x.conf:1:10: a '}' is missing at the end.")]
    [InlineData("a = \"open", "x.conf:1:10: a closing quote is missing.")]
    [InlineData("a\n b = 1", "x.conf:1:2: after the key 'a' comes '=', ':' or '{', not '\n'.")]
    [InlineData("a = ${b}", "x.conf:1:5: substitutions (${...}) are not supported yet: write the value.")]
    [InlineData("a = ", "x.conf:1:5: a value is missing.")]
    [InlineData("include required(\"nothing.conf\")", "the required file")]
    public void What_is_wrong_is_said_with_file_line_and_column(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<HoconException>(() => HoconParser.Parse(text, "x.conf")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData("1.5 m", 90_000)]
    [InlineData("250", 250)]
    [InlineData("1d", 86_400_000)]
    public void Durations(string text, long ms) => Assert.Equal(ms, Value(text).Milliseconds());

    [Theory]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("192 MiB", 192L << 20)]
    [InlineData("10", 10)]
    [InlineData("1MB", 1_000_000)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, Value(text).Bytes());

    [Fact]
    public void Rates() => Assert.Equal(400e6, Value("400 Mbit/s").BitPerSecond());

    [Theory]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("1 fortnight")]
    public void A_wrong_duration_names_the_place_and_an_example(string text) =>
        Assert.Equal($"f:3:4: '{text}' is not a duration such as '60s' or '500 ms'.", Assert.Throws<HoconException>(() => Value(text).Milliseconds()).Message);

    private static HoconValue Value(string text) => new(text, "f", 3, 4);
}
