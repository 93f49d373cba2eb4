using System.Net;
using ActorMig.Agent.Control;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary>A whole agent in this process, on a libvirt that is not there.</summary>
internal sealed class AgentUnderTest(TestFolder folder)
{
    /// <summary>Further lines of its configuration, which win.</summary>
    public string More { get; set; } = "";

    /// <summary>What it runs on: by default what the variable says, else its own engine.</summary>
    public string Engine { get; init; } = Environment.GetEnvironmentVariable("ACTORMIG_ENGINE") ?? "own";

    /// <summary>Where it listens for its peers.</summary>
    public string Listen { get; init; } = $"127.0.0.71:{FreePorts.Next("127.0.0.71")}";

    public int Port => IPEndPoint.Parse(Listen).Port;

    public string Socket => folder.File("s");

    public string Configuration()
    {
        var path = folder.File("agent.conf");
        File.WriteAllText(path, $$"""
            actormig {
              host-name = h1
              engine = {{Engine}}
              mode = auto
              data-dir = "{{folder.File("data")}}"
              socket = "{{Socket}}"
              listen { address = {{Listen.Split(':')[0]}}, port = {{Listen.Split(':')[1]}} }
              libvirt.uri = "qemu+unix:///system?socket={{folder.File("no-libvirt")}}"
              journal.ballast = 1MiB
              journal.free-space-min = 1MiB
              traffic.source = off
            }
            {{More}}
            """);
        return path;
    }

    /// <summary>Runs it while something is done with it; it must end well.</summary>
    public async Task<T> RunAsync<T>(Func<ControlClient, Task<T>> use)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var agent = AgentProcess.RunAsync(Configuration(), stop.Token);
        try
        {
            while (!File.Exists(Socket))
            {
                Assert.False(agent.IsCompleted, "The agent ended.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            using var client = new ControlClient(Socket);
            return await use(client);
        }
        finally
        {
            await stop.CancelAsync();
            Assert.Equal(ExitCodes.Ok, await agent);
        }
    }
}
