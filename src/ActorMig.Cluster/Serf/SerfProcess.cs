using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorMig.Cluster.Serf;

/// <summary>
/// A serf that this agent has started, now or before it was killed. It outlives an agent that is killed, whose next start finds it by its command
/// line; so nothing that ends with the agent, such as a pipe, belongs to it.
/// </summary>
internal sealed partial class SerfProcess : IDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly Process? _child;

    private SerfProcess(int id, Process? child)
    {
        (Id, _child) = (id, child);
        Ended = child?.WaitForExitAsync() ?? WaitAsync(id);
    }

    public int Id { get; }

    /// <summary>Ends with the process.</summary>
    public Task Ended { get; }

    /// <summary>How it ended, in words.</summary>
    public string End => _child is { HasExited: true } ? $"it ended with exit code {_child.ExitCode}" : "it ended";

    /// <summary>The one that runs with this configuration; null if there is none.</summary>
    /// <param name="files">Its files.</param>
    public static SerfProcess? Find(SerfFiles files)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Arguments(id) is [_, "agent", .. var rest] && rest.Contains(Argument(files.Config)) && !IsOver(id))
            {
                return new SerfProcess(id, null);
            }
        }

        return null;
    }

    /// <summary>Starts one.</summary>
    /// <param name="program">Its path or name.</param>
    /// <param name="files">Its files, which are written.</param>
    /// <exception cref="SerfException">There is no such program.</exception>
    public static SerfProcess Start(string program, SerfFiles files)
    {
        var path = Resolve(program) ?? throw new SerfException(
            $"There is no program '{program}' (membership.serf.path); install serf (`apt-get install serf`), or name its path.");
        files.ClearLog();

        // The shell makes way for serf; it is there for the log alone, for which .NET knows pipes only.
        const string Script = "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", files.Log, path, "agent", Argument(files.Config), Argument(files.Tags)]) { WorkingDirectory = "/" };
        try
        {
            var child = Process.Start(start)!;
            return new SerfProcess(child.Id, child);
        }
        catch (Win32Exception e)
        {
            throw new SerfException($"serf cannot be started: {e.Message}", e);
        }
    }

    /// <summary>
    /// Ends it, and waits until it is gone. Told to, it writes down whom it knows, and says no farewell (its configuration has it so): the others see
    /// that this host has failed. One that does not listen is killed.
    /// </summary>
    public async Task EndAsync()
    {
        const int Terminate = 15;
        const int KillAtOnce = 9;
        if (!Ended.IsCompleted)
        {
            _ = Kill(Id, Terminate);
            await Task.WhenAny(Ended, Task.Delay(EndTime)).ConfigureAwait(false);
        }

        if (!Ended.IsCompleted)
        {
            _ = Kill(Id, KillAtOnce);
        }

        await Ended.ConfigureAwait(false);
    }

    public void Dispose() => _child?.Dispose();

    private static string Argument(string file) => "-config-file=" + file;

    private static string? Resolve(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? Path.GetFullPath(program) : null;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin");
        return folders.Where(f => f.Length > 0).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
    }

    private static string[] Arguments(int id)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/cmdline")).TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Somebody else's child may be dead and not buried.</summary>
    private static bool IsOver(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is 'Z' or 'X';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static async Task WaitAsync(int id)
    {
        while (!IsOver(id))
        {
            await Task.Delay(Look).ConfigureAwait(false);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
