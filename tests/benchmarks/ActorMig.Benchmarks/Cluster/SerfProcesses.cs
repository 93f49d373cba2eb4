using System.Globalization;
using System.Text;

namespace ActorMig.Benchmarks;

/// <summary>The serfs of a cluster's agents: found by the configuration in their command lines, which nobody else's has.</summary>
internal static class SerfProcesses
{
    private const string Argument = "-config-file=";

    /// <summary>The serfs that run now: the process of each configuration.</summary>
    /// <param name="configs">The configurations.</param>
    public static Dictionary<string, int> Find(IReadOnlyCollection<string> configs)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var wanted = configs.ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Arguments(folder) is [_, "agent", .. var rest]
                && rest.FirstOrDefault(a => a.StartsWith(Argument, StringComparison.Ordinal) && wanted.Contains(a[Argument.Length..])) is { } config)
            {
                found[config[Argument.Length..]] = id;
            }
        }

        return found;
    }

    private static string[] Arguments(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
