namespace ActorMig.Agent.Simulation;

/// <summary>The difference of two texts, line by line.</summary>
internal static class LineDifference
{
    private const int ContextLines = 2;

    /// <summary>What is different, with a little around it: lines begin with a blank, <c>-</c> for expected and missing, or <c>+</c> for new. Empty if nothing is.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="linesMax">The most lines.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> expected, IReadOnlyList<string> actual, int linesMax = 40)
    {
        if (expected.SequenceEqual(actual, StringComparer.Ordinal))
        {
            return [];
        }

        var all = Merge(expected, actual);
        var shown = new List<string>();
        var last = -1;
        for (var i = 0; i < all.Count; i++)
        {
            var isNear = Enumerable.Range(i - ContextLines, (2 * ContextLines) + 1).Any(j => j >= 0 && j < all.Count && all[j][0] != ' ');
            if (isNear)
            {
                if (last >= 0 && last != i - 1)
                {
                    shown.Add("  ...");
                }

                shown.Add(all[i]);
                last = i;
            }
        }

        return shown.Count <= linesMax ? shown : [.. shown.Take(linesMax), FormattableString.Invariant($"  ... and {shown.Count - linesMax} more lines")];
    }

    /// <summary>By the longest common subsequence.</summary>
    private static List<string> Merge(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var length = new int[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
        {
            for (var j = b.Count - 1; j >= 0; j--)
            {
                length[i, j] = a[i] == b[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        var merged = new List<string>();
        var (x, y) = (0, 0);
        while (x < a.Count || y < b.Count)
        {
            if (x < a.Count && y < b.Count && a[x] == b[y])
            {
                merged.Add("  " + a[x++]);
                y++;
            }
            else if (x < a.Count && (y == b.Count || length[x + 1, y] >= length[x, y + 1]))
            {
                merged.Add("- " + a[x++]);
            }
            else
            {
                merged.Add("+ " + b[y++]);
            }
        }

        return merged;
    }
}
