using System.Diagnostics;
using System.Text.RegularExpressions;
using ActorMig.Agent.Control;
using ActorMig.Edges;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary>An agent in a process of its own, with a real serf.</summary>
public sealed partial class SerfOutlivesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_killed_agent_leaves_its_serf_running_and_takes_it_over_and_one_that_stops_ends_it()
    {
        using var serf = new SerfFolder();
        using var folder = new TestFolder();
        var address = $"127.0.0.83:{FreePorts.Next("127.0.0.83")}";
        var agent = new AgentUnderTest(folder)
        {
            Listen = address,
            More = $$"""
                actormig {
                  data-dir = "{{serf.File("data")}}"
                  membership {
                    kind = serf
                    serf { bind = "127.0.0.83:{{FreePorts.Next("127.0.0.83")}}", rpc-address = "127.0.0.1:{{FreePorts.Next("127.0.0.1")}}", start-timeout = 30s }
                  }
                }
                """,
        };
        var config = serf.File("agent.conf");
        File.Copy(agent.Configuration(), config);
        using var first = Start(config);
        await UntilAliveAsync(agent);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        var id = Assert.Single(Serfs(serf));

        using var second = Start(config);
        await UntilAliveAsync(agent);
        Assert.Equal(id, Assert.Single(Serfs(serf)));
        Assert.Equal(0, kill(second.Id, 15));
        var said = await second.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Ok, second.ExitCode);
        Assert.Contains($"The serf that was started before runs on (process {id}), and is used.", said, StringComparison.Ordinal);
        Assert.Empty(Serfs(serf));
    }

    private static Process Start(string config) => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ActorMig.Agent"), ["agent", "--config", config]) { RedirectStandardOutput = true })!;

    private static async Task UntilAliveAsync(AgentUnderTest agent)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new ControlClient(agent.Socket);
        while (true)
        {
            try
            {
                if ((await client.ClusterAsync(TestContext.Current.CancellationToken)).Hosts is [{ State: MemberState.Alive }])
                {
                    return;
                }
            }
            catch (ControlException)
            {
                // Not yet.
            }

            Assert.False(limit.IsCancellationRequested, "The agent never answered.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Those that run with files of a folder.</summary>
    private static List<int> Serfs(SerfFolder folder)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => Numbers.IsMatch(p)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"-config-file={folder.Path}/", StringComparison.Ordinal))
                {
                    found.Add(int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        return found;
    }

    [GeneratedRegex("^/proc/[0-9]+$")]
    private static partial Regex Numbers { get; }

    [System.Runtime.InteropServices.LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
