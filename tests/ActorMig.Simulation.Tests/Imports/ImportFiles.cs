using ActorMig.Simulation.Imports;

namespace ActorMig.Simulation.Tests.Imports;

/// <summary>Small files made here, in a folder that goes with the test.</summary>
internal sealed class ImportFiles : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("actormig-").FullName;

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What is said of a wrong input, with this folder's path taken out.</summary>
    public string Refused(ImportFormat format, string path, ImportOptions? options = null) =>
        Assert.Throws<ImportException>(() => ScenarioImport.Read(format, path, options ?? new ImportOptions())).Message.Replace(Path + "/", "", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
