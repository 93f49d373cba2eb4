namespace ActorMig.Simulation.Imports;

/// <summary>Makes scenarios from files of other programs.</summary>
public static class ScenarioImport
{
    /// <summary>Reads a cluster or traces. Nothing is written.</summary>
    /// <param name="format">What it is.</param>
    /// <param name="path">The file, or the folder with a file for each VM.</param>
    /// <param name="options">What the files do not say.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ImportException">Something is wrong.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ScenarioDraft Read(ImportFormat format, string path, ImportOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        return format switch
        {
            ImportFormat.Hbal => new HbalImport(path, options).Read(),
            ImportFormat.Planetlab => new PlanetLabImport(options).Read(path, cancellation),
            ImportFormat.Bitbrains => new BitbrainsImport(options).Read(path, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
        };
    }
}
