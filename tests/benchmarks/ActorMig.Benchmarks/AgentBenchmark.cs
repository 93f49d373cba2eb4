using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace ActorMig.Benchmarks;

/// <summary>
/// An agent that has nothing to do, with 20 guests (libvirt's own test driver, in the agent's process): how soon it answers, what memory it holds and
/// what it takes of a core. Beside it a .NET process that only sleeps, which is the least that any agent in this language would take.
/// </summary>
internal static class AgentBenchmark
{
    private const int Guests = 20;
    private const int TicksPerSecond = 100;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        using var folder = new BenchmarkFolder();
        if (Program() is not { } program)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        using var agent = await StartAsync(program, folder, "");
        var up = Stopwatch.GetElapsedTime(start);
        using var sleeper = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["sleep"]))!;
        try
        {
            await Task.Delay(Settling);
            var (agentBefore, sleeperBefore) = (Cpu(agent), Cpu(sleeper));
            var threadsBefore = Threads(agent);
            await Task.Delay(Watched);
            var threads = Threads(agent).Select(t => (t.Key.Name, Ticks: t.Value - threadsBefore.GetValueOrDefault(t.Key)))
                .GroupBy(t => t.Name).Select(g => (Name: g.Key, Ticks: g.Sum(t => t.Ticks))).OrderByDescending(t => t.Ticks).Where(t => t.Ticks > 0).Take(6);
            var (agentCpu, sleeperCpu) = (Cpu(agent) - agentBefore, Cpu(sleeper) - sleeperBefore);
            Print($"idle with {Guests} guests: answers after {up.TotalSeconds:0.00} s (target 2 s)");
            Print($"  resident {Resident(agent) / 1e6:0} MB (target 150 MB), a process that sleeps {Resident(sleeper) / 1e6:0} MB, ratio {(double)Resident(agent) / Resident(sleeper):0.0}");
            Print($"  {100 * agentCpu / Watched:0.00} % of a core over {Watched.TotalSeconds:0} s (target 1 %), a process that sleeps {100 * sleeperCpu / Watched:0.00} %");
            Console.WriteLine("  by thread: " + string.Join(", ", threads.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.Ticks / (double)TicksPerSecond / Watched.TotalSeconds:0.00 %}"))));
        }
        finally
        {
            agent.Kill();
            sleeper.Kill();
        }
    }

    /// <summary>The agent's program of this build; null, and said, if there is none.</summary>
    public static string? Program()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "..", "..", "ActorMig.Agent", new DirectoryInfo(AppContext.BaseDirectory).Name, "actormig");
        if (File.Exists(program))
        {
            return program;
        }

        Console.WriteLine($"There is no agent at {Path.GetFullPath(program)}: build it first, in the same configuration (dotnet build -c Release).");
        return null;
    }

    /// <summary>Starts an agent with guests and nothing to do, and waits until it answers.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="more">Further lines of its configuration.</param>
    public static async Task<Process> StartAsync(string program, BenchmarkFolder folder, string more)
    {
        await File.WriteAllTextAsync(folder.File("node.xml"), Node());
        var socket = folder.File("actormig.sock");
        await File.WriteAllTextAsync(folder.File("agent.conf"), $$"""
            actormig {
              host-name = idle, socket = "{{socket}}", data-dir = "{{folder.File("data")}}"
              listen.port = 7698
              libvirt.uri = "test://{{folder.File("node.xml")}}"
              {{more}}
            }
            """);
        var agent = Process.Start(new ProcessStartInfo(program, ["agent", "--config", folder.File("agent.conf")]) { RedirectStandardOutput = true })!;
        _ = agent.StandardOutput.ReadToEndAsync();
        await AnswersAsync(socket);
        return agent;
    }

    private static async Task AnswersAsync(string path)
    {
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(10);
            }
        }
    }

    /// <summary>What each thread has taken so far, in the kernel's ticks.</summary>
    private static Dictionary<(string Id, string Name), long> Threads(Process process)
    {
        var threads = new Dictionary<(string Id, string Name), long>();
        foreach (var task in Directory.GetDirectories(FormattableString.Invariant($"/proc/{process.Id}/task")))
        {
            // pid (name) state ...: user and system time are the 14th and the 15th.
            var stat = File.ReadAllText(task + "/stat");
            var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            var rest = stat[(close + 2)..].Split(' ');
            threads[(Path.GetFileName(task), stat[(open + 1)..close])] =
                long.Parse(rest[11], CultureInfo.InvariantCulture) + long.Parse(rest[12], CultureInfo.InvariantCulture);
        }

        return threads;
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Node() => "<node>" + string.Concat(Enumerable.Range(1, Guests).Select(n => $"""
        <domain type='test'>
          <name>vm{n}</name><uuid>77770000-0000-4000-8000-0000000000{n:00}</uuid>
          <memory unit='MiB'>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os>
          <devices><interface type='network'><source network='default'/><target dev='vnet{n}'/></interface></devices>
        </domain>
        """)) + """
        <network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'/></network>
        </node>
        """;
}
