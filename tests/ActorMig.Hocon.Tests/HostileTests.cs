using System.Diagnostics;

namespace ActorMig.Hocon.Tests;

/// <summary>Texts that are made to take all time or memory: each is read or refused soon.</summary>
public sealed class HostileTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Names() => [.. Texts.Keys];

    private static readonly SortedDictionary<string, Func<string>> Texts = new(StringComparer.Ordinal)
    {
        ["circles of optional substitutions"] = () => Lines(200, i => $"a{i} = ${{?a{(i + 1) % 200}}} ${{?a{(i + 2) % 200}}} ${{?a{(i + 3) % 200}}}"),
        ["circles through objects"] = () => Lines(100, i => $"a{i} {{ x = ${{?a{(i + 1) % 100}}}, y = ${{?a{(i + 7) % 100}.x}}, z = ${{?a{(i + 3) % 100}.y}} }}"),
        ["circles through arrays"] = () => Lines(100, i => $"a{i} = [${{?a{(i + 1) % 100}}}] [${{?a{(i + 2) % 100}}}]"),
        ["paths through substitutions"] = () => Lines(100, i => $"a{i} = ${{?a{(i + 1) % 100}}} {{ b = ${{?a{(i + 2) % 100}.b}} }}\na{i}.b = ${{?a{(i + 3) % 100}.b}}x"),
        ["a wide object many times"] = () => $"b {{ {Lines(50_000, i => $"k{i} = 1")} }}\n{Lines(20_000, i => $"x{i} = ${{b}} {{}}")}",
        ["objects that double"] = () => "a0 { k = 1 }\n" + Lines(60, i => $"a{i + 1} {{ x = ${{a{i}}}, y = ${{a{i}}} }}"),
        ["many values that refer to the ones before"] = () => Lines(5_000, _ => "a = ${?a}x"),
        ["many values appended that must be resolved"] = () => "b = 1\n" + Lines(5_000, _ => "a += ${b}"),
        ["many keys"] = () => Lines(300_000, i => $"k{i}=1"),
        ["one key many times"] = () => Lines(300_000, _ => "a.b.c=1"),
        ["many substitutions"] = () => "b = 1\n" + Lines(200_000, i => $"k{i}=${{b}}"),
        ["a long path"] = () => "a = ${" + string.Join('.', Enumerable.Repeat("a", 1_000_000)) + "}",
        ["a long key"] = () => string.Join('.', Enumerable.Repeat("a", 1_000_000)) + " = 1",
        ["a long concatenation"] = () => "b = x\na = " + string.Concat(Enumerable.Repeat("${b} ", 300_000)),
        ["open braces"] = () => string.Concat(Enumerable.Repeat("a{", 1_000_000)),
        ["open quotes"] = () => string.Concat(Enumerable.Repeat("a=\"\"\"", 200_001)),
        ["commas"] = () => new string(',', 3_000_000),
        ["newlines"] = () => new string('\n', 3_000_000),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_text_is_read_or_refused_soon(string name)
    {
        var text = Texts[name]();
        var clock = Stopwatch.StartNew();
        try
        {
            _ = Read.Value(text);
        }
        catch (HoconException e)
        {
            Assert.StartsWith("x.conf:", e.Message, StringComparison.Ordinal);
            Assert.True(e.Message.Length < 2_000, "A sentence is not as long as what is wrong.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalMilliseconds:0} ms");
        Assert.True(clock.Elapsed < Limit, $"{clock.Elapsed}");
    }

    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));
}
