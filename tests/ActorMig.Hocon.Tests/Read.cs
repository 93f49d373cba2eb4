namespace ActorMig.Hocon.Tests;

/// <summary>Short ways to read a text and to say what came of it.</summary>
internal static class Read
{
    private static readonly HoconOptions NoEnvironment = new() { Environment = _ => null };

    /// <summary>What a text says, as JSON.</summary>
    public static string Json(string text, HoconOptions? options = null) => Value(text, options).ToString();

    public static HoconValue Value(string text, HoconOptions? options = null) => HoconParser.Parse(text, "x.conf", options ?? NoEnvironment);

    /// <summary>What is wrong with a text.</summary>
    public static string Error(string text, HoconOptions? options = null) => Assert.Throws<HoconException>(() => Value(text, options)).Message;
}

/// <summary>A folder of its own, which goes with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("hocon-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
