namespace ActorMig.Agent.Commands;

/// <summary>Aligned columns for people.</summary>
internal static class Table
{
    public static void Write(TextWriter writer, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(head).ToArray();
        var widths = Enumerable.Range(0, head.Count).Select(c => all.Max(r => r[c].Length)).ToArray();
        foreach (var row in all)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
        }
    }
}
