using System.Diagnostics;

namespace ActorMig.Lab;

/// <summary>Runs programs.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote.</exception>
    public static string Run(string program, params string[] arguments)
    {
        var (code, output) = Try(program, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed ({code}): {output.Trim()}");
    }

    /// <summary>Runs a program to its end, whatever its end is.</summary>
    public static (int Code, string Output) Try(string program, params string[] arguments)
    {
        using var process = new Process { StartInfo = Info(program, arguments) };
        process.StartInfo.RedirectStandardOutput = true;
        process.StartInfo.RedirectStandardError = true;
        process.Start();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    /// <summary>Starts a program that stays; what it writes goes into a file.</summary>
    public static Process Start(string logFile, string program, params string[] arguments)
    {
        // A shell in between would have another id: the redirection is the only reason for it, so it execs.
        var quoted = string.Join(' ', arguments.Prepend(program).Select(a => "'" + a.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
        var process = new Process { StartInfo = Info("/bin/sh", ["-c", $"exec {quoted} >>'{logFile}' 2>&1 </dev/null"]) };
        process.Start();
        return process;
    }

    private static ProcessStartInfo Info(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }
}
