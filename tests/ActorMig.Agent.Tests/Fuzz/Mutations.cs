using System.Text;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>Messages as they are sent, and what becomes of them on a bad way.</summary>
internal static class Mutations
{
    private static readonly byte[][] Tokens =
        [.. new[] { "null", "0", "-1", "1e999", "99999999999999999999", "[]", "{}", "\"\"", "\\u0000", "\\ud800", ",", ":", "[[[[[[[[[[", "\"a\":1,", "\u007f" }.Select(t => Encoding.UTF8.GetBytes(t))];

    /// <summary>A sample of each message between hosts, by its registered name.</summary>
    public static IReadOnlyList<(string Name, byte[] Json)> Samples { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Folder, "tests", "ActorMig.Tests", "Wire", "v1"), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileNameWithoutExtension(f), File.ReadAllBytes(f).AsSpan().TrimEnd((byte)'\n').ToArray())),
    ];

    /// <summary>Bits flip, parts are lost, come twice or in another order, or are another text's.</summary>
    public static byte[] Change(Random dice, byte[] text, byte[] other)
    {
        for (var changes = 1 + dice.Next(3); changes > 0 && text.Length > 0; changes--)
        {
            var at = dice.Next(text.Length);
            var end = dice.Next(at, text.Length);
            switch (dice.Next(8))
            {
                case 0:
                    text = text[..at];
                    break;
                case 1:
                    text = [.. text[..at], .. text[end..]];
                    break;
                case 2:
                    text = [.. text[..end], .. text[at..]];
                    break;
                case 3:
                    text = [.. text[..at], .. other[dice.Next(other.Length)..]];
                    break;
                case 4:
                    text = [.. text[..at], .. Tokens[dice.Next(Tokens.Length)], .. text[at..]];
                    break;
                case 5:
                    text = [.. text[at..], .. text[..at]];
                    break;
                case 6:
                    text = [.. text];
                    text[at] ^= (byte)(1 << dice.Next(8));
                    break;
                default:
                    text = [.. text];
                    text[at] = (byte)dice.Next(256);
                    break;
            }
        }

        return text;
    }

    /// <summary>JSON that is far from what anybody sends: deep, huge, doubled, in another order.</summary>
    public static byte[] Wild(Random dice, byte[] json)
    {
        const int DepthMax = 2_000;
        var text = Encoding.UTF8.GetString(json);
        var depth = 1 + dice.Next(DepthMax);
        return Encoding.UTF8.GetBytes(dice.Next(7) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
            2 => text.Replace(":1", ":" + new string('9', depth), StringComparison.Ordinal),
            3 => text.Replace("{", "{\"" + new string('x', depth) + "\":[[[[]]]],", StringComparison.Ordinal),
            4 => text.Length > 2 ? "{" + text[1..^1] + "," + text[1..] : text,
            5 => new string(' ', depth) + text + new string('\t', depth),
            _ => "{" + string.Join(',', text.Trim('{', '}').Split(',').AsEnumerable().Reverse()) + "}",
        });
    }

    /// <summary>Printable ASCII, which a header or a path may hold.</summary>
    public static string Word(Random dice, int charsMax) =>
        string.Create(1 + dice.Next(charsMax), dice, static (span, random) =>
        {
            foreach (ref var c in span)
            {
                c = (char)random.Next('!', '\u007f');
            }
        });
}
