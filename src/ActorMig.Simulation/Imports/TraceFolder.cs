namespace ActorMig.Simulation.Imports;

/// <summary>The files of a folder with traces, in an order that people expect: vm2 before vm10.</summary>
internal static class TraceFolder
{
    /// <summary>The files; a path that is a file is that file.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="extension">Only those that end so; empty: all.</param>
    /// <param name="vms">The most that are wanted; null: all.</param>
    public static IReadOnlyList<string> Files(string path, string extension, int? vms)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new ImportException($"There is no file and no folder '{path}'.");
        }

        try
        {
            var files = Directory.EnumerateFiles(path).Where(f => IsTrace(Path.GetFileName(f), extension)).Take(ImportLimits.FilesMax + 1).ToList();
            if (files.Count == 0)
            {
                var inner = Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal).FirstOrDefault();
                throw new ImportException($"{path} has no files with traces{(extension.Length > 0 ? $" (*{extension})" : "")}; {(inner is null ? "name the folder that has them" : $"name one folder with them, such as {inner}")}.");
            }

            if (files.Count > ImportLimits.FilesMax)
            {
                throw new ImportException(FormattableString.Invariant($"{path} has more than {ImportLimits.FilesMax} files, which is the most of a folder; put those that are wanted into a folder of their own."));
            }

            files.Sort(Compare);
            return (vms ?? files.Count) <= ImportLimits.VmsMax
                ? [.. files.Take(vms ?? files.Count)]
                : throw new ImportException(FormattableString.Invariant($"{path} has {files.Count} files, and {ImportLimits.VmsMax} is the most VMs of an import; take fewer with --vms."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>By names, and numbers in them by their value.</summary>
    public static int Compare(string a, string b)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (!char.IsAsciiDigit(a[i]) || !char.IsAsciiDigit(b[j]))
            {
                if (a[i] != b[j])
                {
                    return a[i].CompareTo(b[j]);
                }

                (i, j) = (i + 1, j + 1);
                continue;
            }

            var (left, right) = (Digits(a, ref i), Digits(b, ref j));
            var order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
            if (order != 0)
            {
                return order;
            }
        }

        var rest = (a.Length - i).CompareTo(b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    private static bool IsTrace(string name, string extension) => !name.StartsWith('.') && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static string Digits(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text[from..at].TrimStart('0');
    }
}
