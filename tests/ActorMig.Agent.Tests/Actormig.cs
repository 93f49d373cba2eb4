using System.Diagnostics;

namespace ActorMig.Agent.Tests;

/// <summary>The real program, as it is typed.</summary>
internal static class Actormig
{
    public static Process Start(params string[] arguments) => StartWith([], arguments);

    /// <summary>By another program, which makes way for it.</summary>
    public static Process StartWith(string[] by, params string[] arguments)
    {
        string[] all = [.. by, "dotnet", Path.Combine(AppContext.BaseDirectory, "ActorMig.Agent.dll"), .. arguments];
        var info = new ProcessStartInfo(all[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in all[1..])
        {
            info.ArgumentList.Add(argument);
        }

        return Process.Start(info)!;
    }

    public static async Task<(int Code, string Output, string Errors)> SayAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
