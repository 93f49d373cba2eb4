using ActorMig.Hocon;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>Where a scenario's files are: in a directory, or built in.</summary>
/// <param name="Name">The scenario's name.</param>
/// <param name="Directory">The directory; null if it is built in.</param>
internal sealed record ScenarioSource(string Name, string? Directory)
{
    public const string ConfFile = "scenario.conf";
    public const string ReadmeFile = "README.md";
    public const string DecisionsFile = "decisions.log";

    /// <summary>What error messages call its configuration.</summary>
    public string ConfPath => Directory is null ? $"{Name}/{ConfFile}" : Path.Combine(Directory, ConfFile);

    /// <summary>Finds a scenario by the path of its directory, or else by its name among those that are built in.</summary>
    /// <exception cref="HoconException">There is none.</exception>
    public static ScenarioSource Find(string nameOrPath)
    {
        var directory = Path.GetFileName(nameOrPath) == ConfFile ? Path.GetDirectoryName(Path.GetFullPath(nameOrPath))! : nameOrPath;
        if (File.Exists(Path.Combine(directory, ConfFile)))
        {
            return new ScenarioSource(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), directory);
        }

        if (System.IO.Directory.Exists(directory) && !ShippedScenarios.Names.Contains(nameOrPath))
        {
            throw new HoconException($"{directory} has no {ConfFile}; a scenario is a directory with a {ReadmeFile} and a {ConfFile}.");
        }

        return ShippedScenarios.Names.Contains(nameOrPath)
            ? new ScenarioSource(nameOrPath, null)
            : throw new HoconException($"There is no directory '{nameOrPath}' and no shipped scenario of this name; `actormig sim list` shows those that there are.");
    }

    /// <summary>A file's text; null if there is no such file.</summary>
    public string? Text(string file)
    {
        if (Directory is null)
        {
            return ShippedScenarios.Text(Name, file);
        }

        var path = Path.Combine(Directory, file);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException($"The file {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>The first line of its README that says something, without the marks of a heading.</summary>
    public string Title()
    {
        var first = (Text(ReadmeFile) ?? "").Split('\n').Select(l => l.Trim().TrimStart('#').Trim()).FirstOrDefault(l => l.Length > 0);
        return first ?? Name;
    }
}
