using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorMig.Hocon.Tests;

/// <summary>Texts that nobody would write: whatever comes, it is read or refused, and soon. A failure names the seed that repeats it.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly string[] Words =
    [
        "a", "b", "a.b", "c", "\"q\"", "\"\"\"t\n\"\"\"", "1", "-2.5e3", "true", "null", "=", ":", "+=", "{", "}", "[", "]", ",", "\n", " ", "\t", "#x\n", "//y\n",
        "${a}", "${?a}", "${a.b}", "${?b.c}", "${b}", "${c}", "${?", "${", "$", "\"", "\\", "\\u00", "include ", "include \"z\"", "include required(\"z\")", "include file(",
        "a=", "b=", "c=", "a.b=", "a{", "b{", "a+=", "é", "\ufeff", "\u2028", "\ud800", "\0", "?", "*", "10s", "/", ".", "..", "-", "+",
    ];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_words_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(1, 40); length > 0; length--)
            {
                text.Append(Words[random.Next(Words.Length)]);
            }

            ReadOrRefuse(text.ToString(), seed);
        }
    }

    /// <summary>Fields that are made of each other in all ways: right ones, circles, and what grows.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_substitutions_are_resolved_or_refused(int seed)
    {
        var random = new Random(seed);
        string[] names = ["a", "b", "c", "a.b", "b.c", "c.a", "a.b.c"];
        for (var i = 0; i < 1_000; i++)
        {
            var text = new StringBuilder();
            for (var fields = random.Next(1, 12); fields > 0; fields--)
            {
                text.Append(names[random.Next(names.Length)]).Append(random.Next(5) == 0 ? " += " : " = ").Append(Value(random, names, 3)).Append('\n');
            }

            ReadOrRefuse(text.ToString(), seed);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_damaged_text_is_read_or_refused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var text = new StringBuilder(Sugar(random, Tree(random, 4)));
            for (var damage = random.Next(1, 5); damage > 0 && text.Length > 0; damage--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, 1),
                    1 => text.Insert(at, Words[random.Next(Words.Length)]),
                    _ => text.Replace(text[at], (char)random.Next(1, 0x250), at, 1),
                };
            }

            ReadOrRefuse(text.ToString(), seed);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_written_is_read_as_the_same(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var tree = Tree(random, 4);
            Assert.True(tree.Equals(Read.Value(tree.ToString())), $"Seed {seed}: {tree}");
            Assert.True(tree.Equals(Read.Value(tree.Render())), $"Seed {seed}: {tree.Render()}");
            var sugar = Sugar(random, tree);
            Assert.True(tree.Equals(Read.Value(sugar)), $"Seed {seed}:\n{sugar}\nis not\n{tree}\nbut\n{Read.Value(sugar)}");
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    private static void ReadOrRefuse(string text, int seed)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            _ = Read.Value(text).ToString();
        }
        catch (HoconException e)
        {
            Assert.True(e.Position is not null && e.Message.StartsWith("x.conf:", StringComparison.Ordinal), $"Seed {seed}: {e.Message}");
        }
        catch (Exception e)
        {
            Assert.Fail($"Seed {seed}: {e}\n{text}");
        }

        Assert.True(clock.Elapsed < Limit, $"Seed {seed}: {clock.Elapsed} for\n{text}");
    }

    private static string Value(Random random, string[] names, int depth)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            text.Append(random.Next(depth > 0 ? 7 : 4) switch
            {
                0 => "x",
                1 => "${" + names[random.Next(names.Length)] + "}",
                2 or 3 => "${?" + names[random.Next(names.Length)] + "}",
                4 => "[" + Value(random, names, depth - 1) + "]",
                _ => "{ " + names[random.Next(names.Length)] + " = " + Value(random, names, depth - 1) + " }",
            }).Append(random.Next(2) == 0 ? " " : "");
        }

        return text.ToString();
    }

    private static HoconObject Tree(Random random, int depth) => new(
        Enumerable.Range(0, random.Next(5)).Select(_ => KeyValuePair.Create(Text(random), Any(random, depth - 1))), new HoconPosition("tree", 1, 1));

    private static HoconValue Any(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => Scalar(random.Next(2) == 0 ? "true" : "false", HoconKind.Boolean),
        1 => Scalar("null", HoconKind.Null),
        2 => Scalar((random.NextDouble() * random.Next(-1_000, 1_000)).ToString(CultureInfo.InvariantCulture), HoconKind.Number),
        3 or 4 => Scalar(Text(random), HoconKind.String),
        5 => new HoconArray(Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, depth - 1)), new HoconPosition("tree", 1, 1)),
        _ => Tree(random, depth),
    };

    private static HoconScalar Scalar(string text, HoconKind kind) => new(text, new HoconPosition("tree", 1, 1), kind);

    private static string Text(Random random) => random.Next(4) switch
    {
        0 => "",
        1 => Words[random.Next(Words.Length)],
        2 => new string([.. Enumerable.Range(0, random.Next(6)).Select(_ => (char)random.Next(0x10000))]),
        _ => new string([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (char)random.Next('a', 'z'))]),
    };

    /// <summary>The same tree as a person might write it: without quotes and commas where none are needed, with comments, paths and objects in pieces.</summary>
    private static string Sugar(Random random, HoconObject tree)
    {
        var text = new StringBuilder();
        Fields(random, tree, text);
        return text.ToString();
    }

    private static void Fields(Random random, HoconObject tree, StringBuilder text)
    {
        foreach (var (key, value) in tree.Fields)
        {
            if (random.Next(4) == 0)
            {
                text.Append(random.Next(2) == 0 ? "# a comment\n" : " // another }\n\n");
            }

            // What an earlier value of the same key says does not count, unless both are objects.
            if (random.Next(6) == 0)
            {
                text.Append(Key(random, key)).Append(" = { hidden = [1] }\n").Append(Key(random, key)).Append(" = null\n");
            }

            if (value is HoconObject { Fields: { Count: 1 } only } && random.Next(2) == 0)
            {
                var (inner, innermost) = only.First();
                text.Append(Key(random, key)).Append('.').Append(Key(random, inner)).Append(" = ");
                Write(random, innermost, text);
            }
            else
            {
                text.Append(Key(random, key)).Append(value is HoconObject && random.Next(2) == 0 ? " " : random.Next(2) == 0 ? " = " : ":\n");
                Write(random, value, text);
            }

            text.Append(random.Next(3) switch { 0 => "\n", 1 => " ,\n", _ => "," });
        }
    }

    private static void Write(Random random, HoconValue value, StringBuilder text)
    {
        switch (value)
        {
            case HoconObject o:
                text.Append("{ ");
                Fields(random, o, text);
                text.Append(random.Next(2) == 0 ? "} { }" : "}");
                break;
            case HoconArray array:
                text.Append('[');
                foreach (var item in array.Items)
                {
                    Write(random, item, text);
                    text.Append(random.Next(2) == 0 ? "\n" : " , ");
                }

                text.Append(random.Next(2) == 0 ? "] []" : "]");
                break;
            case HoconScalar { Kind: HoconKind.String, Text: var s } when s.Length > 0 && !s.Contains('"', StringComparison.Ordinal) && random.Next(3) == 0:
                text.Append("\"\"\"").Append(s).Append("\"\"\"");
                break;
            case HoconScalar { Kind: HoconKind.String, Text: var s } when IsWord(s) && random.Next(2) == 0:
                text.Append(s);
                break;
            default:
                text.Append(value);
                break;
        }
    }

    private static string Key(Random random, string key) => IsWord(key) && key != "include" && random.Next(2) == 0 ? key : Scalar(key, HoconKind.String).ToString();

    private static bool IsWord(string text) => text.Length > 0 && text.All(char.IsAsciiLetterLower) && text is not ("true" or "false" or "null");
}
