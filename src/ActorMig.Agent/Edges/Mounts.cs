using System.Globalization;

namespace ActorMig.Agent.Edges;

/// <summary>On which file systems files are. Read from the kernel's table alone: to ask a file system itself could wait for a server that is gone.</summary>
/// <param name="table">The table, as in <c>/proc/self/mounts</c>.</param>
internal sealed class Mounts(string table)
{
    private readonly IReadOnlyList<(string Point, string Type)> _mounts =
    [
        .. table.Split('\n').Select(l => l.Split(' ')).Where(w => w.Length > 2).Select(w => (Unescaped(w[1]), w[2])),
    ];

    /// <summary>The type of the file system on which a file is: the last mount among those with the longest point above it.</summary>
    public string? TypeOf(string file)
    {
        string? type = null;
        var longest = -1;
        foreach (var (point, of) in _mounts)
        {
            var isAbove = point == "/" || file == point || file.StartsWith(point + "/", StringComparison.Ordinal);
            if (isAbove && point.Length >= longest)
            {
                (type, longest) = (of, point.Length);
            }
        }

        return type;
    }

    /// <summary>The kernel writes blanks and the like as octal numbers.</summary>
    private static string Unescaped(string text)
    {
        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < text.Length; at = text.IndexOf('\\', at + 1))
        {
            if (text.AsSpan(at + 1, 3).ContainsAnyExceptInRange('0', '7'))
            {
                continue;
            }

            var code = ((text[at + 1] - '0') * 64) + ((text[at + 2] - '0') * 8) + (text[at + 3] - '0');
            text = text[..at] + ((char)code).ToString(CultureInfo.InvariantCulture) + text[(at + 4)..];
        }

        return text;
    }
}
