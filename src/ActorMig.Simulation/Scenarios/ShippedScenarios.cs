namespace ActorMig.Simulation.Scenarios;

/// <summary>The scenarios that are built in: each a directory under <c>Shipped</c>.</summary>
public static class ShippedScenarios
{
    private const string Prefix = "scenarios/";
    private const string Marker = "/scenario.conf";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedScenarios).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Marker, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^Marker.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of one of a scenario's files; null if it has none of this name.</summary>
    /// <param name="name">The scenario.</param>
    /// <param name="file">The file's name.</param>
    public static string? Text(string name, string file)
    {
        using var stream = typeof(ShippedScenarios).Assembly.GetManifestResourceStream($"{Prefix}{name}/{file}");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
