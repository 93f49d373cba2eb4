using ActorMig.Hocon;
using ActorMig.Simulation.Imports;

namespace ActorMig.Agent.Simulation;

/// <summary>A scenario that is written: whole, or not at all.</summary>
internal static class ScenarioFolder
{
    /// <summary>
    /// Writes a scenario into a folder that does not exist yet: first under another name beside it, then it is read as a run would read it, and only then it
    /// gets its name.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="draft">The scenario.</param>
    /// <param name="command">What has made it.</param>
    /// <param name="stop">Stops it; then nothing is there.</param>
    /// <exception cref="HoconException">It cannot be written, or cannot be read then.</exception>
    public static void Write(string directory, ScenarioDraft draft, string command, CancellationToken stop)
    {
        CheckIsFree(directory);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var beside = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            Directory.CreateDirectory(beside);
            File.WriteAllText(Path.Combine(beside, ScenarioSource.ReadmeFile), ScenarioWriter.Readme(draft, command));
            File.WriteAllText(Path.Combine(beside, ScenarioSource.ConfFile), ScenarioWriter.Conf(draft));
            ScenarioReader.Read(new ScenarioSource(Path.GetFileName(path), beside));
            stop.ThrowIfCancellationRequested();
            Directory.Move(beside, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException($"{directory} cannot be written: {e.Message}");
        }
        finally
        {
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }
        }
    }

    /// <summary>Nothing that is there is written over.</summary>
    /// <exception cref="HoconException">Something is there, or the name is none.</exception>
    public static void CheckIsFree(string directory)
    {
        if (directory.Length == 0 || Path.Exists(directory))
        {
            throw new HoconException(directory.Length == 0
                ? "--out is empty; name a folder that does not exist yet."
                : $"{directory} exists already, and nothing is written over; name another folder with --out, or remove it.");
        }
    }
}
