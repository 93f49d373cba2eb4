using System.Diagnostics;

namespace ActorMig.Tests;

/// <summary>
/// A folder for the files of serfs; linked into each project that needs it. A serf of this system outlives who has started it, so another process
/// ends what was started with files in here: when the folder goes, or the tests end, however they do.
/// </summary>
internal sealed class SerfFolder : IDisposable
{
    private const string Reaper = """
        trap '' INT TERM HUP
        exec 2>/dev/null
        cat >/dev/null
        for process in /proc/[0-9]*; do
          if tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -qF "$1/"; then kill -9 "${process#/proc/}"; fi
        done
        rm -rf "$1"
        """;

    private readonly Process _reaper;

    /// <summary>The tests take the serf that <c>deploy/lab/prepare</c> has taken out of its package.</summary>
    static SerfFolder() => Environment.SetEnvironmentVariable(
        "PATH", System.IO.Path.Combine(Repository.Folder, "artifacts", "lab-cache") + ":" + Environment.GetEnvironmentVariable("PATH"));

    public SerfFolder() => _reaper = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Reaper, "sh", Path]) { RedirectStandardInput = true })!;

    public string Path { get; } = Directory.CreateTempSubdirectory("actormig-serf-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only its owner can read.</summary>
    public string Secret(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return File(name);
    }

    public void Dispose()
    {
        _reaper.StandardInput.Close();
        _reaper.WaitForExit();
        _reaper.Dispose();
    }
}
